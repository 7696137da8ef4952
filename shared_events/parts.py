"""The sessions that a document of an event tells of. It may come from another LMS: what cannot be read is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared_events.calendar import FIRST_YEAR, LAST_YEAR, instant, parsed_duration

_MOST = 100
_LONGEST = timedelta(days=366)
_MAX_TEXT = 255


@dataclass(frozen=True, slots=True)
class ToldPart:
    sid: str
    begins: datetime
    ends: datetime
    location: str


def told_parts(document: dict[str, dict[str, Any]]) -> list[ToldPart]:
    """In order of their beginning."""
    told = document["training"].get("sessions")
    zone = document["event"]["timeZone"]
    found = [part for one in (told[:_MOST] if isinstance(told, list) else []) for part in _read(one, zone)]
    return sorted(found, key=lambda part: (part.begins, part.sid))


def _read(session: Any, zone: str) -> Iterator[ToldPart]:
    try:
        sid, location = session["sid"], session.get("location", "")
        start = datetime.fromisoformat(session["start"])
        duration = timedelta(seconds=parsed_duration(session["duration"]))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return
    texts = all(isinstance(text, str) and len(text) <= _MAX_TEXT for text in (sid, location))
    if not texts or start.tzinfo is not None or not FIRST_YEAR <= start.year <= LAST_YEAR or duration > _LONGEST:
        return
    begins = instant(start, zone)
    yield ToldPart(sid, begins, begins + duration, location)
