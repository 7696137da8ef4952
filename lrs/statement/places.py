"""Where Agents, Verbs, Activities and Attachments stand in a valid Statement, SubStatements included."""

from collections.abc import Iterator
from enum import IntEnum, auto
from typing import Any, NamedTuple


class Kind(IntEnum):
    """Ints, because they are looked up many times a Statement."""

    ACTOR = auto()  # an Agent or a Group
    VERB = auto()
    ACTIVITY = auto()
    ATTACHMENT = auto()


class Place(NamedTuple):
    """``holder[step]`` is the value, which may be replaced there."""

    kind: Kind
    holder: Any
    step: str | int

    @property
    def value(self) -> dict[str, Any]:
        return self.holder[self.step]  # type: ignore[no-any-return]


_OBJECTS = {"Activity": Kind.ACTIVITY, "Agent": Kind.ACTOR, "Group": Kind.ACTOR}


def places(statement: dict[str, Any]) -> Iterator[Place]:
    yield Place(Kind.ACTOR, statement, "actor")
    yield Place(Kind.VERB, statement, "verb")
    object_type = statement["object"].get("objectType", "Activity")
    if object_type in _OBJECTS:
        yield Place(_OBJECTS[object_type], statement, "object")
    elif object_type == "SubStatement":
        yield from places(statement["object"])
    if "authority" in statement:
        yield Place(Kind.ACTOR, statement, "authority")
    if "context" in statement:
        yield from _of_context(statement["context"])
    for index in range(len(statement.get("attachments", ()))):
        yield Place(Kind.ATTACHMENT, statement["attachments"], index)


def _of_context(context: dict[str, Any]) -> Iterator[Place]:
    for name in ("instructor", "team"):
        if name in context:
            yield Place(Kind.ACTOR, context, name)
    for list_name, name in (("contextAgents", "agent"), ("contextGroups", "group")):
        for entry in context.get(list_name, ()):
            yield Place(Kind.ACTOR, entry, name)
    activities = context.get("contextActivities", {})
    for name, value in activities.items():
        if type(value) is not list:
            yield Place(Kind.ACTIVITY, activities, name)
            continue
        for index in range(len(value)):
            yield Place(Kind.ACTIVITY, value, index)
