"""Events mirrored from a peer: the list, and one of them, read-only."""

import json
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action
from clients.models import Administrator
from clients.pages.frame import administrator, show
from clients.pages.table import Column, Table
from shared_events import calendar
from shared_events.models import EventKind, MirrorEvent, Peer
from shared_events.pages import bookings
from shared_events.pages.peer import above
from shared_events.parts import ToldPart, told_parts

_STATUS = {
    "tentative": gettext_lazy("Planned"),
    "confirmed": gettext_lazy("Active"),
    "cancelled": gettext_lazy("Cancelled"),
}


def reachable(user: Administrator) -> "QuerySet[MirrorEvent]":
    return MirrorEvent.objects.filter(peer__in=Peer.objects.in_reach_of(user, Action.VIEW))


@require_safe
def mirrored(request: HttpRequest, pk: int) -> HttpResponse:
    peer = get_object_or_404(Peer.objects.in_reach_of(administrator(request), Action.VIEW), pk=pk)
    listing = _TABLE.listing(request, peer.events.filter(removed_at=None), limited=False)
    rows = [(row, _status(row.status), _kind(row.kind)) for row in listing.page]
    title = _("Events of %(name)s") % {"name": peer.name}
    return show(
        request,
        "shared_events/mirrored_list.html",
        title=title,
        above=above(peer),
        listing=listing,
        rows=rows,
        peer=peer,
    )


@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    row = get_object_or_404(reachable(user).select_related("peer"), pk=pk)
    document = json.loads(row.document)
    return show(
        request,
        "shared_events/mirrored.html",
        title=row.title,
        above=above(row.peer),
        event=row,
        kind=_kind(row.kind),
        status_label=_status(row.status),
        info=document["event"].get("description", ""),
        participants=bookings.shown(request, user, row),
        parts=[_shown(part, row.time_zone) for part in told_parts(document)],
    )


def _shown(part: ToldPart, zone: str) -> dict[str, Any]:
    times = {name: calendar.local_time(at, zone) for name, at in (("start", part.begins), ("end", part.ends))}
    return {**times, "location": part.location}


def _status(word: str) -> str:
    """Words of later versions are not guessed at."""
    return str(_STATUS.get(word, _("See the host")))


def _kind(word: str) -> str:
    return str(EventKind(word).label) if word in EventKind.values else _("See the host")


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s event", "%(first)s–%(last)s of %(count)s events", count)


_TABLE = Table(
    columns=(
        Column(
            gettext_lazy("Name"),
            "title",
            Lower("title"),
            gettext_lazy("Name, A to Z"),
            gettext_lazy("Name, Z to A"),
        ),
        Column(
            gettext_lazy("Start"),
            "starts_at",
            F("starts_at"),
            gettext_lazy("Start, earliest first"),
            gettext_lazy("Start, latest first"),
            newest_first=True,
        ),
        Column(gettext_lazy("Kind")),
        Column(gettext_lazy("Status")),
    ),
    sort="-starts_at",
    counted=_counted,
    search=("title", "location_name"),
)
