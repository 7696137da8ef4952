"""The events of a month, day by day, as they are searched and filtered. Days are those of the reader's time zone."""

from calendar import Calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, get_format, time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import Action
from clients.pages.frame import Step, administrator, show
from shared_events import calendar
from shared_events.calendar import FIRST_YEAR, LAST_YEAR
from shared_events.models import Event, EventSession
from shared_events.pages.event_list import filters_of, found, views

MAX_EVENTS = 500
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, or a session of it, on one day. ``there``: its start on its own clocks, where they differ."""

    event: Event
    starts: str
    there: str
    place: str


@dataclass(slots=True)
class Day:
    """``date`` is None for a cell before the first or after the last day of the month."""

    date: date | None
    today: bool = False
    entries: list[Entry] = field(default_factory=list)


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    user, first = administrator(request), _asked(request.GET.get("month", ""))
    following = _moved(first, 1)
    within = Event.objects.in_reach_of(user, Action.VIEW).prefetch_related("sessions")
    inside = found(request, within).filter(ends_at__gt=_midnight(first), starts_at__lt=_midnight(following))
    events = list(inside.order_by("starts_at", "pk")[: MAX_EVENTS + 1])
    days = _days(first, events[:MAX_EVENTS])
    return show(
        request,
        "shared_events/month.html",
        title=_("Events, %(month)s") % {"month": date_format(first, "YEAR_MONTH_FORMAT")},
        heading=date_format(first, "YEAR_MONTH_FORMAT"),
        here=_("Events"),
        above=list[Step](),
        views=views(request, "events-calendar"),
        listing=filters_of(request),
        month=f"{first:%Y-%m}",
        before=_link(_moved(first, -1)),
        after=_link(following),
        weekdays=[WEEKDAYS[number] for number in _weeks().iterweekdays()],
        weeks=[
            [days.get(on, Day(None)) for on in week] for week in _weeks().monthdatescalendar(first.year, first.month)
        ],
        any=any(day.entries for day in days.values()),
        more=len(events) > MAX_EVENTS,
        most=MAX_EVENTS,
    )


def _asked(text: str) -> date:
    """The first day of the month asked for; of this month where none is."""
    try:
        asked = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        asked = timezone.localdate()
    return (asked if FIRST_YEAR <= asked.year <= LAST_YEAR else timezone.localdate()).replace(day=1)


def _moved(first: date, months: int) -> date:
    count = first.year * _MONTHS + first.month - 1 + months
    return date(count // _MONTHS, count % _MONTHS + 1, 1)


def _link(first: date) -> str:
    return f"{first:%Y-%m}" if FIRST_YEAR <= first.year <= LAST_YEAR else ""


def _weeks() -> Calendar:
    """From the first day of the week as the reader's language has it."""
    sunday_first = get_format("FIRST_DAY_OF_WEEK")
    return Calendar((int(sunday_first) - 1) % 7)


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))


def _days(first: date, events: Iterable[Event]) -> dict[date, Day]:
    today = timezone.localdate()
    count = (_moved(first, 1) - first).days
    days = {on: Day(on, on == today) for on in (first + timedelta(days=number) for number in range(count))}
    for part in sorted(_parts(events), key=lambda part: part.starts_at):
        for on, entry in _entries(part):
            if on in days:
                days[on].entries.append(entry)
    return days


def _parts(events: Iterable[Event]) -> Iterator[Event | EventSession]:
    for event in events:
        if parts := event.parts:
            yield from parts
        else:
            yield event


def _entries(part: Event | EventSession) -> Iterator[tuple[date, Entry]]:
    """One for each day that it touches; the start stands on the first."""
    event = part.event if isinstance(part, EventSession) else part
    begins, ends = timezone.localtime(part.starts_at), timezone.localtime(part.ends_at - timedelta(microseconds=1))
    there = calendar.local_time(part.starts_at, event.time_zone)
    starts = time_format(begins, "TIME_FORMAT")
    theirs = "" if there == begins.replace(tzinfo=None, fold=0) else date_format(there, "DATETIME_FORMAT")
    place = part.location_name or event.location_name
    yield begins.date(), Entry(event, starts, f"{theirs} {event.time_zone}" if theirs else "", place)
    for number in range(1, (ends.date() - begins.date()).days + 1):
        yield begins.date() + timedelta(days=number), Entry(event, "", "", place)
