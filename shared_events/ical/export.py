"""Documents of events as one iCalendar object. Nothing of a person is in it, and no link to join."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from shared_events.calendar import instant, local_time, parsed_duration, shown_twice
from shared_events.ical.zones import vtimezone
from shared_events.parts import ToldPart, told_parts

Document = dict[str, dict[str, Any]]

MEDIA_TYPE = "text/calendar; charset=utf-8"
_STATUS = {"tentative": "TENTATIVE", "confirmed": "CONFIRMED", "cancelled": "CANCELLED"}


def icalendar(
    documents: Iterable[Document], *, name: str, gone: Mapping[str, Sequence[ToldPart]] | None = None
) -> bytes:
    """RFC 5545, for publishing (RFC 5546 §3.2.1): readers take it in and never answer.

    ``gone``: by the event's uid, sessions that no longer take place; one without ``sid`` is the event in one piece.
    """
    calendar = Calendar()
    for key, value in (("prodid", "-//lms-oauth//events//EN"), ("version", "2.0"), ("method", "PUBLISH")):
        calendar.add(key, value)
    calendar.add("x-wr-calname", name)
    spans: dict[str, tuple[datetime, datetime]] = {}
    events = [event for document in documents for event in _events(document, spans, gone or {})]
    for zone, (first, last) in sorted(spans.items()):
        calendar.add_component(vtimezone(zone, first, last))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(
    document: Document, spans: dict[str, tuple[datetime, datetime]], gone: Mapping[str, Sequence[ToldPart]]
) -> Iterator[Event]:
    """One for each session, or one for an event in one piece; then what no longer takes place."""
    ended = gone.get(document["event"]["uid"], ())
    parts = told_parts(document) or [_whole(document)]
    for part in (*parts, *ended):
        zone = document["event"]["timeZone"]
        first, last = spans.get(zone, (part.begins, part.ends))
        spans[zone] = min(first, part.begins), max(last, part.ends)
        event = _event(document, part)
        if part in ended:
            event.pop("status", None)
            event.add("status", "CANCELLED")
        yield event


def _whole(document: Document) -> ToldPart:
    told = document["event"]
    begins = instant(datetime.fromisoformat(told["start"]), told["timeZone"])
    return ToldPart("", begins, begins + timedelta(seconds=parsed_duration(told["duration"])), "")


def _event(document: Document, part: ToldPart) -> Event:
    told = document["event"]
    event = Event()
    event.add("uid", f"{told['uid']}.{part.sid}" if part.sid else told["uid"])
    event.add("dtstamp", _utc(told["updated"]))
    event.add("created", _utc(told["created"]))
    event.add("last-modified", _utc(told["updated"]))
    event.add("sequence", told.get("sequence", 0))
    _when(event, "dtstart", part.begins, told["timeZone"])
    _when(event, "dtend", part.ends, told["timeZone"])
    event.add("summary", told["title"])
    if part.sid:
        event.add("related-to", told["uid"])
    _describe(event, document, part.location)
    return event


def _when(event: Event, name: str, at: datetime, zone: str) -> None:
    """In UTC where clocks show the local time twice: readers do not agree which of the two is meant."""
    if shown_twice(at, zone):
        event.add(name, at)
    else:
        event.add(name, local_time(at, zone), parameters={"TZID": zone})


def _describe(event: Event, document: Document, place: str) -> None:
    told = document["event"]
    if description := told.get("description"):
        event.add("description", description)
    if place := place or told.get("locations", {}).get("1", {}).get("name"):
        event.add("location", place)
    event.add("categories", [document["training"]["kind"]])
    if status := _STATUS.get(told["status"]):
        event.add("status", status)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
