"""The bucket of a client. On PostgreSQL a row that all processes take from; else it is this process's own.

Kept as one number (generic cell rate algorithm): the time at which all that was taken will have come back. SQLite has
one process, so there the number stays in memory and no request writes for it.
"""

import time
from dataclasses import dataclass
from functools import cache

from django.db import connection

from clients.limits.policy import Policy
from clients.models import ClientBucket

_ROUNDING = 0.01  # of a request: times are floating point


@dataclass(frozen=True, slots=True)
class Taken:
    """``debt``: seconds until the bucket is full."""

    count: float
    debt: float


_own: dict[int, float] = {}


def take(client_pk: int, policy: Policy) -> Taken:
    """As many as a lease holds, or as are left, or none."""
    return _from_row(client_pk, policy) if connection.vendor == "postgresql" else _from_memory(client_pk, policy)


def forget() -> None:
    _own.clear()


def _from_memory(client_pk: int, policy: Policy) -> Taken:
    """One at a time, so that the count is exact. The caller holds the client's lock."""
    now = time.monotonic()
    start = min(max(_own.get(client_pk, now), now), now + policy.refill)
    count = int((now + policy.refill - start) / policy.interval + _ROUNDING) >= 1
    _own[client_pk] = start + count * policy.interval
    return Taken(int(count), _own[client_pk] - now)


def _from_row(client_pk: int, policy: Policy) -> Taken:
    values = {
        "client": client_pk,
        "lease": policy.lease,
        "interval": policy.interval,
        "refill": policy.refill,
        "rounding": _ROUNDING,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(_database_time()), values)
        count, debt = cursor.fetchone()
    return Taken(count, debt)


def _database_time() -> str:
    """One clock for all machines. Fixed when the statement began, so that its parts agree."""
    return "extract(epoch FROM statement_timestamp())::float8"


@cache
def _statement(now: str) -> str:
    """What was taken under a former policy never delays a client by more than its present one takes to refill."""
    table = connection.ops.quote_name(ClientBucket._meta.db_table)  # noqa: SLF001
    start = f"LEAST(GREATEST(b.full_at, {now}), {now} + %(refill)s)"
    left = f"FLOOR(({now} + %(refill)s - {start}) / %(interval)s + %(rounding)s)"
    count = f"LEAST(%(lease)s, {left})"
    return (
        f"INSERT INTO {table} AS b (client_id, full_at, taken) "  # noqa: S608 - names of the model
        f"VALUES (%(client)s, {now} + %(lease)s * %(interval)s, %(lease)s) "
        f"ON CONFLICT (client_id) DO UPDATE SET taken = {count}, full_at = {start} + {count} * %(interval)s "
        f"RETURNING taken, full_at - {now}"
    )
