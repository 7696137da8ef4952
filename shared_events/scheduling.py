"""The sessions of an event, set as a whole."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from shared_events import calendar
from shared_events.models import Event, EventSession
from shared_events.parts import ToldPart
from shared_events.publishing import publish

MAX_SESSIONS = 100
LONGEST = timedelta(days=366)  # of an event, as other LMSes take it
TOLD_FOR = timedelta(days=30)  # calendar files tell so long that a session is gone


class EventChanged(Exception):
    """Somebody saved the event after the page was opened."""


@dataclass(frozen=True, slots=True)
class Part:
    """One session as it shall be; without ``sid`` a new one. ``start``: on the clocks of the event's zone."""

    start: datetime
    duration_seconds: int
    location_name: str = ""
    join_url: str = ""
    sid: UUID | None = None


@transaction.atomic
def set_sessions(event: Event, parts: Sequence[Part], *, version: int, by: Origin) -> bool:
    """Make these the sessions; the event then spans them. ``version``: of the event that the parts were made from.

    False, without a write, when nothing differed. Without any part the event keeps its start and end.
    """
    current = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if current.version != version:
        raise EventChanged
    held = {session.sid: _part(session) for session in current.parts}
    known = [part.sid if part.sid and part.sid in held else uuid.uuid4() for part in parts]
    wanted = {sid: replace(part, sid=sid) for sid, part in zip(known, parts, strict=True)}
    if wanted == held:
        return False
    _store(current, held, wanted)
    if wanted:
        _span(current, wanted.values())
    current.updated_by = by.administrator
    publish(current)
    audit.record("event_sessions_changed", current, by=by, **_facts(held, wanted))
    event.refresh_from_db()
    return True


def _part(session: EventSession) -> Part:
    return Part(**{column.name: getattr(session, column.name) for column in fields(Part)})


def _store(event: Event, held: Mapping[UUID, Part], wanted: Mapping[UUID, Part]) -> None:
    """Rows bear the version that ``publish`` gives the event next."""
    now, version = timezone.now(), event.version + 1
    rows = EventSession.objects.filter(event=event)
    rows.filter(removed_at__lt=now - TOLD_FOR).delete()
    rows.filter(sid__in=held.keys() - wanted.keys()).update(removed_at=now, version=version)
    new = [asdict(part) for sid, part in wanted.items() if sid not in held]
    EventSession.objects.bulk_create(EventSession(event=event, version=version, **columns) for columns in new)
    for sid, part in wanted.items():
        if sid in held and held[sid] != part:
            rows.filter(sid=sid).update(version=version, **asdict(part))


def span_parts(event: Event) -> None:
    """Start and end of an event whose sessions stay where they are on the clocks of another zone."""
    if parts := event.parts:
        _span(event, map(_part, parts))


def _span(event: Event, parts: Iterable[Part]) -> None:
    begun = [(calendar.instant(part.start, event.time_zone), part) for part in parts]
    first, earliest = min(begun, key=lambda pair: pair[0])
    last = max(start + timedelta(seconds=part.duration_seconds) for start, part in begun)
    event.start, event.duration_seconds = earliest.start, calendar.seconds_between(first, last)


def _facts(held: Mapping[UUID, Part], wanted: Mapping[UUID, Part]) -> dict[str, Any]:
    """Links to join are told of, not kept."""
    before, after = ([_told(part) for part in sorted(parts.values(), key=_order)] for parts in (held, wanted))
    links = [{sid: part.join_url for sid, part in parts.items() if part.join_url} for parts in (held, wanted)]
    return {"sessions": [before, after]} | ({"join_links_changed": True} if links[0] != links[1] else {})


def _order(part: Part) -> tuple[datetime, str]:
    return part.start, str(part.sid)


def _told(part: Part) -> str:
    text = f"{part.start.isoformat(timespec='minutes')} {calendar.duration_text(part.duration_seconds)}"
    return f"{text} {part.location_name}".strip()


def gone_parts(events: Iterable[Event]) -> dict[str, list[ToldPart]]:
    """By uid, what calendars may still show: sessions removed lately, and an event that was in one piece before."""
    since = timezone.now() - TOLD_FOR
    return {str(event.uid): _gone(event, since) for event in events}


def _gone(event: Event, since: datetime) -> list[ToldPart]:
    sessions = list(event.sessions.all())
    gone = [session for session in sessions if session.removed_at and session.removed_at > since]
    told = [ToldPart(str(one.sid), one.starts_at, one.ends_at, one.location_name) for one in gone]
    if event.parts and min(session.created for session in sessions) > since:
        told.append(ToldPart("", event.starts_at, event.ends_at, ""))
    return told
