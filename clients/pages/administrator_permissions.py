"""The Effective permissions tab: what an administrator may do, and which role each right comes from."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.pages.administrator_tabs import above, found, tabs
from clients.pages.effective_permissions import effective
from clients.pages.frame import show


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
        effective=effective(person.rights),
        everything=person.rights.everything,
        roles_in_sight=user.may(Action.VIEW, ObjectType.ROLE),
    )
