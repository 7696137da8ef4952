"""Menu > System > OAuth clients."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import Client, Credential
from clients.pages.client_bulk import BulkForm
from clients.pages.client_use import use_of
from clients.pages.columns import RECORD
from clients.pages.download import stream_csv
from clients.pages.frame import administrator, show
from clients.pages.label_tree import LabelTree
from clients.pages.reach import demand
from clients.pages.saved_filters import saved_filters
from clients.pages.table import Column, Filter, Option, Table

_COLUMNS = (
    *RECORD,
    Column(_("Active"), slug="active"),
    Column(_("Access"), slug="access"),
    Column(_("Permission labels"), slug="labels"),
    Column(_("Last used"), slug="used"),
)
_AGES = {
    "none": _("No live credential"),
    "90": _("Older than 90 days"),
    "180": _("Older than 180 days"),
    "365": _("Older than 365 days"),
}
ACCESS: Mapping[str, tuple[Any, Q]] = {
    "scim": (_("SCIM"), Q(scim_configuration__isnull=False)),
    "lrs-own": (_("LRS own"), Q(lrs_own=True)),
    "lrs-full": (_("LRS full"), Q(lrs_full_read=True)),
    "shared-events": (_("Shared events"), Q(shared_events=True)),
}
_NO_ACCESS = Q(scim_configuration__isnull=True, lrs_own=False, lrs_full_read=False, shared_events=False)


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    reach = user.reach(Action.VIEW, ObjectType.CLIENT)
    tree = LabelTree.load()
    rows = Client.objects.in_reach_of(user, Action.VIEW).prefetch_related("labels")
    bulk = BulkForm(None, user=user, tree=tree) if user.may(Action.EDIT, ObjectType.CLIENT) else None
    listing = _table(tree, reach, choosing=bulk is not None).listing(request, rows, limited=reach is not None)
    use = {} if "used" in listing.hidden else use_of(list(listing.page))
    return show(
        request,
        "clients/client_list.html",
        title=_("OAuth clients"),
        listing=listing,
        rows=[_row(client, tree) | {"use": use.get(client.pk)} for client in listing.page],
        bulk=bulk,
        saved=saved_filters(request, "oauth-clients"),
        add_url=reverse("client-add") if user.may(Action.ADD, ObjectType.CLIENT) else "",
        download_url=_download_url(request) if user.may(Action.DOWNLOAD, ObjectType.CLIENT) else "",
    )


def _download_url(request: HttpRequest) -> str:
    return f"{reverse('clients-download')}?{request.GET.urlencode()}"


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is searched, filtered and sorted, all pages of it."""
    user = demand(request, Action.DOWNLOAD, ObjectType.CLIENT)
    tree = LabelTree.load()
    used = Credential.objects.filter(client=OuterRef("pk")).order_by().values("client")
    last = Subquery(used.annotate(last=Max("last_used_at")).values("last"))
    rows = Client.objects.in_reach_of(user, Action.DOWNLOAD).prefetch_related("labels").annotate(last_used_at=last)
    found = _table(tree, user.reach(Action.DOWNLOAD, ObjectType.CLIENT)).found(request, rows)
    heads = [*(column.label for column in _COLUMNS), _("Client ID"), _("Requests per minute"), _("Requests at once")]
    return stream_csv("oauth-clients", heads, (_cells(client, tree) for client in found.iterator(chunk_size=500)))


def _cells(client: Any, tree: LabelTree) -> list[Any]:
    row = _row(client, tree)
    access = ", ".join(str(words) for words in row["access"])
    active = _("Yes") if client.active else _("No")
    used = _exact(client.last_used_at) if client.last_used_at else ""
    about = [client.name, client.short_description, _exact(client.updated)]
    limits = [client.requests_per_minute, client.burst]
    return [*about, active, access, row["labels"], used, client.client_id, *limits]


def _exact(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _table(tree: LabelTree, reach: set[int] | None, *, choosing: bool = False) -> Table:
    labels = [Option(str(pk), path) for pk, path in tree.options(reach)]
    access = [Option(key, words) for key, (words, _condition) in ACCESS.items()]
    active = [Option("yes", _("Yes")), Option("no", _("No"))]
    ages = [Option(key, words) for key, words in _AGES.items()]
    return Table(
        columns=(*_COLUMNS, Column(_("Choose"))) if choosing else _COLUMNS,
        sort="-updated",
        counted=_counted,
        search=("name", "short_description", "client_id"),
        filters=(
            Filter("label", _("Permission label"), _("Any label"), labels, lambda rows, pk: _bearing(rows, tree, pk)),
            Filter("access", _("Access"), _("Any access"), [*access, Option("none", _("None"))], _with_access),
            Filter(
                "active", _("Active"), _("Yes and no"), active, lambda rows, word: rows.filter(active=word == "yes")
            ),
            Filter("age", _("Credential age"), _("Any age"), ages, _of_age),
        ),
    )


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s client", "%(first)s–%(last)s of %(count)s clients", count)


def _bearing(rows: QuerySet[Any], tree: LabelTree, pk: str) -> QuerySet[Any]:
    """Clients that bear the label or one below it."""
    bearing = Client.labels.through.objects.filter(permissionlabel_id__in=tree.below(int(pk)))
    return rows.filter(pk__in=bearing.values("client_id"))


def _with_access(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(_NO_ACCESS if key == "none" else ACCESS[key][1])


def _of_age(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Clients with a live credential generated longer ago than so many days, or without any."""
    now = timezone.now()
    live = Credential.objects.live(now).filter(client=OuterRef("pk"))
    if key == "none":
        return rows.filter(~Exists(live))
    return rows.filter(Exists(live.filter(created_at__lt=now - timedelta(days=int(key)))))


def _row(client: Client, tree: LabelTree) -> dict[str, Any]:
    held = {
        "scim": client.scim_configuration_id is not None,
        "lrs-own": client.lrs_own,
        "lrs-full": client.lrs_full_read,
        "shared-events": client.shared_events,
    }
    access = [ACCESS[key][0] for key, has in held.items() if has]
    labels = ", ".join(tree.paths(label.pk for label in client.labels.all()))
    return {"client": client, "access": access, "labels": labels}
