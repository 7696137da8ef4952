"""VTIMEZONE as the time zone database has it: one observance for each change of the clocks.

Rules (RRULE) would be shorter. Many zones have none that lasts, and readers differ in how they take those that do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from shared_events.calendar import local_time

_STEP = timedelta(hours=12)  # no zone changes twice within it
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Observance:
    """RFC 5545 §3.6.5."""

    onset: datetime  # local time before the change, without zone
    offset_from: timedelta
    offset_to: timedelta
    name: str


def vtimezone(zone: str, first: datetime, last: datetime) -> Timezone:
    """For local times of events between two instants, and for a year around them."""
    component = Timezone()
    component.add("tzid", zone)
    for observance in observances(zone, first.year - 1, last.year + 1):
        component.add_component(_subcomponent(observance))
    return component


@lru_cache(maxsize=1_000)
def observances(zone: str, first_year: int, last_year: int) -> tuple[Observance, ...]:
    """The offset in force as the first year begins (UTC), then every change until the last one ends."""
    return tuple(_observances(zone, datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)))


def _observances(zone: str, at: datetime, end: datetime) -> Iterator[Observance]:
    offset = _offset(zone, at)
    yield Observance(local_time(at, zone), offset, offset, _name(zone, at))
    while at < end:
        later = at + _STEP
        if _offset(zone, later) != offset:
            onset = _change(zone, at, later)
            new = _offset(zone, onset)
            yield Observance((onset + offset).replace(tzinfo=None), offset, new, _name(zone, onset))
            offset = new
        at = later


def _change(zone: str, before: datetime, after: datetime) -> datetime:
    """The first instant of the offset that is in force at ``after``, to the second."""
    offset = _offset(zone, before)
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)


def _name(zone: str, at: datetime) -> str:
    return at.astimezone(ZoneInfo(zone)).tzname() or zone


def _subcomponent(observance: Observance) -> TimezoneStandard | TimezoneDaylight:
    forward = observance.offset_to > observance.offset_from
    component = TimezoneDaylight() if forward else TimezoneStandard()
    component.add("dtstart", observance.onset)
    component.add("tzoffsetfrom", observance.offset_from)
    component.add("tzoffsetto", observance.offset_to)
    component.add("tzname", observance.name)
    return component
