"""Events for calendar programs: one, the list as it is filtered, and one of another LMS."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.pages.frame import administrator
from clients.pages.reach import demand, find
from shared_events.calendar import utc_text
from shared_events.ical.export import MEDIA_TYPE, Document, icalendar
from shared_events.jscalendar import document
from shared_events.models import Event
from shared_events.pages.event_list import found
from shared_events.pages.mirrored import reachable
from shared_events.scheduling import gone_parts


@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Event.objects.select_related("document", "seats").prefetch_related("sessions")
    return _own(find(rows, administrator(request), pk, Action.VIEW))


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The list as it is searched and filtered, all pages of it."""
    user = demand(request, Action.DOWNLOAD, ObjectType.EVENT)
    within = (
        Event.objects.in_reach_of(user, Action.DOWNLOAD)
        .select_related("document", "seats")
        .prefetch_related("sessions")
    )
    rows = list(found(request, within))
    return _file(icalendar(map(_document, rows), name=_("Events"), gone=gone_parts(rows)), "events")


@require_safe
def mirrored(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(reachable(administrator(request)), pk=pk)
    told = json.loads(row.document)
    for name in ("created", "updated"):  # a host need not say
        told["event"].setdefault(name, utc_text(row.updated))
    return _file(icalendar([told], name=row.title), "event")


def _own(row: Event) -> HttpResponse:
    return _file(icalendar([_document(row)], name=row.title, gone=gone_parts([row])), "event")


def _document(row: Event) -> Document:
    """As other LMSes would be sent it, shared or not."""
    sequence = row.document.sequence if hasattr(row, "document") else 0
    return document(row, sequence=sequence, updated=row.updated)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
