"""What Statements tell of Agents, Activities and Verbs beside their ids, and how it becomes one (Data §2.4.4.1)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lrs.statement import keys
from lrs.statement.actors import IDENTIFIERS
from lrs.statement.objects import COMPONENT_LISTS
from lrs.statement.places import Kind, places
from lrs.statement.texts import sorted_text

_INTERACTION = ("interactionType", "correctResponsesPattern", *COMPONENT_LISTS)
_BY_ENTRY = ("name", "description", "display", "extensions")


class Told(NamedTuple):
    """``identifier``: the IRI, or an Agent's identifier as JSON. ``content``: JSON of what is told."""

    key: str
    identifier: str
    content: str


def told(statement: dict[str, Any]) -> set[Told]:
    return {one for place in places(statement) for one in _TELLERS[place.kind](place.value)}


def _of_actor(value: dict[str, Any]) -> Iterator[Told]:
    for one in (value, *value.get("member", ())):
        if "name" in one and (key := keys.of_actor(one)):
            identifier = {name: one[name] for name in IDENTIFIERS if name in one}
            yield Told(key, _written(identifier), _written({"name": one["name"]}))


def _of_verb(value: dict[str, Any]) -> Iterator[Told]:
    if value.get("display"):
        yield Told(keys.of_verb(value["id"]), value["id"], _written({"display": value["display"]}))


def _of_activity(value: dict[str, Any]) -> Iterator[Told]:
    if value.get("definition"):
        yield Told(keys.of_activity(value["id"]), value["id"], _written(value["definition"]))


def _of_attachment(_value: dict[str, Any]) -> Iterator[Told]:
    yield from ()


def _written(value: Any) -> str:
    return sorted_text(value).decode()


_TELLERS = {
    Kind.ACTOR: _of_actor,
    Kind.VERB: _of_verb,
    Kind.ACTIVITY: _of_activity,
    Kind.ATTACHMENT: _of_attachment,
}


def merged(contents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """``contents`` from the earliest to the latest. The latest word counts, entry by entry in maps.

    But an interaction stays as it was told first: whoever comes later must not change the right answers.
    """
    result: dict[str, Any] = {}
    for content in contents:
        same = result.get("interactionType") in {None, content.get("interactionType")}
        for name, value in content.items():
            if name in _BY_ENTRY and type(value) is dict:
                result[name] = result.get(name, {}) | value
            elif name not in _INTERACTION or (same and name not in result):
                result[name] = value
    return result
