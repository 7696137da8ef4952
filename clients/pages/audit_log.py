"""Menu > System > Audit log."""

from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.audit import as_row
from clients.models import AuditEntry
from clients.pages.audit_words import ACTIONS, action_words, facts, object_url
from clients.pages.download import stream_csv
from clients.pages.frame import Step, show
from clients.pages.permission_words import TYPES
from clients.pages.reach import demand
from clients.pages.table import Column, Filter, Option, Table

_PERIODS = {"1": _("Last 24 hours"), "7": _("Last 7 days"), "30": _("Last 30 days"), "90": _("Last 90 days")}
_OBJECTS = {
    "client": TYPES[ObjectType.CLIENT],
    "scimconfiguration": TYPES[ObjectType.SCIM_CONFIGURATION],
    "permissionlabel": TYPES[ObjectType.LABEL],
    "lmsuser": TYPES[ObjectType.USER],
    "event": TYPES[ObjectType.EVENT],
    "sharelabel": _("Share label"),
    "administrator": TYPES[ObjectType.ADMINISTRATOR],
    "role": TYPES[ObjectType.ROLE],
    "lmssettings": TYPES[ObjectType.SETTING],
}
_VIA = {"page": _("Page"), "command": _("Command"), "api": _("API")}


def _options(words: dict[str, Any]) -> list[Option]:
    return [Option(value, label) for value, label in words.items()]


def _since(rows: QuerySet[Any], days: str) -> QuerySet[Any]:
    return rows.filter(at__gte=timezone.now() - timedelta(days=int(days)))


def _of_type(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(object_type=key)


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s entry", "%(first)s–%(last)s of %(count)s entries", count)


_TABLE = Table(
    columns=(
        Column(_("Time"), "at", F("at"), _("Oldest first"), _("Newest first"), newest_first=True),
        Column(_("Who")),
        Column(_("Action")),
        Column(_("Object")),
        Column(_("From")),
    ),
    sort="-at",
    counted=_counted,
    search=("actor_name", "object_name", "object_id", "address"),
    filters=(
        Filter("period", _("Period"), _("Any time"), _options(_PERIODS), _since),
        Filter("action", _("Action"), _("Any action"), _options(ACTIONS), lambda rows, key: rows.filter(action=key)),
        Filter(
            "object", _("Object"), _("Any object"), _options(_OBJECTS), lambda rows, key: rows.filter(object_type=key)
        ),
        Filter("via", _("Made by"), _("Any way"), _options(_VIA), lambda rows, key: rows.filter(via=key)),
    ),
)


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.VIEW, ObjectType.AUDIT_ENTRY)
    listing = _TABLE.listing(request, AuditEntry.objects.all(), limited=False)
    address = f"{reverse('audit-log-download')}?{request.GET.urlencode()}"
    return show(
        request,
        "clients/audit_log.html",
        title=_("Audit log"),
        listing=listing,
        rows=[{"entry": entry, "action": action_words(entry.action)} for entry in listing.page],
        download_url=address if user.may(Action.DOWNLOAD, ObjectType.AUDIT_ENTRY) else "",
    )


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The log as it is searched and filtered, all pages of it."""
    demand(request, Action.DOWNLOAD, ObjectType.AUDIT_ENTRY)
    found = _TABLE.found(request, AuditEntry.objects.all())
    rows = (list(as_row(each).values()) for each in found.iterator(chunk_size=500))
    return stream_csv("audit-log", list(as_row(AuditEntry())), rows)


@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    demand(request, Action.VIEW, ObjectType.AUDIT_ENTRY)
    found = get_object_or_404(AuditEntry, pk=pk)
    return show(
        request,
        "clients/audit_entry.html",
        title=action_words(found.action),
        above=[Step(_("Audit log"), reverse("audit-log"))],
        entry=found,
        facts=facts(found),
        via=_VIA.get(found.via, found.via),
        object_url=object_url(found),
    )
