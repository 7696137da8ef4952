"""The own sessions on the Security page."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.audit import Origin
from clients.models import AdministratorSession
from clients.pages.device import in_words
from clients.pages.frame import administrator
from clients.sessions import end_others, sessions_of

ALL = "others"


@dataclass(frozen=True, slots=True)
class Shown:
    row: AdministratorSession
    device: str
    current: bool


def shown(request: HttpRequest) -> list[Shown]:
    """The current one first."""
    key = request.session.session_key
    rows = sessions_of(administrator(request))
    found = [Shown(row, in_words(row.user_agent), row.session_key == key) for row in rows]
    return sorted(found, key=lambda each: not each.current)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """``session``: the name of one, or all others."""
    count = end_others(
        administrator(request), request.session.session_key or "", by=Origin.of(request), name=_wanted(request)
    )
    messages.success(request, ngettext("%(n)s session ended.", "%(n)s sessions ended.", count) % {"n": count})
    return redirect("security")


def _wanted(request: HttpRequest) -> UUID | None:
    name = request.POST.get("session", "")
    try:
        return None if name == ALL else UUID(name)
    except ValueError:
        raise Http404 from None
