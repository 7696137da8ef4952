"""The Effective permissions tab: what an administrator may do, and which role each right comes from."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import PERMISSIONS, Action, Grant, ObjectType, Rights
from clients.pages.administrator_tabs import above, found, tabs
from clients.pages.frame import show
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
    type: Text
    action: Text
    domain: str
    sources: list[Source]


@require_safe
def permissions(request: HttpRequest, pk: int) -> HttpResponse:
    user, person = found(request, pk)
    return show(
        request,
        "clients/administrator_permissions.html",
        title=_("%(name)s, Effective permissions") % {"name": person},
        above=above(),
        here=str(person),
        person=person,
        tabs=tabs(person, "administrator-permissions"),
        effective=_effective(person.rights),
        everything=person.rights.everything,
        roles_in_sight=user.may(Action.VIEW, ObjectType.ROLE),
    )


def _effective(rights: Rights) -> list[Effective]:
    tree = LabelTree.load()
    pairs = [(kind, action) for kind, actions in PERMISSIONS.items() for action in actions]
    return [_row(rights, kind, action, tree) for kind, action in pairs if rights.may(kind, action)]


def _row(rights: Rights, kind: ObjectType, action: Action, tree: LabelTree) -> Effective:
    giving = [grant for grant in rights.grants if (grant.type, grant.action) == (kind, action)]
    reach = rights.reach(kind, action)
    return Effective(
        TYPES[kind], ACTIONS[action], domain(reach, tree), [_source(rights, each, tree) for each in giving]
    )


def _source(rights: Rights, grant: Grant, tree: LabelTree) -> Source:
    return Source(grant.role_pk, grant.role, domain(rights.reach_of(grant), tree))
