"""An event as other LMSes read it: RFC 8984 limited to what its successor shares, and ``training`` beside it."""

from datetime import datetime
from typing import Any

from shared_events.calendar import duration_text, utc_text
from shared_events.models import Event, EventSession, Seats, Status

STATUS = {Status.PLANNED: "tentative", Status.ACTIVE: "confirmed", Status.CANCELLED: "cancelled"}
# RFC 5546 §2.1.4: what makes a participant look again raises SEQUENCE.
_SIGNIFICANT = ("start", "timeZone", "duration", "status", "locations")

Document = dict[str, dict[str, Any]]


def document(event: Event, *, sequence: int, updated: datetime) -> Document:
    return {"event": _event(event, sequence, updated), "training": _training(event)}


def _training(event: Event) -> dict[str, Any]:
    """What an event does not have is left out, so that its hash stays as it was before such members were known."""
    members: dict[str, Any] = {"kind": str(event.kind)}
    if parts := event.parts:
        members["sessions"] = [_session(part) for part in parts]
    if seats := event.enrolment:
        members |= _limits(seats)
    return members


def _limits(seats: Seats) -> dict[str, Any]:
    members: dict[str, Any] = {} if seats.minimum is None else {"minParticipants": seats.minimum}
    if seats.capacity is None:
        return members
    waitlist: dict[str, Any] = {"enabled": seats.waiting_list}
    if seats.waiting_list and seats.waiting_limit is not None:
        waitlist["limit"] = seats.waiting_limit
    return members | {"capacity": seats.capacity, "waitlist": waitlist}


def _session(part: EventSession) -> dict[str, Any]:
    members = {
        "sid": str(part.sid),
        "start": part.start.isoformat(timespec="seconds"),
        "duration": duration_text(part.duration_seconds),
    }
    return members | ({"location": part.location_name} if part.location_name else {})


def _event(event: Event, sequence: int, updated: datetime) -> dict[str, Any]:
    members: dict[str, Any] = {
        "@type": "Event",
        "version": "2.0",
        "uid": str(event.uid),
        "title": event.title,
        "start": event.start.isoformat(timespec="seconds"),
        "timeZone": event.time_zone,
        "duration": duration_text(event.duration_seconds),
        "status": STATUS[Status(event.status)],
        "sequence": sequence,
        "created": utc_text(event.created),
        "updated": utc_text(updated),
    }
    if event.info:
        members |= {"description": event.info, "descriptionContentType": "text/plain"}
    if event.location_name:
        members["locations"] = {"1": {"@type": "Location", "name": event.location_name}}
    return members


def significant(document: Document) -> tuple[Any, ...]:
    """Time, place and status: what SEQUENCE counts changes of."""
    training = document["training"]
    return (*(document["event"].get(name) for name in _SIGNIFICANT), training["kind"], training.get("sessions"))
