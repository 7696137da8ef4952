"""What the pages of one administrator share: finding them, the steps above and the tabs."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.frame import Step, Tab, administrator
from clients.pages.reach import find_whole, needed


def above(person: Administrator | None = None) -> list[Step]:
    steps = [Step(_("Administrators"), reverse("administrators"))]
    return [*steps, Step(str(person), person.get_absolute_url())] if person else steps


def tabs(person: Administrator, current: str) -> list[Tab]:
    pages = {
        "administrator": _("General"),
        "administrator-roles": _("Roles"),
        "administrator-permissions": _("Effective permissions"),
    }
    return [Tab(words, reverse(name, args=[person.pk]), name == current) for name, words in pages.items()]


def found(request: HttpRequest, pk: int) -> tuple[Administrator, Administrator]:
    """Who is signed in, and whom the page is about; sending anything takes the right to change them."""
    user = administrator(request)
    rows = Administrator.objects.select_related("created_by", "updated_by")
    person = find_whole(rows, user, pk, ObjectType.ADMINISTRATOR, needed(request, Action.EDIT))
    if request.method == "POST" and not may_change(user, person):
        raise PermissionDenied
    return user, person


def may_change(user: Administrator, person: Administrator) -> bool:
    """Only superadmins change superadmins."""
    permitted = user.may(Action.EDIT, ObjectType.ADMINISTRATOR)
    return permitted and (user.rights.everything or not person.is_superuser)
