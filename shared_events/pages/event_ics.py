"""Events for calendar programs: one, the list as it is filtered, and one of another LMS."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.pages.frame import administrator
from clients.pages.reach import demand, find
from shared_events.ical.export import MEDIA_TYPE, Document, icalendar
from shared_events.jscalendar import document
from shared_events.models import Event
from shared_events.pages.event_list import found
from shared_events.pages.mirrored import reachable


@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    row = find(Event.objects.select_related("document"), administrator(request), pk, Action.VIEW)
    return _file(icalendar([_document(row)], name=row.title), "event")


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The list as it is searched and filtered, all pages of it."""
    user = demand(request, Action.DOWNLOAD, ObjectType.EVENT)
    rows = found(request, Event.objects.in_reach_of(user, Action.DOWNLOAD).select_related("document"))
    return _file(icalendar(map(_document, rows.iterator(chunk_size=500)), name=_("Events")), "events")


@require_safe
def mirrored(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(reachable(administrator(request)), pk=pk)
    return _file(icalendar([json.loads(row.document)], name=row.title), "event")


def _document(row: Event) -> Document:
    """As other LMSes would be sent it, shared or not."""
    sequence = row.document.sequence if hasattr(row, "document") else 0
    return document(row, sequence=sequence, updated=row.updated)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
