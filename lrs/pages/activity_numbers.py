"""What LRS activity shows, from counters alone: each question reads a bounded range of their keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Max, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.pages.period import Part, Period
from lrs.counting import REST, month_of
from lrs.descriptions import parsed
from lrs.models import Description, HourCount, Kind, TopCount, Unit
from lrs.rows import table
from lrs.statement.descriptions import merged
from lrs.statement.sentences import object_name, verb_name

_HOUR = 3600
_MOST_DAYS = 31
_VARIANTS = 5  # of a description, the latest
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Use:
    """A Verb or an Activity, and in how many Statements it stood."""

    name: str
    iri: str
    statements: int


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days or months of UTC, both included: what is kept of Verbs and Activities."""

    unit: Unit
    first: int
    last: int
    text: str

    @classmethod
    def of(cls, period: Period) -> "Span":
        first, last = period.first, period.last
        if (last - first).days < _MOST_DAYS:
            text = _("Whole days of UTC: %(first)s – %(last)s")
            words = {"first": date_format(first), "last": date_format(last)}
            return cls(Unit.DAY, (first - _EPOCH).days, (last - _EPOCH).days, text % words)
        text = _("Whole months of UTC: %(first)s – %(last)s")
        words = {name: date_format(day, "YEAR_MONTH_FORMAT") for name, day in (("first", first), ("last", last))}
        return cls(Unit.MONTH, month_of(first), month_of(last), text % words)

    def uses(self, kind: Kind, clients: Collection[int]) -> "QuerySet[TopCount]":
        return TopCount.objects.filter(
            client__in=clients, unit=self.unit, kind=kind, start__range=(self.first, self.last)
        )

    def statements(self, clients: Collection[int]) -> int:
        """All of the span: each Statement has one Verb."""
        return self.uses(Kind.VERB, clients).aggregate(sum=Sum("statements"))["sum"] or 0


def by_part(parts: Sequence[Part], clients: Collection[int]) -> list[int]:
    """Statements in each part of the period."""
    if not clients:
        return [0] * len(parts)
    edges = ", ".join(f"({n}, {_hour(part.start)}, {_hour(part.end)})" for n, part in enumerate(parts))
    sql = (
        f"WITH parts (n, low, high) AS (VALUES {edges}) SELECT p.n, SUM(c.statements) FROM parts p "  # noqa: S608
        f"JOIN {table(HourCount)} c ON c.hour >= p.low AND c.hour < p.high "
        f"WHERE c.client_id IN ({', '.join(f'{client:d}' for client in clients)}) GROUP BY p.n"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = {n: int(count) for n, count in cursor.fetchall()}
    return [found.get(n, 0) for n in range(len(parts))]


def by_client(period: Period, clients: Collection[int]) -> dict[int, int]:
    within = HourCount.objects.filter(client__in=clients, hour__gte=_hour(period.start), hour__lt=_hour(period.end))
    return dict(within.values("client_id").annotate(sum=Sum("statements")).values_list("client_id", "sum"))


def _hour(moment: datetime) -> int:
    """The first hour that begins then or later."""
    return -int(-moment.timestamp() // _HOUR)


def top(kind: Kind, span: Span, clients: Collection[int], languages: Sequence[str], most: int) -> list[Use]:
    sums = span.uses(kind, clients).exclude(key=REST).values("key").annotate(sum=Sum("statements"), of=Max("iri"))
    found = list(sums.order_by("-sum", "key").values_list("key", "of", "sum")[:most])
    told = _told([key for key, _iri, _count in found], clients)
    return [Use(_name(kind, iri, told.get(key.hex, {}), languages), iri, count) for key, iri, count in found]


def _name(kind: Kind, iri: str, told: Mapping[str, Any], languages: Sequence[str]) -> str:
    if kind == Kind.VERB:
        return verb_name({"id": iri, **told}, languages)
    return object_name({"id": iri, "definition": told}, languages)


def _told(keys: Sequence[Any], clients: Collection[int]) -> dict[str, dict[str, Any]]:
    """By key, what these clients have said of it lately: nobody learns a name from a client out of reach."""
    rank = Window(RowNumber(), partition_by=F("key"), order_by=F("seq").desc())
    latest = Description.objects.filter(key__in=keys, client__in=clients).annotate(rank=rank)
    found: dict[str, list[dict[str, Any]]] = {}
    for key, content in latest.filter(rank__lte=_VARIANTS).order_by("seq").values_list("key", "content"):
        found.setdefault(key.hex, []).append(parsed(content))
    return {key: merged(contents) for key, contents in found.items()}
