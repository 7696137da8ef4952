"""One role: add, General information, Members, delete."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Role
from clients.pages.effective_permissions import effective
from clients.pages.frame import sent, show
from clients.pages.label_tree import LabelTree
from clients.pages.permission_words import domain
from clients.pages.reach import demand, needed
from clients.pages.role_form import NAME_TAKEN, RoleForm
from clients.pages.role_tabs import above, found, tabs
from clients.roles import RoleHeld, create_role, delete_role, rights_of, update_role


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    demand(request, Action.ADD, ObjectType.ROLE)
    form = RoleForm(sent(request))
    if form.is_valid() and (role := _create(request, form)):
        messages.success(request, _("Role created. Next: say what it allows."))
        return redirect("role-permissions", role.pk)
    return show(request, "add.html", title=_("Add role"), above=above(), form=form)


def _create(request: HttpRequest, form: RoleForm) -> Role | None:
    try:
        return create_role(values=form.cleaned_data, by=Origin.of(request))
    except ValidationError:
        form.add_error("name", NAME_TAKEN)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest, pk: int) -> HttpResponse:
    user, role = found(request, pk, needed(request, Action.EDIT))
    form = RoleForm(sent(request), role=role)
    if not user.may(Action.EDIT, ObjectType.ROLE):
        form.only_show()
    if form.is_valid() and _saved(request, role, form):
        messages.success(request, _("Changes saved."))
        return redirect(role)
    return show(
        request,
        "clients/role_general.html",
        title=role.name,
        above=above(),
        form=form,
        role=role,
        tabs=tabs(role, "role"),
        deletable=user.may(Action.DELETE, ObjectType.ROLE),
    )


def _saved(request: HttpRequest, role: Role, form: RoleForm) -> bool:
    try:
        update_role(role, values=form.cleaned_data, by=Origin.of(request))
    except ValidationError:
        form.add_error("name", NAME_TAKEN)
        return False
    return True


@require_safe
def effective_permissions(request: HttpRequest, pk: int) -> HttpResponse:
    _user, role = found(request, pk, Action.VIEW)
    return show(
        request,
        "clients/role_effective.html",
        title=_("%(name)s, Effective permissions") % {"name": role.name},
        above=above(),
        here=role.name,
        role=role,
        tabs=tabs(role, "role-effective"),
        effective=effective(rights_of(role)),
    )


@require_safe
def members(request: HttpRequest, pk: int) -> HttpResponse:
    user, role = found(request, pk, Action.VIEW)
    tree = LabelTree.load()
    held = (
        role.assignments.select_related("administrator").prefetch_related("labels").order_by("administrator__username")
    )
    return show(
        request,
        "clients/role_members.html",
        title=_("%(name)s, Members") % {"name": role.name},
        above=above(),
        here=role.name,
        role=role,
        tabs=tabs(role, "role-members"),
        members=[
            {"person": each.administrator, "domain": domain(each.limit, tree)}
            for each in held.order_by("administrator__username")
        ],
        linked=user.may(Action.VIEW, ObjectType.ADMINISTRATOR),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Refused while somebody holds the role."""
    _user, role = found(request, pk, Action.DELETE)
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            delete_role(role, by=Origin.of(request))
        except RoleHeld:
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Role deleted."))
            return redirect("roles")
    return show(
        request,
        "clients/role_delete.html",
        title=_("Delete the role?"),
        above=above(role),
        here=_("Delete"),
        status=status,
        role=role,
        held=role.assignments.count(),
    )
