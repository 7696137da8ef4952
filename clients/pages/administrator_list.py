"""Menu > System > Administrators."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import Administrator, LmsSettings, Role, RolePermission
from clients.pages.download import stream_csv
from clients.pages.frame import show
from clients.pages.reach import demand
from clients.pages.table import Column, Filter, Option, Table

_NAME = Column(_("Name"), "name", Lower("username"), _("Name, A to Z"), _("Name, Z to A"))
_LAST_LOGIN = Column(
    _("Last login"),
    "last_login",
    F("last_login"),
    _("Last login, oldest first"),
    _("Last login, newest first"),
    newest_first=True,
)
_YES_NO = [Option("yes", _("Yes")), Option("no", _("No"))]


@require_safe
def administrators(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.VIEW, ObjectType.ADMINISTRATOR)
    listing = _table().listing(request, _rows(), limited=False)
    address = f"{reverse('administrators-download')}?{request.GET.urlencode()}"
    return show(
        request,
        "clients/administrator_list.html",
        title=_("Administrators"),
        listing=listing,
        rows=list(listing.page),
        employee_ids=LmsSettings.current().employee_ids_in_use,
        add_url=reverse("administrator-add") if user.may(Action.ADD, ObjectType.ADMINISTRATOR) else "",
        download_url=address if user.may(Action.DOWNLOAD, ObjectType.ADMINISTRATOR) else "",
    )


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    demand(request, Action.DOWNLOAD, ObjectType.ADMINISTRATOR)
    table = _table()
    heads = [column.label for column in table.columns]
    found = table.found(request, _rows())
    return stream_csv("administrators", heads, (_cells(person) for person in found.iterator(chunk_size=500)))


def _cells(person: Administrator) -> list[Any]:
    roles = ", ".join(assignment.role.name for assignment in person.assignments.all())
    last = timezone.localtime(person.last_login).isoformat(timespec="seconds") if person.last_login else ""
    employee_id = [person.employee_id] if LmsSettings.current().employee_ids_in_use else []
    blocked = _("No") if person.is_active else _("Yes")
    return [person, person.email, *employee_id, _("Superadmin") if person.is_superuser else roles, last, blocked]


def _rows() -> "QuerySet[Administrator]":
    return Administrator.objects.prefetch_related("assignments__role")


def _table() -> Table:
    roles = [Option(str(role.pk), role.name) for role in Role.objects.only("pk", "name")]
    special = [
        Option("superadmin", _("Superadmin")),
        Option("some", _("With permissions")),
        Option("none", _("Without roles")),
    ]
    employee_id = [Column(_("Employee ID"))] if LmsSettings.current().employee_ids_in_use else []
    return Table(
        columns=(_NAME, Column(_("Email")), *employee_id, Column(_("Roles")), _LAST_LOGIN, Column(_("Blocked"))),
        sort="name",
        counted=_counted,
        search=("username", "first_name", "last_name", "email", "employee_id"),
        filters=(
            Filter("role", _("Role"), _("Any role"), [*special, *roles], _with_role),
            Filter(
                "blocked",
                _("Blocked"),
                _("Yes and no"),
                _YES_NO,
                lambda rows, word: rows.filter(is_active=word == "no"),
            ),
        ),
    )


def _with_role(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    if key == "superadmin":
        return rows.filter(is_superuser=True)
    if key == "some":
        held = RolePermission.objects.filter(role__assignments__administrator=OuterRef("pk"))
        return rows.filter(Q(is_superuser=True) | Exists(held), is_active=True)
    if key == "none":
        return rows.filter(is_superuser=False, assignments__isnull=True)
    return rows.filter(assignments__role=key)


def _counted(count: int) -> str:
    return ngettext(
        "%(first)s–%(last)s of %(count)s administrator", "%(first)s–%(last)s of %(count)s administrators", count
    )
