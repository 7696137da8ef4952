"""When two Statements are the same (xAPI 1.0.3 Data §2.3.1): the digest of a normal form, all but the time."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from lrs.statement.actors import IDENTIFIERS
from lrs.statement.keys import comparable_identifier
from lrs.statement.texts import sorted_text
from lrs.statement.times import comparable_duration, instant

_OWNED = frozenset({"id", "stored", "authority", "version"})
_MILLISECOND = 1000


def digest(statement: dict[str, Any]) -> bytes:
    """32 bytes, equal for Statements that are equal but for ``timestamp``. The Statement follows the rules."""
    normal = _normal_statement({name: value for name, value in statement.items() if name != "timestamp"})
    return sha256(sorted_text(normal)).digest()


def equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return digest(one) == digest(other) and _moment(one) == _moment(other)


def same_moment(one: int | None, other: int | None) -> bool:
    """Instants in microseconds, compared to the millisecond; None, no timestamp, is a value of its own."""
    return (one is None) == (other is None) and (one or 0) // _MILLISECOND == (other or 0) // _MILLISECOND


def _moment(statement: dict[str, Any]) -> int | None:
    text = statement.get("timestamp")
    return None if text is None else (instant(text) or 0) // _MILLISECOND


def _changed(changes: dict[str, Callable[[Any], Any]], value: dict[str, Any]) -> dict[str, Any]:
    """The object with its listed members in normal form, and the numbers in all others."""
    return {name: changes.get(name, _by_value)(member) for name, member in value.items()}


def _by_value(value: Any) -> Any:
    """1, 1.0 and 10e-1 are one number."""
    if type(value) is float:
        return int(value) if value.is_integer() else value
    if type(value) is dict:
        return {name: _by_value(member) for name, member in value.items()}
    return [_by_value(member) for member in value] if type(value) is list else value


def _lower(text: str) -> str:
    return text.lower()


def _normal_actor(value: dict[str, Any]) -> dict[str, Any]:
    normal = {"objectType": "Agent", **value}
    for name in IDENTIFIERS:
        if name in value:
            normal[name] = comparable_identifier(name, value[name])
    if "member" in value:
        normal["member"] = _sorted(map(_normal_actor, value["member"]))
    return normal


def _sorted(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(values, key=sorted_text)


def _normal_verb(value: dict[str, Any]) -> Any:
    return value["id"]


def _normal_object(value: dict[str, Any]) -> dict[str, Any]:
    match value.get("objectType", "Activity"):
        case "Activity":
            return {"objectType": "Activity", "id": value["id"]}
        case "StatementRef":
            return {**value, "id": value["id"].lower()}
        case "SubStatement":
            return _normal_statement(value)
        case _:
            return _normal_actor(value)


def _normal_activities(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [_normal_object(one) for one in (member if type(member) is list else [member])]
        for name, member in value.items()
    }


def _normal_related(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_changed({"agent": _normal_actor, "group": _normal_actor}, member) for member in value]


def _normal_attachments(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _sorted(_changed({"sha2": _lower}, member) for member in value)


def _normal_result(value: dict[str, Any]) -> dict[str, Any]:
    return _changed({"duration": comparable_duration}, value)


def _normal_context(value: dict[str, Any]) -> dict[str, Any]:
    return _changed(_CONTEXT, value)


def _normal_statement(value: dict[str, Any]) -> dict[str, Any]:
    return _changed(_STATEMENT, {name: member for name, member in value.items() if name not in _OWNED})


def _normal_timestamp(text: str) -> int:
    return (instant(text) or 0) // _MILLISECOND


_CONTEXT: dict[str, Callable[[Any], Any]] = {
    "registration": _lower,
    "instructor": _normal_actor,
    "team": _normal_actor,
    "contextActivities": _normal_activities,
    "contextAgents": _normal_related,
    "contextGroups": _normal_related,
    "statement": _normal_object,
}
_STATEMENT: dict[str, Callable[[Any], Any]] = {
    "actor": _normal_actor,
    "verb": _normal_verb,
    "object": _normal_object,
    "result": _normal_result,
    "context": _normal_context,
    "timestamp": _normal_timestamp,
    "attachments": _normal_attachments,
}
