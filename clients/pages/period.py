"""The period a chart covers, from the address: ``?from=2026-10-25&to=2026-11-23&unit=day``, both days included.

Periods begin and end at midnight, on Mondays, on the first of a month in the time zone of the LMS, also where the
clock changes. What the address does not say, or says wrongly, is the last 30 days by day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clients.pages.chart import MOST_BARS
from clients.pages.table import Option
from clients.pages.text import Text

_DAYS = 30
_LONGEST = timedelta(days=3_600)  # less than MOST_BARS months
UNITS = (Option("hour", _("Hour")), Option("day", _("Day")), Option("week", _("Week")), Option("month", _("Month")))
_ORDER = [unit.value for unit in UNITS]


@dataclass(frozen=True, slots=True)
class Part:
    """One bar's time, ``end`` excluded."""

    start: datetime
    end: datetime
    label: str
    name: str

    def runs_at(self, now: datetime) -> bool:
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class Period:
    """``last`` is included. At most MOST_BARS parts: the unit is as wide as that needs."""

    first: date
    last: date
    unit: str

    units = UNITS

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "Period":
        today = timezone.localdate()
        last = _day(sent.get("to", "")) or today
        first = _day(sent.get("from", "")) or last - timedelta(days=_DAYS - 1)
        first, last = min(first, last), max(first, last)
        first = max(first, last - _LONGEST)
        wanted = sent.get("unit", "")
        return cls(first, last, _wide_enough(wanted if wanted in _ORDER else "day", (last - first).days + 1))

    @property
    def unit_label(self) -> Text:
        return next(unit.label for unit in UNITS if unit.value == self.unit)

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        return _midnight(self.last + timedelta(days=1))

    @property
    def text(self) -> str:
        return f"{date_format(self.first)} – {date_format(self.last)}"

    def parts(self) -> Iterator[Part]:
        for start, end in self._edges():
            yield Part(max(start, self.start), min(end, self.end), *_words(start, self.unit))

    def _edges(self) -> Iterator[tuple[datetime, datetime]]:
        if self.unit == "hour":
            yield from _hours(self.start, self.end)
            return
        day = _begun(self.first, self.unit)
        while day <= self.last:
            following = _following(day, self.unit)
            yield _midnight(day), _midnight(following)
            day = following


def _day(text: str) -> date | None:
    """Between the years 1970 and 9000: whatever is reckoned with it stays a date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 9000 else None  # noqa: PLR2004


def _wide_enough(unit: str, days: int) -> str:
    bars = {"hour": days * 24 + 1, "day": days, "week": days // 7 + 2}
    wide = _ORDER[_ORDER.index(unit) :]
    return next((one for one in wide if bars.get(one, 0) <= MOST_BARS), "month")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Real hours: a day has 23 or 25 of them where the clock changes."""
    hour, zone = start.astimezone(UTC), start.tzinfo
    while hour < end:
        following = hour + timedelta(hours=1)
        yield hour.astimezone(zone), following.astimezone(zone)
        hour = following


def _begun(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _following(day: date, unit: str) -> date:
    if unit == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=7 if unit == "week" else 1)


def _words(start: datetime, unit: str) -> tuple[str, str]:
    if unit == "hour":
        return date_format(start, "H:i"), f"{date_format(start)} {date_format(start, 'H:i')}"
    if unit == "month":
        return date_format(start, "M Y"), date_format(start, "YEAR_MONTH_FORMAT")
    return date_format(start, "MONTH_DAY_FORMAT"), date_format(start)
