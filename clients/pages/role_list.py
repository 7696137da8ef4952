"""Menu > System > Roles."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import Role
from clients.pages.columns import RECORD
from clients.pages.frame import show
from clients.pages.reach import demand
from clients.pages.table import Column, Table


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s role", "%(first)s–%(last)s of %(count)s roles", count)


_TABLE = Table(
    columns=(
        *RECORD,
        Column(_("Members")),
    ),
    sort="name",
    counted=_counted,
    search=("name", "short_description", "description"),
)


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.VIEW, ObjectType.ROLE)
    listing = _TABLE.listing(request, Role.objects.annotate(members=Count("assignments")), limited=False)
    return show(
        request,
        "clients/role_list.html",
        title=_("Roles"),
        listing=listing,
        rows=list(listing.page),
        add_url=reverse("role-add") if user.may(Action.ADD, ObjectType.ROLE) else "",
    )
