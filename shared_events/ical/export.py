"""Documents of events as one iCalendar object. Nothing of a person is in it, and no link to join."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from shared_events.calendar import instant, local_time, parsed_duration, shown_twice
from shared_events.ical.zones import vtimezone

Document = dict[str, dict[str, Any]]

MEDIA_TYPE = "text/calendar; charset=utf-8"
_STATUS = {"tentative": "TENTATIVE", "confirmed": "CONFIRMED", "cancelled": "CANCELLED"}


def icalendar(documents: Iterable[Document], *, name: str) -> bytes:
    """RFC 5545, for publishing (RFC 5546 §3.2.1): readers take it in and never answer."""
    calendar = Calendar()
    for key, value in (("prodid", "-//lms-oauth//events//EN"), ("version", "2.0"), ("method", "PUBLISH")):
        calendar.add(key, value)
    calendar.add("x-wr-calname", name)
    spans: dict[str, tuple[datetime, datetime]] = {}
    events = [_event(document, spans) for document in documents]
    for zone, (first, last) in sorted(spans.items()):
        calendar.add_component(vtimezone(zone, first, last))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(document: Document, spans: dict[str, tuple[datetime, datetime]]) -> Event:
    told = document["event"]
    zone = told["timeZone"]
    begins = instant(datetime.fromisoformat(told["start"]), zone)
    ends = begins + timedelta(seconds=parsed_duration(told["duration"]))
    first, last = spans.get(zone, (begins, ends))
    spans[zone] = min(first, begins), max(last, ends)
    event = Event()
    event.add("uid", told["uid"])
    event.add("dtstamp", _utc(told["updated"]))
    event.add("created", _utc(told["created"]))
    event.add("last-modified", _utc(told["updated"]))
    event.add("sequence", told.get("sequence", 0))
    _when(event, "dtstart", begins, zone)
    _when(event, "dtend", ends, zone)
    event.add("summary", told["title"])
    _describe(event, document)
    return event


def _when(event: Event, name: str, at: datetime, zone: str) -> None:
    """In UTC where clocks show the local time twice: readers do not agree which of the two is meant."""
    if shown_twice(at, zone):
        event.add(name, at)
    else:
        event.add(name, local_time(at, zone), parameters={"TZID": zone})


def _describe(event: Event, document: Document) -> None:
    told = document["event"]
    if description := told.get("description"):
        event.add("description", description)
    if place := told.get("locations", {}).get("1", {}).get("name"):
        event.add("location", place)
    event.add("categories", [document["training"]["kind"]])
    if status := _STATUS.get(told["status"]):
        event.add("status", status)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
