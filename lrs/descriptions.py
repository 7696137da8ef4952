"""What Statements have told of Agents, Activities and Verbs: rows are added while writing and merged while reading."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import Any

import orjson
from django.db import transaction

from lrs import rows
from lrs.models import Description
from lrs.rows import type_of_row
from lrs.statement.descriptions import Told, merged

_REMEMBERED_SECONDS = 60
_MOST_REMEMBERED = 50_000
type_of_key = tuple[Any, ...]  # key, client, variant
_written_at: dict[type_of_key, float] = {}  # rows this process has committed, by their key


def unknown(told: Iterable[tuple[int, Told]], client: int) -> list[type_of_row]:
    """Rows for what this process has not committed lately, each once and sorted."""
    new: dict[type_of_key, type_of_row] = {}
    now = time.monotonic()
    for seq, one in told:
        key = (one.key, client, _variant(one))
        if key not in new and now - _written_at.get(key, float("-inf")) > _REMEMBERED_SECONDS:
            new[key] = (*key, seq, one.identifier, one.content)
    return sorted(new.values())


def add(told: Iterable[tuple[int, Told]], client: int) -> None:
    """Inside the transaction that stores what tells; each with the number of its Statement."""
    if new := unknown(told, client):
        rows.insert_descriptions(new)
        remember(new)


def retell(client: int, seq: int, before: AbstractSet[Told], after: AbstractSet[Told]) -> None:
    """A Statement tells something else now."""
    for one in before - after:
        Description.objects.filter(key=one.key, client=client, variant=_variant(one)).delete()
    new = [(one.key, client, _variant(one), seq, one.identifier, one.content) for one in after - before]
    rows.insert_descriptions(sorted(new))


def _variant(one: Told) -> str:
    return sha256(one.content.encode()).hexdigest()[:32]


def remember(new: Iterable[type_of_row]) -> None:
    """Once these rows are committed."""
    keys = [row[:3] for row in new]
    transaction.on_commit(lambda: _remember(keys, time.monotonic()))


def _remember(keys: Collection[type_of_key], now: float) -> None:
    if len(_written_at) + len(keys) > _MOST_REMEMBERED:
        _written_at.clear()
    _written_at.update(dict.fromkeys(keys, now))


def known(keys: Iterable[str], owner: int | None) -> dict[str, dict[str, Any]]:
    """What the caller may know of each key: of an Agent the latest name only, of the others everything, merged."""
    return {key: merged(contents) for key, contents in _contents(keys, owner).items()}


def names(key: str, owner: int | None) -> list[str]:
    """Every name that an Agent has borne, the latest first."""
    contents = _contents([key], owner).get(key, [])
    return list(dict.fromkeys(content["name"] for content in reversed(contents)))


def _contents(keys: Iterable[str], owner: int | None) -> Mapping[str, list[dict[str, Any]]]:
    wanted = Description.objects.filter(key__in=list(keys)).order_by("seq")
    if owner is not None:
        wanted = wanted.filter(client=owner)
    found: dict[str, list[dict[str, Any]]] = {}
    for key, content in wanted.values_list("key", "content"):
        found.setdefault(key.hex, []).append(parsed(content))
    return found


def parsed(text: str | bytes) -> Any:
    """JSON whose numbers keep their text, to be written by ``orjson``."""
    fragment: Callable[[str], Any] = orjson.Fragment
    return json.loads(text, parse_float=fragment, parse_int=fragment)
