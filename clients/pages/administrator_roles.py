"""The Roles tab of an administrator: which roles, each as wide as it is or narrowed to labels."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.audit import Origin
from clients.models import Administrator
from clients.pages.administrator_form import AssignForm
from clients.pages.administrator_tabs import above, found, may_change, tabs
from clients.pages.frame import sent, show
from clients.pages.label_tree import LabelTree
from clients.pages.permission_words import domain
from clients.roles import Assigned, assign_roles, assigned_to, exceeding


@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest, pk: int) -> HttpResponse:
    """Sending adds one role, or replaces the assignment of that role."""
    user, person = found(request, pk)
    form = AssignForm(sent(request), user=user)
    if form.is_valid() and _covered(form, user):
        held = [each for each in assigned_to(person) if each.role != form.assigned.role]
        assign_roles(person, [*held, form.assigned], by=Origin.of(request))
        messages.success(request, _("Role assigned."))
        return redirect("administrator-roles", person.pk)
    return show(
        request,
        "clients/administrator_roles.html",
        title=_("%(name)s, Roles") % {"name": person},
        above=above(),
        here=str(person),
        form=form,
        person=person,
        tabs=tabs(person, "administrator-roles"),
        assigned=_rows(person),
        changeable=may_change(user, person),
    )


def _covered(form: AssignForm, user: Administrator) -> bool:
    beyond = exceeding(user.rights, [form.assigned])
    if beyond:
        form.add_error("role", _("The role allows more than you may. Narrow it, or ask somebody who may do all of it."))
    return not beyond


def _rows(person: Administrator) -> list[dict[str, Any]]:
    tree = LabelTree.load()
    return [{"role": each.role, "domain": domain(_pks(each), tree)} for each in assigned_to(person)]


def _pks(assigned: Assigned) -> list[int] | None:
    return None if assigned.labels is None else [label.pk for label in assigned.labels]


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the ticked roles away."""
    _user, person = found(request, pk)
    ticked = set(request.POST.getlist("role"))
    kept = [each for each in assigned_to(person) if str(each.role.pk) not in ticked]
    if assign_roles(person, kept, by=Origin.of(request)):
        messages.success(request, _("Roles removed."))
    return redirect("administrator-roles", person.pk)
