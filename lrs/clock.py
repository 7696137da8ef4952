"""The order of the store (xAPI 1.0.3 Data §2.4.8): numbers in microseconds since 1970 that only ever grow.

``draw`` hands them out inside a writing transaction; everything up to ``horizon`` is committed and can be read. Writers
commit in any order, so a list that showed more than the horizon could miss a Statement for ever.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, OperationalError, connection

MICROSECONDS = 1_000_000


class Clock(ABC):
    @abstractmethod
    def draw(self, count: int) -> int:
        """The first of ``count`` consecutive numbers, above every number drawn and every horizon told before."""

    @abstractmethod
    def horizon(self) -> int:
        """Now, or the last moment before the oldest writer still at work. Ask before reading, in an own statement."""


class PostgresClock(Clock):
    """Two SQL functions over one sequence; the migration that makes them says how they fit together."""

    def draw(self, count: int) -> int:
        return _number("SELECT lrs_draw(%s)", count)

    def horizon(self) -> int:
        return _number("SELECT lrs_horizon()")


class SqliteClock(Clock):
    """SQLite has one writer at a time, so numbers are drawn and committed in one order."""

    def draw(self, count: int) -> int:
        last = _number("UPDATE lrs_clock SET last = max(last + 1, %s) + %s RETURNING last", _now(), count - 1)
        return last - count + 1

    def horizon(self) -> int:
        """No writer at work: now, written down so that no later number is lower. Else the last number committed."""
        try:
            with _no_waiting():
                return _number("UPDATE lrs_clock SET last = max(last, %s) RETURNING last", _now())
        except OperationalError:
            return _number("SELECT last FROM lrs_clock")


def clock() -> Clock:
    return PostgresClock() if connection.vendor == "postgresql" else SqliteClock()


_told = (float("-inf"), 0)  # when this process last asked, and the answer: true for ever, as horizons only grow
_FRESH_SECONDS = 1.0


def tell_horizon() -> int:
    """The horizon as of now, for an answer that shows Statements."""
    return heard(clock().horizon())


def heard(horizon: int) -> int:
    """Remember a horizon that was asked for just now."""
    global _told  # noqa: PLW0603 - one memory of the process, replaced whole
    _told = (time.monotonic(), horizon)
    return horizon


def recent_horizon() -> int:
    """At most a second old, older only while the database does not answer: for answers that show none."""
    if time.monotonic() - _told[0] > _FRESH_SECONDS:
        with suppress(DatabaseError):
            return tell_horizon()
    return _told[1]


def _now() -> int:
    return time.time_ns() // 1000


def _number(statement: str, *values: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchall()[0][0])


@contextmanager
def _no_waiting() -> Iterator[None]:
    """A lock held by another writer is an error at once; a horizon lost in a power cut is told again, so no flush."""
    patience = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        [synchronous] = cursor.execute("PRAGMA synchronous").fetchone()
        if not connection.in_atomic_block:
            cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
            if not connection.in_atomic_block:
                cursor.execute(f"PRAGMA synchronous = {synchronous}")
