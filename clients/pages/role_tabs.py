"""What the pages of one role share."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.administration import Action, ObjectType
from clients.models import Administrator, Role
from clients.pages.frame import Step, Tab, administrator
from clients.pages.reach import find_whole


def above(role: Role | None = None) -> list[Step]:
    steps = [Step(_("Roles"), reverse("roles"))]
    return [*steps, Step(role.name, role.get_absolute_url())] if role else steps


def tabs(role: Role, current: str) -> list[Tab]:
    pages = {
        "role": _("General information"),
        "role-permissions": _("Assigned permissions"),
        "role-effective": _("Effective permissions"),
        "role-members": _("Members"),
    }
    return [Tab(words, reverse(name, args=[role.pk]), name == current) for name, words in pages.items()]


def found(request: HttpRequest, pk: int, action: Action) -> tuple[Administrator, Role]:
    user = administrator(request)
    return user, find_whole(Role.objects.select_related("created_by", "updated_by"), user, pk, ObjectType.ROLE, action)
