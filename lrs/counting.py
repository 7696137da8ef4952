"""Counts stored Statements for the charts, in the order of the store and never while one is written.

A run reads the next Statements up to the horizon, and adds them in one transaction that holds the position's lock:
killed, repeated or run twice at once, it counts each Statement once. Voided, purged and erased Statements stay counted.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Q, Sum

from lrs.clock import MICROSECONDS, clock
from lrs.models import ClientTotal, CountPosition, HourCount, Kind, Statement, TopCount, Unit
from lrs.rows import columns, table
from lrs.statement import keys

SLICE = 2_000
KEPT = 200  # Verbs, and as many Activities, of one client in a day or month that is over
REST = UUID(int=0)
_MOST_BYTES = 32 * 1024 * 1024  # of JSON in one slice
_RUN_SECONDS = 5
_PER_INSERT = 500
_HOUR = 3600 * MICROSECONDS
_DAY = 24 * _HOUR
type_of_use = tuple[int, int, int, int, str]  # client, unit, kind, start, key


@dataclass(slots=True)
class Tally:
    """What one slice adds."""

    hours: dict[tuple[int, int], int] = field(default_factory=dict)
    uses: dict[type_of_use, tuple[str, int]] = field(default_factory=dict)
    totals: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)  # statements, bytes, first, last
    count: int = 0
    size: int = 0
    last: int = 0

    def add(self, seq: int, client: int, text: bytes) -> None:
        self.count, self.size, self.last = self.count + 1, self.size + len(text), seq
        hour = client, seq // _HOUR
        self.hours[hour] = self.hours.get(hour, 0) + 1
        statements, size, first, _last = self.totals.get(client, (0, 0, seq, seq))
        self.totals[client] = statements + 1, size + len(text), first, seq
        for kind, key, iri in _told(json.loads(text, parse_int=str, parse_float=str)):
            for unit in Unit:
                use = client, int(unit), int(kind), start_of(unit, seq), key
                self.uses[use] = iri, self.uses.get(use, ("", 0))[1] + 1


def _told(statement: dict[str, Any]) -> Iterator[tuple[Kind, str, str]]:
    verb, target = statement["verb"]["id"], statement["object"]
    yield Kind.VERB, keys.of_verb(verb), verb
    if target.get("objectType", "Activity") == "Activity":
        yield Kind.ACTIVITY, keys.of_activity(target["id"]), target["id"]


def start_of(unit: Unit, seq: int) -> int:
    """The day or month of UTC, counted from 1970."""
    if unit == Unit.DAY:
        return seq // _DAY
    return month_of(datetime.fromtimestamp(seq // MICROSECONDS, UTC).date())


def month_of(day: date) -> int:
    return (day.year - 1970) * 12 + day.month - 1


def run() -> str:
    """Count for some seconds at most."""
    end, total = time.monotonic() + _RUN_SECONDS, 0
    while counted := advance():
        total += counted
        if time.monotonic() > end:
            break
    return f"{total} statements counted" if total else ""


def advance(most: int = SLICE) -> int:
    """Count the next slice; how many Statements that was."""
    while True:
        horizon = clock().horizon()
        position, _created = CountPosition.objects.get_or_create(pk=1)
        tally, reached = _next(position.seq, horizon, most)
        if _keep(tally, position.seq, reached):
            return tally.count


@transaction.atomic
def _keep(tally: Tally, before: int, reached: int) -> bool:
    """Reading holds no lock, so that on SQLite nobody waits for it; False where another run was quicker."""
    if CountPosition.objects.select_for_update().get(pk=1).seq != before:
        return False
    _write(tally)
    for unit in Unit:
        _fold(unit, before, reached, tally)
    CountPosition.objects.filter(pk=1).update(seq=reached)
    return True


def restart() -> None:
    """Forget every count. What has been purged or erased since cannot be counted again."""
    CountPosition.objects.get_or_create(pk=1)
    with transaction.atomic():
        CountPosition.objects.select_for_update().get(pk=1)
        for model in (HourCount, TopCount, ClientTotal):
            model._default_manager.all().delete()  # noqa: SLF001 - Django's documented model API
        CountPosition.objects.filter(pk=1).update(seq=0, measured=None)


def _next(after: int, horizon: int, most: int) -> tuple[Tally, int]:
    """What comes next, and up to where that is everything."""
    tally = Tally()
    found = Statement.objects.filter(seq__gt=after, seq__lte=horizon).order_by("seq")[:most]
    for seq, client, text in found.values_list("seq", "client_id", "json").iterator(chunk_size=100):
        tally.add(seq, client, bytes(text))
        if tally.size > _MOST_BYTES:
            return tally, tally.last
    return tally, tally.last if tally.count == most else max(after, horizon)


def _write(tally: Tally) -> None:
    hours = [(*hour, count) for hour, count in tally.hours.items()]
    _add(HourCount, "client_id, hour", ("statements = t.statements + excluded.statements",), hours)
    _use(((*use, iri, count) for use, (iri, count) in tally.uses.items()))
    sums = (
        "statements = t.statements + excluded.statements",
        "json_bytes = t.json_bytes + excluded.json_bytes",
        "first = coalesce(t.first, excluded.first)",
        "last = excluded.last",
    )
    _add(ClientTotal, "client_id", sums, [(client, *told, 0, 0, 0, 0) for client, told in tally.totals.items()])


def _use(uses: Iterable[tuple[Any, ...]]) -> None:
    sums = ("statements = t.statements + excluded.statements",)
    _add(TopCount, "client_id, unit, kind, start, key", sums, list(uses))


def _add(model: type[models.Model], key: str, changes: Iterable[str], found: list[tuple[Any, ...]]) -> None:
    """Rows in the order of the model's fields; ``changes`` where there is one with this key."""
    with connection.cursor() as cursor:
        for begin in range(0, len(found), _PER_INSERT):
            part = found[begin : begin + _PER_INSERT]
            marks = ", ".join(["(" + ", ".join(["%s"] * len(part[0])) + ")"] * len(part))
            cursor.execute(
                f"INSERT INTO {table(model)} AS t ({columns(model)}) VALUES {marks} "  # noqa: S608
                f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(changes)}",
                [value for row in part for value in row],
            )


def _fold(unit: Unit, before: int, reached: int, tally: Tally) -> None:
    """Nothing comes to a day or month any more once the position is beyond it: keep what matters of it."""
    current = start_of(unit, reached)
    touched = {start for _client, of, _kind, start, _key in tally.uses if of == unit} | {start_of(unit, before)}
    for start in sorted(one for one in touched if one < current):
        rows = TopCount.objects.filter(client__in=ClientTotal.objects.values("pk"), unit=unit, start=start)
        for client, kind in rows.values_list("client_id", "kind").distinct():
            _keep_most_frequent(rows.filter(client=client, kind=kind), (client, int(unit), kind, start))


def _keep_most_frequent(rows: "models.QuerySet[TopCount]", of: tuple[int, int, int, int]) -> None:
    named = rows.exclude(key=REST)
    for count, key in named.order_by("-statements", "key").values_list("statements", "key")[KEPT - 1 : KEPT]:
        rarer = named.filter(Q(statements__lt=count) | Q(statements=count, key__gt=key))
        if rest := rarer.aggregate(rest=Sum("statements"))["rest"]:
            rarer.delete()
            _use([(*of, REST.hex, "", rest)])
