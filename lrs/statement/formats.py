"""The formats ``ids`` and ``canonical`` (xAPI 1.0.3 Communication §2.1.3)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrs.statement import keys
from lrs.statement.actors import IDENTIFIERS
from lrs.statement.language import in_one_language
from lrs.statement.objects import COMPONENT_LISTS
from lrs.statement.places import Kind, places

type_of_object = dict[str, Any]


def make_ids(statement: type_of_object) -> None:
    """Only what identifies Agents, Groups, Activities and Verbs is left."""
    for place in places(statement):
        if shorten := _SHORTENED.get(place.kind):
            place.holder[place.step] = shorten(place.value)


def _short_actor(value: type_of_object) -> type_of_object:
    object_type = value.get("objectType", "Agent")
    for name in IDENTIFIERS:
        if name in value:
            return {"objectType": object_type, name: value[name]}
    return {"objectType": object_type, "member": [_short_actor(one) for one in value["member"]]}


def _short(value: type_of_object) -> type_of_object:
    return {"id": value["id"]}


_SHORTENED: dict[Kind, Callable[[type_of_object], type_of_object]] = {
    Kind.ACTOR: _short_actor,
    Kind.VERB: _short,
    Kind.ACTIVITY: _short,
}


def make_canonical(statement: type_of_object, known: Mapping[str, type_of_object], languages: Sequence[str]) -> None:
    """``known``: definitions of Activities and displays of Verbs by key, in one language already."""
    for place in places(statement):
        value = place.value
        if place.kind is Kind.ACTIVITY:
            _replace(value, "definition", known.get(keys.of_activity(value["id"])))
        elif place.kind is Kind.VERB:
            _replace(value, "display", known.get(keys.of_verb(value["id"]), {}).get("display"))
        elif place.kind is Kind.ATTACHMENT:
            place.holder[place.step] = localised(value, languages)


def _replace(value: type_of_object, name: str, known: type_of_object | None) -> None:
    if known:
        value[name] = known
    else:
        value.pop(name, None)


def described_keys(statement: type_of_object) -> set[str]:
    """What ``make_canonical`` asks ``known`` for."""
    key_of = {Kind.ACTIVITY: keys.of_activity, Kind.VERB: keys.of_verb}
    return {key_of[place.kind](place.value["id"]) for place in places(statement) if place.kind in key_of}


def localised(value: type_of_object, languages: Sequence[str]) -> type_of_object:
    """An Activity's definition, a Verb's or an Attachment's texts with each language map reduced to one entry."""
    result = dict(value)
    for name in ("name", "description", "display"):
        if name in value:
            result[name] = in_one_language(value[name], languages)
    for name in COMPONENT_LISTS:
        if name in value:
            result[name] = [localised(component, languages) for component in value[name]]
    return result
