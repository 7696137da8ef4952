"""Background work. Apps register jobs when they start; ``manage.py worker`` runs those that are due.

A lease in the database keeps two workers from doing the same job at once. A worker that dies leaves its lease to run
out, and the job is repeated: each does a bounded piece of work and may be killed or repeated at any point.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone
from django.utils.functional import Promise

from clients.models import JobState

log = logging.getLogger("clients.jobs")

_FIRST_RETRY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` returns what it did, in English for the log, or an empty text where there was nothing to do."""

    name: str
    title: str | Promise
    every: timedelta
    run: Callable[[], str]
    lease: timedelta = timedelta(minutes=10)  # longer than any run takes

    def retry_after(self, failures: int) -> timedelta:
        """Doubles with each failure in a row, up to the job's own interval."""
        return min(self.every, _FIRST_RETRY * (1 << min(failures, 20)))


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    _jobs[job.name] = job


def registered() -> list[Job]:
    return list(_jobs.values())


def schedule(at: datetime) -> None:
    """Jobs that are new in this installation are due at once."""
    JobState.objects.bulk_create([JobState(name=name, due_at=at) for name in _jobs], ignore_conflicts=True)


def run_next(at: datetime) -> Job | None:
    """Run the job that has been due for longest and that nobody else runs, if there is one."""
    for name in JobState.objects.due(at).filter(name__in=_jobs).values_list("name", flat=True):
        job, holder = _jobs[name], uuid4()
        taken = JobState.objects.due(at).order_by().filter(name=name)
        if taken.update(holder=holder, leased_until=at + job.lease, started_at=at):
            _run(job, JobState.objects.get(name=name))
            return job
    return None


def _run(job: Job, state: JobState) -> None:
    try:
        done = job.run()
    except Exception as error:
        log.exception("job %s failed", job.name)
        failures = state.failures + 1
        _finish(job, state, job.retry_after(failures), failures=failures, error=type(error).__name__)
    else:
        log.log(logging.INFO if done else logging.DEBUG, "job %s: %s", job.name, done or "nothing to do")
        _finish(job, state, job.every, failures=0, error="")


def _finish(job: Job, state: JobState, pause: timedelta, **outcome: int | str) -> None:
    now = timezone.now()
    ours = JobState.objects.filter(name=job.name, holder=state.holder)
    if not ours.update(holder=None, leased_until=None, finished_at=now, due_at=now + pause, **outcome):
        log.warning("job %s ran longer than its lease; another worker has taken it over", job.name)
