"""What a Statement is found by because of the Statements it refers to (xAPI 1.0.3 Communication §2.1.3).

A StatementRef as object lends everything its target is found by, over at most MOST_HOPS references. The rows are
written when the referring Statement is stored, and when a target arrives that was missing. No writer misses another:
whoever comes to a missing target locks its StatementId, and so does the target when it arrives.
"""

import json
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from lrs import rows
from lrs.models import StatementId
from lrs.rows import type_of_row
from lrs.statement import keys
from lrs.statement.relations import Found, relations, with_authority

MOST_HOPS = 32


class Referrer(NamedTuple):
    key: str
    seq: int
    client: int
    target: str


class Link(NamedTuple):
    """A stored Statement on the way."""

    client: int
    authority: str
    found: list[Found]
    target: str | None


def lent(fresh: Collection[Referrer], arrived: AbstractSet[str]) -> list[type_of_row]:
    """Relations for the new referring Statements, and for all those that were waiting for one of ``arrived``."""
    own = {one.key for one in fresh}
    waiting = [one for one in _waiting(arrived) if one.key not in own]
    links = _links({one.target for one in [*fresh, *waiting]})
    found = [row for one in fresh for row in _rows(one, links, None)]
    return found + [row for one in waiting for row in _rows(one, links, arrived)]


def _rows(referrer: Referrer, links: Mapping[str, Link], beginning: Container[str] | None) -> Iterator[type_of_row]:
    """From the first Statement in ``beginning`` on: what comes before it has been written before."""
    begun = beginning is None
    for key, hop, link in _path(referrer, links):
        begun = begun or (beginning is not None and key in beginning)
        if begun:
            found = link.found if hop > 0 else with_authority(link.found, link.authority)
            for one in found:
                yield (referrer.client, one.key, one.plain, referrer.seq, hop, one.roles)


def _path(referrer: Referrer, links: Mapping[str, Link]) -> Iterator[tuple[str, int, Link]]:
    """The hop is below zero from the first Statement of another client on. A cycle ends where it closes."""
    seen = {referrer.key}
    target: str | None = referrer.target
    at_home = True
    for hop in range(1, MOST_HOPS + 1):
        if target is None or target in seen or target not in links:
            return
        link = links[target]
        at_home = at_home and link.client == referrer.client
        yield target, (hop if at_home else -hop), link
        seen.add(target)
        target = link.target


def _links(wanted: AbstractSet[str]) -> dict[str, Link]:
    """Everything that can be reached from ``wanted``."""
    links: dict[str, Link] = {}
    for _ in range(MOST_HOPS):
        wanted = wanted - links.keys()
        found = _load(wanted)
        if missing := wanted - found.keys():
            found |= _load(_lock_missing(missing))
        if not found:
            break
        links |= found
        wanted = {link.target for link in found.values() if link.target}
    return links


def _lock_missing(wanted: Iterable[str]) -> set[str]:
    """Those that have arrived in the meantime: the lock waits for a writer that brings one."""
    locked = StatementId.objects.select_for_update().filter(id__in=sorted(wanted)).order_by("id")
    return {one.id.hex for one in locked if one.seq is not None}


def _load(wanted: Iterable[str]) -> dict[str, Link]:
    found: dict[str, Link] = {}
    for key, client, authority, text in rows.texts(wanted):
        value = json.loads(text)
        target = value["object"]
        refers = target.get("objectType") == "StatementRef"
        found[key] = Link(client, authority, relations(value), keys.of_uuid(target["id"]) if refers else None)
    return found


def _waiting(arrived: AbstractSet[str]) -> list[Referrer]:
    """All that refer to one of ``arrived``, straight or over others."""
    found: dict[str, Referrer] = {}
    level: AbstractSet[str] = arrived
    for _ in range(MOST_HOPS):
        referrers = {one.key: one for one in map(Referrer._make, rows.referrers(level))}
        level = referrers.keys() - found.keys() - arrived
        found |= referrers
        if not level:
            break
    return list(found.values())
