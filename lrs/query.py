"""Reading: a query becomes ranges of one index, the ranges rows, and the rows the bytes of the answer.

``owner`` is the one client whose Statements exist for the caller, or None for full read.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Max, Min

from lrs.clock import heard, tell_horizon
from lrs.models import Authority, Bits, Statement, StatementId
from lrs.ranges import Range, Search
from lrs.rows import table
from lrs.statement import keys
from lrs.statement.parameters import ListQuery
from lrs.statement.splice import completed
from lrs.statement.times import written
from lrs.statement.types import Version

_FIELDS = "s.uuid, s.flags, a.json, s.json"


class Row(NamedTuple):
    seq: int
    uuid: Any
    flags: int
    authority: str
    json: bytes

    @property
    def stored(self) -> str:
        return written(self.seq)

    @property
    def voided(self) -> bool:
        return bool(self.flags & Bits.VOIDED)


def whole_range(query: ListQuery, horizon: int) -> Range:
    """What the query may see at all: nothing that a slower writer could still slip in front of."""
    low = 0 if query.since is None else query.since
    return Range(low, horizon if query.until is None else min(query.until, horizon), query.ascending)


class One(NamedTuple):
    """The horizon as of now, and the Statement if there is one."""

    horizon: int
    row: Row | None


def find_one(statement_id: str, owner: int | None, *, voided: bool) -> One:
    """On PostgreSQL in one round trip: who reads by id misses nothing that commits later."""
    horizon = tell_horizon() if connection.vendor == "sqlite" else 0
    with connection.cursor() as cursor:
        cursor.execute(_one_sql(), {"id": keys.of_uuid(statement_id), "owner": owner})
        [(told, *values)] = cursor.fetchall() or [(horizon, None, None, None, None, None)]
    row = Row(*values)
    return One(horizon or heard(told), row if row.seq is not None and row.voided == voided else None)


def _one_sql() -> str:
    if connection.vendor == "postgresql":
        return "SELECT * FROM lrs_find_one(%(id)s, %(owner)s)"
    return (
        f"SELECT 0, s.seq, {_FIELDS} FROM {table(StatementId)} i JOIN {table(Statement)} s ON s.seq = i.seq "  # noqa: S608
        f"JOIN {table(Authority)} a ON a.id = s.authority_id "
        "WHERE i.id = %(id)s AND (%(owner)s IS NULL OR i.client_id = %(owner)s)"
    )


def find(query: ListQuery, part: Range, owner: int | None, *, count: int, voided: bool = False) -> list[Row]:
    """The first ``count`` Statements of ``part``, those that are voided only where asked for."""
    return find_of(query, part, None if owner is None else [owner], count=count, voided=voided)


def find_of(
    query: ListQuery, part: Range, owners: Sequence[int] | None, *, count: int, voided: bool = False
) -> list[Row]:
    """What each of ``owners``, at least one, would find by itself, in one order; None for full read."""
    rows: list[Row] = []
    search = Search(query, owners)
    sql = _list_sql(search, ascending=part.ascending)
    while True:
        missing = count - len(rows)
        found = _rows(sql, search.parameters(part, missing))
        rows += [row for row in found if row.json is not None and (voided or not row.voided)]
        if len(found) < missing or len(rows) == count:
            return rows
        part = part.beyond(found[-1].seq) if found[-1].json is not None else _beyond_nothing(part, found[-1].seq)


def _beyond_nothing(part: Range, seq: int) -> Range:
    """``seq`` is in the index but not in the store, as in a partition that is being removed: on at what is stored."""
    part = part.beyond(seq)
    stored = Statement.objects.filter(seq__gt=part.low, seq__lte=part.high)
    if part.ascending:
        nearest = stored.aggregate(seq=Min("seq"))["seq"]
        return part._replace(low=part.high if nearest is None else nearest - 1)
    nearest = stored.aggregate(seq=Max("seq"))["seq"]
    return part._replace(high=part.low if nearest is None else nearest)


def _rows(sql: str, parameters: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Row(*values) for values in cursor.fetchall()]


def _list_sql(search: Search, *, ascending: bool) -> str:
    return (
        f"SELECT m.seq, {_FIELDS} FROM ({search.numbers()}) m LEFT JOIN {table(Statement)} s ON s.seq = m.seq "  # noqa: S608
        f"LEFT JOIN {table(Authority)} a ON a.id = s.authority_id ORDER BY m.seq {'ASC' if ascending else 'DESC'}"
    )


def exact(row: Row) -> bytes:
    """The Statement as it was received, with the members the LRS owns in front (xAPI 1.0.3 Data §2.3.1)."""
    stored = b'"%s"' % row.stored.encode()
    members: dict[str, bytes] = {}
    if row.flags & Bits.ID_ASSIGNED:
        members["id"] = b'"%s"' % str(row.uuid if isinstance(row.uuid, UUID) else UUID(row.uuid)).encode()
    members["stored"] = stored
    if row.flags & Bits.TIMESTAMP_ASSIGNED:
        members["timestamp"] = stored
    members["authority"] = row.authority.encode()
    if row.flags & Bits.VERSION_ASSIGNED:
        version = Version.V2 if row.flags & Bits.OF_VERSION_2 else Version.V1
        members["version"] = b'"%s"' % version.of_statement.encode()
    return completed(bytes(row.json), members)
