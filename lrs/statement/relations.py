"""What a Statement can be found by (xAPI 1.0.3 Communication §2.1.3): keys, and the roles they have in it."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from lrs.statement import keys


class Role:
    """Bits that say where a key stands. Kept in rows: append only. Plain ints: each Statement ORs a dozen."""

    ACTOR = 1
    OBJECT = 1 << 1
    MEMBER = 1 << 2
    INSTRUCTOR = 1 << 3
    TEAM = 1 << 4
    CONTEXT_AGENT = 1 << 5
    CONTEXT_GROUP = 1 << 6
    PARENT = 1 << 7
    GROUPING = 1 << 8
    CATEGORY = 1 << 9
    OTHER = 1 << 10
    SUB_STATEMENT = 1 << 11
    VERB = 1 << 12
    REGISTRATION = 1 << 13
    PAIR = 1 << 14
    AUTHORITY = 1 << 15  # only of a foreign Statement that is referred to: the others' are their client


class Found(NamedTuple):
    """``plain``: what ``agent`` and ``activity`` match; the others need a ``related_`` filter."""

    key: str
    plain: bool
    roles: int


_CONTEXT_ROLES = {
    "parent": Role.PARENT,
    "grouping": Role.GROUPING,
    "category": Role.CATEGORY,
    "other": Role.OTHER,
}
type_of_relation = tuple[str | None, bool, int]


def relations(statement: dict[str, Any]) -> list[Found]:
    """One entry for each key and ``plain``; several roles of one key are one entry."""
    return _merged(_all(statement))


def with_authority(found: list[Found], key: str) -> list[Found]:
    return _merged([*found, (key, False, Role.AUTHORITY)])


def _merged(found: Iterable[type_of_relation]) -> list[Found]:
    merged: dict[tuple[str, bool], int] = {}
    for key, plain, role in found:
        if key is not None:
            merged[key, plain] = merged.get((key, plain), 0) | role
    return [Found(key, plain, roles) for (key, plain), roles in merged.items()]


def _all(statement: dict[str, Any]) -> Iterator[type_of_relation]:
    verb, target = statement["verb"]["id"], statement["object"]
    yield keys.of_verb(verb), True, Role.VERB
    yield from _actor(statement["actor"], Role.ACTOR, plain=True)
    match target.get("objectType", "Activity"):
        case "Activity":
            yield keys.of_activity(target["id"]), True, Role.OBJECT
            yield keys.of_pair(verb, target["id"]), True, Role.PAIR
        case "Agent" | "Group":
            yield from _actor(target, Role.OBJECT, plain=True)
        case "SubStatement":
            yield from _sub_statement(target)
    context = statement.get("context", {})
    if "registration" in context:
        yield keys.of_registration(context["registration"]), True, Role.REGISTRATION
    yield from _context(context)


def _actor(actor: dict[str, Any], role: int, *, plain: bool) -> Iterator[type_of_relation]:
    yield keys.of_actor(actor), plain, role
    for member in actor.get("member", ()):
        yield keys.of_actor(member), plain, role | Role.MEMBER


def _context(context: dict[str, Any]) -> Iterator[type_of_relation]:
    if "instructor" in context:
        yield from _actor(context["instructor"], Role.INSTRUCTOR, plain=False)
    if "team" in context:
        yield from _actor(context["team"], Role.TEAM, plain=False)
    for entry in context.get("contextAgents", ()):
        yield from _actor(entry["agent"], Role.CONTEXT_AGENT, plain=False)
    for entry in context.get("contextGroups", ()):
        yield from _actor(entry["group"], Role.CONTEXT_GROUP, plain=False)
    for name, activities in context.get("contextActivities", {}).items():
        for activity in activities if type(activities) is list else [activities]:
            yield keys.of_activity(activity["id"]), False, _CONTEXT_ROLES[name]


def _sub_statement(statement: dict[str, Any]) -> Iterator[type_of_relation]:
    """Everything in a SubStatement is found by the ``related_`` filters only; its Verb and registration by none."""
    for key, _plain, role in _inner(statement):
        yield key, False, role | Role.SUB_STATEMENT


def _inner(statement: dict[str, Any]) -> Iterator[type_of_relation]:
    target = statement["object"]
    yield from _actor(statement["actor"], Role.ACTOR, plain=False)
    match target.get("objectType", "Activity"):
        case "Activity":
            yield keys.of_activity(target["id"]), False, Role.OBJECT
        case "Agent" | "Group":
            yield from _actor(target, Role.OBJECT, plain=False)
    yield from _context(statement.get("context", {}))
