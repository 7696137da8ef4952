"""The Assigned permissions tab of a role."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.administration import PERMISSIONS, Action, ObjectType, Rights
from clients.audit import Origin
from clients.models import Role
from clients.pages.frame import sent, show
from clients.pages.label_tree import LabelTree
from clients.pages.permission_words import ACTIONS, TYPES, domain
from clients.pages.reach import needed
from clients.pages.role_form import PermissionForm
from clients.pages.role_tabs import above, found, tabs
from clients.pages.text import Text
from clients.roles import Permission, permissions_of, set_permissions


@dataclass(frozen=True, slots=True)
class Row:
    """``key`` names the permission in the form that takes it away."""

    key: str
    type: Text
    action: Text
    domain: str


@require_http_methods(["GET", "HEAD", "POST"])
def permissions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sending adds permissions, or replaces the limit of those the role has."""
    user, role = found(request, pk, needed(request, Action.EDIT))
    form = PermissionForm(sent(request), user=user)
    if form.is_valid() and _covered(form, user.rights):
        added = {_key(each): each for each in form.permissions}
        kept = [each for each in permissions_of(role) if _key(each) not in added]
        set_permissions(role, [*kept, *added.values()], by=Origin.of(request))
        messages.success(request, _("Permissions saved."))
        return redirect("role-permissions", role.pk)
    return show(
        request,
        "clients/role_permissions.html",
        title=_("%(name)s, Assigned permissions") % {"name": role.name},
        above=above(),
        here=role.name,
        form=form,
        role=role,
        tabs=tabs(role, "role-permissions"),
        permissions=_rows(role),
        changeable=user.may(Action.EDIT, ObjectType.ROLE),
    )


def _covered(form: PermissionForm, rights: Rights) -> bool:
    if all(rights.covers(each.grant) for each in form.permissions):
        return True
    form.add_error(
        "actions", _("This is more than you may do yourself. Choose less, or labels within your permissions.")
    )
    return False


def _rows(role: Role) -> list[Row]:
    tree = LabelTree.load()
    order = [(kind, action) for kind, actions in PERMISSIONS.items() for action in actions]
    held = {(each.type, each.action): each for each in permissions_of(role)}
    return [_row(held[pair], tree) for pair in order if pair in held]


def _row(held: Permission, tree: LabelTree) -> Row:
    return Row(_key(held), TYPES[held.type], ACTIONS[held.action], domain(held.grant.limit, tree))


def _key(permission: Permission) -> str:
    return f"{permission.type}.{permission.action}"


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the ticked permissions away, from all who hold the role at once."""
    _user, role = found(request, pk, Action.EDIT)
    ticked = set(request.POST.getlist("permission"))
    kept = [each for each in permissions_of(role) if _key(each) not in ticked]
    if set_permissions(role, kept, by=Origin.of(request)):
        messages.success(request, _("Permissions removed."))
    return redirect("role-permissions", role.pk)
