"""What an administrator may do: permissions of roles, each limited by permission labels or not at all.

Pure rules. A limit is a set of label ids, and covers the labels below them too; None is no limit. A reach is the set
of all labels covered; None = everything, also what bears no label; empty = nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What an administrator does to an object; with the object's type it names a permission."""

    VIEW = "view"
    ADD = "add"
    EDIT = "edit"
    DELETE = "delete"
    DOWNLOAD = "download"
    REGENERATE = "regenerate"


class ObjectType(StrEnum):
    CLIENT = "client"
    SCIM_CONFIGURATION = "scim_configuration"
    LABEL = "label"
    USER = "user"
    EVENT = "event"
    PEER = "peer"
    STATEMENT = "statement"
    ADMINISTRATOR = "administrator"
    ROLE = "role"
    SETTING = "setting"
    AUDIT_ENTRY = "audit_entry"


_RECORD = (Action.VIEW, Action.ADD, Action.EDIT, Action.DELETE)
PERMISSIONS: dict[ObjectType, tuple[Action, ...]] = {
    ObjectType.CLIENT: (*_RECORD, Action.DOWNLOAD, Action.REGENERATE),
    ObjectType.SCIM_CONFIGURATION: (*_RECORD, Action.DOWNLOAD),
    ObjectType.LABEL: _RECORD,
    ObjectType.USER: (Action.VIEW, Action.EDIT, Action.DOWNLOAD),
    ObjectType.EVENT: (*_RECORD, Action.DOWNLOAD),
    ObjectType.PEER: _RECORD,
    ObjectType.STATEMENT: (Action.VIEW, Action.DOWNLOAD),
    ObjectType.ADMINISTRATOR: (Action.VIEW, Action.ADD, Action.EDIT, Action.DOWNLOAD),
    ObjectType.ROLE: _RECORD,
    ObjectType.SETTING: (Action.VIEW, Action.EDIT),
    ObjectType.AUDIT_ENTRY: (Action.VIEW, Action.DOWNLOAD),
}
# Objects of these types bear permission labels; all others are reached without a limit or not at all.
LABELLED = (
    ObjectType.CLIENT,
    ObjectType.SCIM_CONFIGURATION,
    ObjectType.LABEL,
    ObjectType.EVENT,
    ObjectType.PEER,
)
# Permissions on these can be limited by labels: a statement is reached by the labels of the client that stored it.
LIMITABLE = (*LABELLED, ObjectType.STATEMENT)


def below(roots: Iterable[int], parents: Mapping[int, int | None]) -> set[int]:
    """``roots`` that exist, and the ids of all labels below them."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in parents.items():
        children.setdefault(parent, []).append(pk)
    found: set[int] = set()
    todo = [pk for pk in roots if pk in parents]
    while todo:
        pk = todo.pop()
        if pk not in found:
            found.add(pk)
            todo += children.get(pk, [])
    return found


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission as an administrator holds it through one role."""

    type: ObjectType
    action: Action
    role_pk: int
    role: str
    limit: frozenset[int] | None  # the role's own
    narrowing: frozenset[int] | None  # the assignment's


class Rights:
    """All grants of one administrator, over the labels as they stand: ``parents`` maps each label to its parent."""

    def __init__(
        self, grants: Iterable[Grant] = (), parents: Mapping[int, int | None] | None = None, *, everything: bool = False
    ) -> None:
        self.everything = everything
        self.grants = list(grants)
        self._parents = parents or {}
        self._known: dict[tuple[ObjectType | None, Action], set[int] | None] = {}

    def reach(self, kind: ObjectType | None, action: Action) -> set[int] | None:
        """The labels whose bearers of this type the action covers. Nobody does anything to what he cannot see.

        Without a type: what holds for every type that bears labels.
        """
        if (kind, action) not in self._known:
            self._known[kind, action] = self._reach(kind, action)
        known = self._known[kind, action]
        return None if known is None else set(known)

    def _reach(self, kind: ObjectType | None, action: Action) -> set[int] | None:
        if self.everything:
            return None
        if kind is None:
            return self._intersection(self.reach(each, action) for each in LABELLED)
        held = self._granted(kind, action)
        return held if action == Action.VIEW else self._intersection([held, self.reach(kind, Action.VIEW)])

    def _granted(self, kind: ObjectType, action: Action) -> set[int] | None:
        reaches = [self.reach_of(grant) for grant in self.grants if (grant.type, grant.action) == (kind, action)]
        if None in reaches:
            return None
        return set() if kind not in LIMITABLE else set().union(*(reach for reach in reaches if reach))

    def reach_of(self, grant: Grant) -> set[int] | None:
        """What the role allows, as far as the assignment lets it."""
        limits = (grant.limit, grant.narrowing)
        return self._intersection(None if limit is None else below(limit, self._parents) for limit in limits)

    @staticmethod
    def _intersection(reaches: Iterable[set[int] | None]) -> set[int] | None:
        limited = [reach for reach in reaches if reach is not None]
        return set.intersection(*limited) if limited else None

    def may(self, kind: ObjectType | None, action: Action) -> bool:
        """Whether there is anything of this type that the action covers."""
        return self.reach(kind, action) != set()

    def covers(self, grant: Grant) -> bool:
        """Whether all that ``grant`` allows is allowed here: nobody hands on more than he has."""
        own, handed = self.reach(grant.type, grant.action), self.reach_of(grant)
        return own is None or (handed is not None and handed <= own)
