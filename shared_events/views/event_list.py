"""All events that a client may see: as a list for people and debugging, and as a calendar. Not for synchronizing."""

import base64
import binascii
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from clients.addresses import public_url, service_url
from clients.rights import Service
from shared_events.canonical import digest
from shared_events.ical.export import MEDIA_TYPE, icalendar
from shared_events.jscalendar import STATUS
from shared_events.models import Event, Exposure, Instance, Kind
from shared_events.problems import Malformed
from shared_events.scan import MAX_BYTES
from shared_events.views.base import READ, CalendarRenderer, SharedEventsView, single
from shared_events.visibility import visible

EVENTS_A_PAGE = 100
_MAX_KEYWORD = 255
_STATUS = {word: status for status, word in STATUS.items()}


class _Visible(SharedEventsView):
    def visible(self, instance: Instance) -> "QuerySet[Event]":
        rows = visible(self.sharing.served_labels(), instance.kept_since(instance.read_at))
        return rows.filter(document__isnull=False).select_related("document").order_by("starts_at", "uid")

    def remember(self, events: Iterable[Event]) -> None:
        """What was shown is on record before it leaves: its removal has to be told."""
        client = self.access.client.pk
        shown = [Exposure(client_id=client, kind=Kind.EVENT, ref=event.uid) for event in events]
        Exposure.objects.bulk_create(shown, ignore_conflicts=True)


class EventList(_Visible):
    rights = READ

    def get(self, request: Request) -> HttpResponse:
        instance = Instance.current()
        rows = list(_after(request.query_params, self.visible(instance))[: EVENTS_A_PAGE + 1])
        page = _fitting(rows[:EVENTS_A_PAGE])
        self.remember(page)
        head = {"origin": instance.origin, "epoch": instance.epoch}
        text = f'{json.dumps(head)[:-1]},"events":[{",".join(map(_item, page))}]}}'
        response = HttpResponse(text, content_type="application/json", headers={"Cache-Control": "no-store"})
        if len(page) < len(rows):
            response["Link"] = f'<{_next(request.query_params, page[-1])}>; rel="next"'
        return response


class EventsCalendar(_Visible):
    rights = READ
    renderer_classes = [CalendarRenderer]

    def get(self, request: Request) -> HttpResponseBase:
        events = list(self.visible(Instance.current()))
        etag = f'"{digest(" ".join(event.document.etag for event in events))[:32]}"'
        response = get_conditional_response(request._request, etag=etag)  # noqa: SLF001
        if response is None:
            self.remember(events)
            documents = [json.loads(event.document.fragment) for event in events]
            response = HttpResponse(
                icalendar(documents, name=public_url().partition("://")[2]), content_type=MEDIA_TYPE
            )
            response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response


def _item(event: Event) -> str:
    head = {"uid": str(event.uid), "rev": event.document.rev, "etag": event.document.etag}
    return json.dumps(head)[:-1] + "," + event.document.fragment[1:]


def _fitting(rows: list[Event]) -> list[Event]:
    """As many as 1 MiB holds, and at least one."""
    page: list[Event] = []
    size = 0
    for row in rows:
        size += len(row.document.fragment.encode())
        if page and size > MAX_BYTES:
            break
        page.append(row)
    return page


def _after(parameters: QueryDict, rows: "QuerySet[Event]") -> "QuerySet[Event]":
    """The events that the parameters ask for. Malformed."""
    if text := single(parameters, "from"):
        rows = rows.filter(ends_at__gt=_instant("from", text))
    if text := single(parameters, "to"):
        rows = rows.filter(starts_at__lt=_instant("to", text))
    if word := single(parameters, "status"):
        if word not in _STATUS:
            raise Malformed(f"status: not one of {', '.join(_STATUS)}.")
        rows = rows.filter(status=_STATUS[word])
    if text := single(parameters, "keyword"):
        if "\0" in text or len(text) > _MAX_KEYWORD:
            raise Malformed(f"keyword: not a text of up to {_MAX_KEYWORD} characters.")
        rows = rows.filter(title__icontains=text)
    if text := single(parameters, "page"):
        at, uid = _position(text)
        rows = rows.filter(Q(starts_at__gt=at) | Q(starts_at=at, uid__gt=uid))
    return rows


def _instant(name: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.utcoffset() is None:
            raise Malformed(f"{name}: has no zone. Write 2027-03-29T00:00:00Z.")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"{name}: not a time. Write 2027-03-29T00:00:00Z.") from error


def _next(parameters: QueryDict, last: Event) -> str:
    """The same question from the last event on."""
    position = json.dumps([last.starts_at.isoformat(), str(last.uid)]).encode()
    asked: dict[str, Any] = {**parameters.dict(), "page": base64.urlsafe_b64encode(position).decode().rstrip("=")}
    return f"{service_url(Service.SHARED_EVENTS)}events?{urlencode(asked)}"


def _position(text: str) -> tuple[datetime, uuid.UUID]:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        at, uid = json.loads(raw)
        return _instant("page", at), uuid.UUID(uid)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed("page: not one that a Link named.") from error
