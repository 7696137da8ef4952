"""System > Provisioning log, and the Log tab of a configuration: the same list, there of one configuration."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.download import stream_csv
from clients.pages.frame import Step, administrator, show
from scim import actions
from scim.log import sent_again
from scim.models import ProvisioningEntry, ScimConfiguration
from scim.pages.configuration_general import may_edit, reachable
from scim.pages.configuration_tabs import above, tabs
from scim.pages.log_table import Entries, lines, table
from scim.pages.reasons import reason_of

MAX_DOWNLOAD = 50_000
READS_LOGGED_FOR = timedelta(hours=24)


@require_safe
def log(request: HttpRequest) -> HttpResponseBase:
    user = administrator(request)
    return _listed(request, user, visible_entries(user), title=_("Provisioning log"), heading=_("Provisioning log"))


@require_safe
def configuration_log(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = administrator(request)
    configuration = reachable(user, Action.VIEW, pk)
    rows = ProvisioningEntry.objects.filter(configuration=configuration)
    page: dict[str, Any] = {"configuration": configuration, "above": above()}
    page["tabs"] = tabs(request, configuration, "scim-configuration-log")
    page |= {"may_edit": may_edit(user, pk), "reads_logged": configuration.logs_reads_at(timezone.now())}
    return _listed(request, user, rows, title=configuration.name, heading=_("Log"), **page)


@require_POST
def log_reads(request: HttpRequest, pk: int) -> HttpResponse:
    configuration = reachable(administrator(request), Action.EDIT, pk)
    until = timezone.now() + READS_LOGGED_FOR if request.POST.get("action") == "start" else None
    actions.log_reads(configuration, until=until, by=Origin.of(request))
    messages.success(request, _now("Reads are logged for 24 hours.") if until else _now("Reads are logged no more."))
    return redirect("scim-configuration-log", pk)


@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible_entries(administrator(request)), pk=pk)
    return show(
        request,
        "scim/log_entry.html",
        title=f"{found.method} {found.path}",
        here=_("Entry"),
        above=[Step(_("Provisioning log"), reverse("scim-log"))],
        entry=found,
        reason=reason_of(found),
        user_name=lines(administrator(request), [found])[0].user_name,
        tries=sent_again(found),
        changes=[(path, *pair) for path, pair in found.changes.items()],
    )


def visible_entries(user: Administrator) -> Entries:
    within = ScimConfiguration.objects.in_reach_of(user, Action.VIEW)
    return ProvisioningEntry.objects.filter(configuration__in=within).select_related("configuration")


def _listed(
    request: HttpRequest, user: Administrator, rows: Entries, *, title: Any, heading: Any, **page: Any
) -> HttpResponseBase:
    offered = table(request, user, page.get("configuration"))
    may_download = user.may(Action.DOWNLOAD, ObjectType.SCIM_CONFIGURATION)
    if "download" in request.GET:
        if not may_download:
            raise PermissionDenied
        within = rows.filter(configuration__in=ScimConfiguration.objects.in_reach_of(user, Action.DOWNLOAD))
        return stream_csv("provisioning-log", _HEADS, _cells(offered.found(request, within)[:MAX_DOWNLOAD]))
    listing = offered.listing(request, rows, limited=user.reach(Action.VIEW, ObjectType.SCIM_CONFIGURATION) is not None)
    query = request.GET.copy()
    query["download"] = "csv"
    url = f"{request.path}?{query.urlencode()}" if may_download else ""
    return show(
        request,
        "scim/log_list.html",
        title=title,
        heading=heading,
        listing=listing,
        rows=lines(user, list(listing.page)),
        download_url=url,
        **page,
    )


_HEADS = (
    _("Time"),
    _("Configuration"),
    _("OAuth client"),
    _("Operation"),
    _("Address"),
    _("Status"),
    _("Outcome"),
    _("Reason"),
    _("SCIM ID"),
    _("External ID"),
)


def _cells(rows: Entries) -> Any:
    for one in rows.select_related("configuration").iterator(chunk_size=1000):
        yield (
            one.at.isoformat(),
            one.configuration.name,
            one.client_name,
            one.method,
            one.path,
            one.status,
            one.outcome,
            one.detail,
            one.scim_id,
            one.external_id,
        )
