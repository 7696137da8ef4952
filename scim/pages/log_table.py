"""The list of the provisioning log: its columns, and the filters that this administrator has."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.administration import Action
from clients.models import Administrator, Client
from clients.pages.table import Column, Filter, Option, Table
from scim.models import LmsUser, ProvisioningEntry, ScimConfiguration
from scim.pages.users import in_reach_of

Entries = QuerySet[ProvisioningEntry]
MAX_OPTIONS = 200
_STATUSES = (200, 201, 204, 400, 403, 404, 409, 412, 413, 415, 429, 500, 501, 503)
_HOURS = {
    "1": _("Last hour"),
    "24": _("Last 24 hours"),
    "168": _("Last 7 days"),
    "720": _("Last 30 days"),
    "2160": _("Last 90 days"),
}


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s entry", "%(first)s–%(last)s of %(count)s entries", count)


def _since(rows: Entries, hours: str) -> Entries:
    return rows.filter(at__gte=timezone.now() - timedelta(hours=int(hours)))


_TABLE = Table(
    columns=(
        Column(_("Time"), "at", F("at"), _("Oldest first"), _("Newest first"), newest_first=True),
        Column(_("Request")),
        Column(_("User")),
        Column(_("Outcome")),
        Column(_("Status")),
        Column(_("OAuth client")),
    ),
    sort="-at",
    counted=_counted,
    search=("scim_id", "external_id", "client_name", "path", "detail", "request_id"),
    filters=(
        Filter("period", _("Period"), _("Any time"), [Option(value, label) for value, label in _HOURS.items()], _since),
        Filter(
            "outcome",
            _("Outcome"),
            _("All outcomes"),
            [Option(value, label) for value, label in ProvisioningEntry.Outcome.choices],
            lambda rows, word: rows.filter(outcome=word),
        ),
        Filter(
            "status",
            _("Status"),
            _("All statuses"),
            [Option(str(status), str(status)) for status in _STATUSES],
            lambda rows, word: rows.filter(status=int(word)),
        ),
        Filter(
            "method",
            _("Operation"),
            _("All operations"),
            [Option(name, name) for name in ("POST", "PUT", "PATCH", "DELETE", "GET")],
            lambda rows, word: rows.filter(method=word),
        ),
        Filter(
            "kind",
            _("Type"),
            _("Users and groups"),
            [Option("User", _("Users")), Option("Group", _("Groups"))],
            lambda rows, word: rows.filter(kind=word),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """``user_name`` is empty where there is no user, or the administrator may not look at users."""

    entry: ProvisioningEntry
    user_name: str


def table(request: HttpRequest, viewer: Administrator, configuration: ScimConfiguration | None) -> Table:
    """``configuration``: the only one whose entries are listed."""
    within = ScimConfiguration.objects.in_reach_of(viewer, Action.VIEW)
    clients = Client.objects.filter(scim_configuration__in=within if configuration is None else [configuration])
    names = clients.order_by("name").values_list("name", flat=True).distinct()[:MAX_OPTIONS]
    offered = [
        _choice("client", _("OAuth client"), _("All clients"), [Option(name, name) for name in names], "client_name"),
        *_of_user(request, viewer),
    ]
    if configuration is None:
        known = [Option(str(one.pk), one.name) for one in within.order_by("name")[:MAX_OPTIONS]]
        offered.append(_choice("configuration", _("Configuration"), _("All configurations"), known, "configuration_id"))
    return replace(_TABLE, filters=(*_TABLE.filters, *offered))


def lines(viewer: Administrator, entries: list[ProvisioningEntry]) -> list[Line]:
    users = in_reach_of(viewer, Action.VIEW).in_bulk({one.user_pk for one in entries if one.user_pk})
    return [Line(one, users[one.user_pk].user_name if one.user_pk in users else "") for one in entries]


def _of_user(request: HttpRequest, viewer: Administrator) -> list[Filter]:
    """The one that the address names, as links on users' pages do."""
    named = request.GET.get("user", "")
    found: LmsUser | None = None
    if named.isascii() and named.isdigit() and len(named) < 19:  # noqa: PLR2004 - digits that fit the key
        found = in_reach_of(viewer, Action.VIEW).filter(pk=int(named)).first()
    if found is None:
        return []
    return [_choice("user", _("User"), _("All users"), [Option(str(found.pk), found.user_name)], "user_pk")]


def _choice(name: str, label: Any, any_label: Any, options: list[Option], column: str) -> Filter:
    return Filter(name, label, any_label, options, lambda rows, word: rows.filter(**{column: word}))
