"""Rights in words: what they reach, and which role each comes from."""

from dataclasses import dataclass

from clients.administration import PERMISSIONS, Action, Grant, ObjectType, Rights
from clients.pages.label_tree import LabelTree
from clients.pages.permission_words import ACTIONS, TYPES, domain
from clients.pages.text import Text


@dataclass(frozen=True, slots=True)
class Source:
    """A role, and how far it takes this right: role's limit and assignment's together."""

    role_pk: int
    role: str
    domain: str


@dataclass(frozen=True, slots=True)
class Effective:
    """``domain`` names the topmost labels reached, ``reaches`` all of them."""

    type: Text
    action: Text
    domain: str
    reaches: str
    sources: list[Source]


def effective(rights: Rights) -> list[Effective]:
    tree = LabelTree.load()
    pairs = [(kind, action) for kind, actions in PERMISSIONS.items() for action in actions]
    return [_row(rights, kind, action, tree) for kind, action in pairs if rights.may(kind, action)]


def _row(rights: Rights, kind: ObjectType, action: Action, tree: LabelTree) -> Effective:
    giving = [grant for grant in rights.grants if (grant.type, grant.action) == (kind, action)]
    reach = rights.reach(kind, action)
    reaches = domain(None, tree) if reach is None else ", ".join(tree.paths(reach))
    sources = [_source(rights, each, tree) for each in giving]
    return Effective(TYPES[kind], ACTIONS[action], domain(reach, tree), reaches, sources)


def _source(rights: Rights, grant: Grant, tree: LabelTree) -> Source:
    return Source(grant.role_pk, grant.role, domain(rights.reach_of(grant), tree))
