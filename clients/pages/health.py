"""Menu > System > Health: what is wrong with the installation, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients import jobs
from clients.models import JobState
from clients.pages.frame import show, superadmin
from lms_oauth.health import examine


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    superadmin(request)
    findings = sorted(examine(essential=False), key=lambda finding: finding.well)
    return show(
        request,
        "clients/health.html",
        title=_("Health"),
        findings=findings,
        all_well=all(finding.well for finding in findings),
        jobs=_jobs(timezone.now()),
    )


@dataclass(frozen=True, slots=True)
class JobRow:
    title: str | Promise
    state: JobState | None  # None until a worker knows of it
    running: bool


def _jobs(now: datetime) -> list[JobRow]:
    states = JobState.objects.in_bulk()
    return [_row(job, states.get(job.name), now) for job in jobs.registered()]


def _row(job: jobs.Job, state: JobState | None, now: datetime) -> JobRow:
    running = state is not None and state.leased_until is not None and state.leased_until > now
    return JobRow(job.title, state, running)
