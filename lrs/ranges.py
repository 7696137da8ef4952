"""SQL for the numbers of the Statements that answer a query: ordered ranges of indexes, merged.

Whose Statements may be seen is part of every range: ``owners`` are the clients whose Statements exist for the caller,
at least one, or None for full read. Several keys must hold at one hop, the Statement's own or one it refers to.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from clients.models import Client
from lrs.models import Authority, Relation, Statement
from lrs.rows import table
from lrs.statement.parameters import ListQuery, Wanted

_MOST_TERMS = 100  # SQLite takes 500 in one compound SELECT


class Range(NamedTuple):
    """Numbers above ``low`` up to ``high``, read from one end."""

    low: int
    high: int
    ascending: bool

    def beyond(self, seq: int) -> "Range":
        return self._replace(low=seq) if self.ascending else self._replace(high=seq - 1)


class Bearer(NamedTuple):
    """A row of Authority, and the client whose Statements bear it."""

    authority: int
    client: int


class Search:
    """The question of one caller, in SQL."""

    def __init__(self, query: ListQuery, owners: Sequence[int] | None) -> None:
        self.owners = owners
        self.bearers = _bearers(query, owners)
        # What an authority matches is as many as a client has stored: every other key is rarer.
        self.wanted = tuple(sorted(query.wanted, key=lambda wanted: wanted.key in self.bearers))
        order = "ASC" if query.ascending else "DESC"
        self.ending = f"ORDER BY seq {order} LIMIT %(count)s"

    def parameters(self, part: Range, count: int) -> dict[str, Any]:
        named = {
            f"key{index}_{place}": key for index, one in enumerate(self.wanted) for place, key in enumerate(one.keys)
        }
        return {"low": part.low, "high": part.high, "count": count, **named}

    def numbers(self) -> str:
        """One column, ``seq``, in order, each number once."""
        if not self.wanted:
            return self._everything()
        selects = self._ranges_of_clients()
        if len(self.wanted) == 1:
            selects += [self._all_of(_borne_by(one)) for one in self.bearers.get(self.wanted[0].key, ())]
        return f"SELECT DISTINCT seq FROM ({_merged(selects)}) u {self.ending}"  # noqa: S608

    def _everything(self) -> str:
        if self.owners is None:
            return self._all_of("")
        selects = [self._all_of(f" AND r.client_id = {owner:d}") for owner in self.owners]
        return selects[0] if len(selects) == 1 else f"SELECT seq FROM ({_merged(selects)}) u {self.ending}"  # noqa: S608

    def _all_of(self, condition: str) -> str:
        within = "r.seq > %(low)s AND r.seq <= %(high)s"
        return f"SELECT r.seq FROM {table(Statement)} r WHERE {within}{condition} {self.ending}"  # noqa: S608

    def _ranges_of_clients(self) -> list[str]:
        if self.owners is not None:
            return [one for owner in self.owners for one in self._ranges(f"{owner:d}")]
        if connection.vendor == "postgresql":
            each = _merged(self._ranges("c.id"))
            return [f"SELECT l.seq FROM {table(Client)} c CROSS JOIN LATERAL ({each}) l"]  # noqa: S608
        clients = Client.objects.order_by("pk").values_list("pk", flat=True)
        return [one for client in clients for one in self._ranges(f"{client:d}")]

    def _ranges(self, client: str) -> list[str]:
        """The first key is a range of its index, or two where related places count; the others must hold beside it."""
        first, *others = self.wanted
        beside = "".join(self._exists(index, wanted) for index, wanted in enumerate(others, start=1))
        hops = "" if self.owners is None else " AND r.hop >= 0"  # foreign Statements lend nothing
        return [
            f"SELECT DISTINCT r.seq FROM {table(Relation)} r WHERE r.client_id = {client} AND r.key = %(key0_{place})s "  # noqa: S608
            f"AND r.plain = {plain} AND r.seq > %(low)s AND r.seq <= %(high)s{hops}{beside} {self.ending}"
            for place in range(len(first.keys))
            for plain in (("TRUE", "FALSE") if first.related else ("TRUE",))
        ]

    def _exists(self, index: int, wanted: Wanted) -> str:
        plain = "x.plain IN (TRUE, FALSE)" if wanted.related else "x.plain = TRUE"
        keys = ", ".join(f"%(key{index}_{place})s" for place in range(len(wanted.keys)))
        found = (
            f"EXISTS (SELECT 1 FROM {table(Relation)} x WHERE x.client_id = r.client_id "  # noqa: S608
            f"AND x.key IN ({keys}) AND {plain} AND x.seq = r.seq AND x.hop = r.hop)"
        )
        if wanted.key not in self.bearers:
            return f" AND {found}"
        authorities = ", ".join(f"{one.authority:d}" for one in self.bearers[wanted.key])
        return (
            f" AND ({found} OR r.hop >= 0 AND EXISTS (SELECT 1 FROM {table(Statement)} b "  # noqa: S608
            f"WHERE b.seq = r.seq AND b.authority_id IN ({authorities})))"
        )


def _bearers(query: ListQuery, owners: Sequence[int] | None) -> dict[str, list[Bearer]]:
    """Which authorities an Agent of ``related_agents`` is, by its key."""
    related = [wanted.key for wanted in query.wanted if wanted.related]
    if not related:
        return {}
    rows = Authority.objects.filter(key__in=related).order_by("pk")
    if owners is not None:
        rows = rows.filter(client__in=owners)
    found: dict[str, list[Bearer]] = {}
    for key, *bearer in rows.values_list("key", "pk", "client_id"):
        found.setdefault(key.hex, []).append(Bearer(*bearer))
    return found


def _borne_by(bearer: Bearer) -> str:
    return f" AND r.client_id = {bearer.client:d} AND r.authority_id = {bearer.authority:d}"


def _merged(selects: list[str]) -> str:
    while len(selects) > 1:
        parts = (selects[start : start + _MOST_TERMS] for start in range(0, len(selects), _MOST_TERMS))
        selects = [" UNION ALL ".join(f"SELECT seq FROM ({one}) t" for one in part) for part in parts]  # noqa: S608
    return selects[0]
