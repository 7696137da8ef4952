"""Statements and Relations by month on PostgreSQL, so that what is old goes as a table and not row by row.

Both tables have the same partitions, by ``seq``: ``…_past`` takes everything up to some month, one for each month
follows, and ``…_rest`` takes what comes later than the last of them, so that nothing is ever refused. Rows in there are
an alarm, and ``extend`` makes a partition of them. SQLite has one table of each.

Changes of partitions take locks that a reader or writer holds as well. One that is not had at once is given up and
asked for again, so that nobody waits behind a long transaction.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from lms_oauth.errors import Busy
from lrs.clock import MICROSECONDS
from lrs.models import Relation, Statement
from lrs.rows import table

AHEAD = 3  # months after the one at work
PAST, REST = "past", "rest"
_TABLES = (Statement, Relation)
_CHANGING = 1299 << 52  # name space of an advisory lock; ``lrs.locks`` and migration 0002 have the others
_BOUND = re.compile(r"FOR VALUES FROM \((?:MINVALUE|'(-?\d+)')\) TO \('(-?\d+)'\)")
_TRIES, _PAUSE_SECONDS = 60, 0.5
_PROVED_WITHIN = timedelta(days=7)
_BUSY = "55P03"
T = TypeVar("T")


class Partition(NamedTuple):
    """Numbers from ``low``, None for the first, up to before ``high``."""

    name: str  # of both tables, behind theirs
    low: int | None
    high: int


def divided() -> bool:
    return connection.vendor == "postgresql"


def partitions() -> list[Partition]:
    """From the oldest to the youngest, without that of the rest."""
    if not divided():
        return []
    found = []
    for name, bound in _children():
        if limits := _BOUND.fullmatch(bound):
            low, high = limits.groups()
            found.append(Partition(name, None if low is None else int(low), int(high)))
    return sorted(found, key=lambda one: one.high)


def ended(before: int) -> list[Partition]:
    """Those that hold nothing younger, oldest first, and that are worth removing."""
    return [one for one in partitions() if one.high <= before and (one.name != PAST or _filled(PAST))]


def _months_ahead() -> int:
    """How many months after the one at work have their partition."""
    last = _month_of(partitions()[-1].high)
    now = _month_of(_now())
    return (last.year - now.year) * 12 + last.month - now.month - 1


def days_left() -> int:
    """Until what is written goes into the rest."""
    return (partitions()[-1].high - _now()) // MICROSECONDS // 86_400


def overflowing() -> list[str]:
    """The tables of the rest that hold rows."""
    return _filled(REST) if divided() else []


def extend(months: int = AHEAD) -> list[str]:
    """Partitions up to so many months after this one; their names. Rows of the rest become one first."""
    made = []
    if overflowing():
        made.append(_adopt_rest())
    while divided() and _months_ahead() < months:
        made.append(_patiently(_add_month))
    if made:
        with connection.cursor() as cursor:  # autovacuum looks at partitions only
            cursor.execute(f"ANALYZE {', '.join(map(table, _TABLES))}")
    return made


def drop(last: Partition) -> None:
    """Without its Statements, which are removed before, and with all older ones. An empty past takes their place."""
    _patiently(lambda: _drop(last))


def _drop(last: Partition) -> None:
    with _briefly() as cursor:
        gone = [one.name for one in partitions() if one.high <= last.high]
        for name in gone:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {_part(Statement, name)})")  # noqa: S608
            if cursor.fetchall()[0][0]:
                return
        for model in _TABLES:
            cursor.execute(f"DROP TABLE {', '.join(_part(model, name) for name in gone)}")
            _attach(cursor, model, PAST, f"FROM (MINVALUE) TO ({last.high})")


def _add_month() -> str:
    with _briefly() as cursor:
        low = partitions()[-1].high
        name = _name(low)
        for model in _TABLES:
            _attach(cursor, model, name, f"FROM ({low}) TO ({_next(low)})")
    return name


def _adopt_rest() -> str:
    """No row is moved: the table of the rest gets bounds, proved beside writers and readers, and an empty one follows.

    Numbers that are drawn until then have to fit: the bound is a week ahead at least.
    """
    low = partitions()[-1].high
    high = _next(_now() + int(_PROVED_WITHIN.total_seconds()) * MICROSECONDS)
    _patiently(lambda: _bind(low, high))
    try:
        with connection.cursor() as cursor:
            for model in _TABLES:
                cursor.execute(f"ALTER TABLE {_part(model, REST)} VALIDATE CONSTRAINT {_bound_of(model)}")
        return _patiently(lambda: _rename_rest(low, high))
    except Exception:
        _patiently(_unbind)
        raise


def _bind(low: int, high: int) -> None:
    with _briefly() as cursor:
        _release(cursor)
        for model in _TABLES:
            cursor.execute(
                f"ALTER TABLE {_part(model, REST)} ADD CONSTRAINT {_bound_of(model)} "
                f"CHECK (seq >= {low} AND seq < {high}) NOT VALID"
            )


def _unbind() -> None:
    with _briefly() as cursor:
        _release(cursor)


def _release(cursor: CursorWrapper) -> None:
    for model in _TABLES:
        cursor.execute(f"ALTER TABLE {_part(model, REST)} DROP CONSTRAINT IF EXISTS {_bound_of(model)}")


def _rename_rest(low: int, high: int) -> str:
    name = _name(low)
    with _briefly() as cursor:
        for model in _TABLES:
            rest, part = _part(model, REST), _part(model, name)
            cursor.execute(f"ALTER TABLE {table(model)} DETACH PARTITION {rest}")
            cursor.execute(f"ALTER TABLE {rest} RENAME TO {part}")
            cursor.execute(f"ALTER TABLE {table(model)} ATTACH PARTITION {part} FOR VALUES FROM ({low}) TO ({high})")
            cursor.execute(f"ALTER TABLE {part} DROP CONSTRAINT {_bound_of(model)}")
            cursor.execute(f"CREATE TABLE {rest} PARTITION OF {table(model)} DEFAULT")
    return name


def _attach(cursor: CursorWrapper, model: type[Statement | Relation], name: str, bound: str) -> None:
    """CREATE TABLE … PARTITION OF would lock all partitions; this one that of the rest only."""
    part = _part(model, name)
    cursor.execute(f"CREATE TABLE {part} (LIKE {table(model)} INCLUDING INDEXES)")
    cursor.execute(f"ALTER TABLE {table(model)} ATTACH PARTITION {part} FOR VALUES {bound}")


@contextmanager
def _briefly() -> Iterator[CursorWrapper]:
    """One transaction at a time, that waits for no lock longer than others should wait for it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '500ms'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHANGING])
        yield cursor
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _patiently(action: Callable[[], T]) -> T:
    """Busy where others hold the tables all the time."""
    for _ in range(_TRIES):
        try:
            return action()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != _BUSY:
                raise
            time.sleep(_PAUSE_SECONDS)
    raise Busy


def _children() -> list[tuple[str, str]]:
    """Name behind that of the table, and bounds, of each partition of Statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(c.relname, length(p.relname) + 2), pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i "
            "JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent "
            "WHERE i.inhparent = %s::regclass",
            [Statement._meta.db_table],  # noqa: SLF001 - Django's documented model API
        )
        return list(cursor.fetchall())


def _filled(name: str) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {_part(model, name)})")  # noqa: S608
            if cursor.fetchall()[0][0]:
                found.append(_part(model, name).strip('"'))
    return found


def _part(model: type[Statement | Relation], name: str) -> str:
    return connection.ops.quote_name(f"{model._meta.db_table}_{name}")  # noqa: SLF001


def _bound_of(model: type[Statement | Relation]) -> str:
    return connection.ops.quote_name(f"{model._meta.db_table}_bound")  # noqa: SLF001


def _now() -> int:
    """Or later: a clock that was ahead once has left its numbers behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(last_value, lrs_now()) FROM lrs_clock")
        return int(cursor.fetchall()[0][0])


def _month_of(number: int) -> datetime:
    at = datetime.fromtimestamp(number // MICROSECONDS, UTC)
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def _name(number: int) -> str:
    return f"{_month_of(number):%Y_%m}"


def _next(number: int) -> int:
    """The first number of the month after."""
    month = _month_of(number)
    after = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return int(after.timestamp()) * MICROSECONDS
