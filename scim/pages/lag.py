"""How far the LMS may be behind each directory: the age of the last request that succeeded.

Directories do not say when something changed on their side, so that this is the most that can be known. What succeeds
without changing anything counts; reads count while they are logged.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.pages.chart import MOST_BARS, Bar, Chart, Series, grouped
from clients.pages.text import Text
from scim.models import ProvisioningEntry, ScimConfiguration

Outcome = ProvisioningEntry.Outcome
_GOOD = (Outcome.DONE, Outcome.UNCHANGED, Outcome.READ)
_LABEL_LENGTH = 14  # characters that fit below the axis
_UNITS: tuple[tuple[timedelta, Text], ...] = (
    (timedelta(minutes=1), _("Minutes since the last success")),
    (timedelta(hours=1), _("Hours since the last success")),
    (timedelta(days=1), _("Days since the last success")),
)
_MOST_OF_A_UNIT = 180


class Behind(NamedTuple):
    """``at``: of the last success; None before the first one."""

    name: str
    at: datetime | None
    age: timedelta | None

    def row(self) -> tuple[str, str, int | str]:
        """For downloads: the time in UTC, the age in seconds."""
        at = self.at.astimezone(UTC).isoformat(timespec="seconds") if self.at else ""
        return self.name, at, "" if self.age is None else round(self.age.total_seconds())


CSV_HEADS = (_("Configuration"), _("Last success"), _("Seconds since"))


@dataclass(frozen=True, slots=True)
class AgeChart(Chart):
    """Ages do not add up to anything."""

    @property
    def summary(self) -> str:
        longest = max(self.bars, key=lambda bar: bar.total)
        words = gettext("Longest: %(longest)s, %(name)s.")
        return words % {"longest": grouped(longest.total), "name": longest.name}


def behind(configurations: QuerySet[ScimConfiguration], now: datetime) -> list[Behind]:
    """The active ones, who waits longest first; at the end those without any success."""
    good = ProvisioningEntry.objects.filter(configuration=OuterRef("pk"), outcome__in=_GOOD)
    last = Subquery(good.order_by("-at").values("at")[:1])
    found = configurations.filter(active=True).annotate(last=last).order_by(F("last").asc(nulls_last=True), "name")
    rows = found.values_list("name", "last")[:MOST_BARS]
    return [Behind(name, at, None if at is None else max(now - at, timedelta())) for name, at in rows]


def lag_chart(found: list[Behind], csv_url: str) -> Chart | None:
    """None where nothing succeeded yet."""
    ages = [(one.name, one.age) for one in found if one.age is not None]
    if not ages:
        return None
    unit, label = _unit(max(age for _name, age in ages))
    bars = [Bar(Truncator(name).chars(_LABEL_LENGTH), name, (age // unit,)) for name, age in ages]
    return AgeChart("lag", _("Lag"), _("Configuration"), (Series(label),), bars, csv_url)


def _unit(longest: timedelta) -> tuple[timedelta, Text]:
    fitting = (one for one in _UNITS if longest // one[0] <= _MOST_OF_A_UNIT)
    return next(fitting, _UNITS[-1])
