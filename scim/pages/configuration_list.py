"""Menu > System > SCIM configurations."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.pages.columns import RECORD
from clients.pages.download import stream_csv
from clients.pages.frame import administrator, show
from clients.pages.reach import demand
from clients.pages.table import Column, Filter, Option, Table
from scim.models import ScimConfiguration


def _counted(count: int) -> str:
    return ngettext(
        "%(first)s–%(last)s of %(count)s configuration", "%(first)s–%(last)s of %(count)s configurations", count
    )


_TABLE = Table(
    columns=(
        *RECORD,
        Column(_("Active")),
    ),
    sort="-updated",
    counted=_counted,
    search=("name", "short_description", "slug"),
    filters=(
        Filter(
            "active",
            _("Active"),
            _("Yes and no"),
            [Option("yes", _("Yes")), Option("no", _("No"))],
            lambda rows, word: rows.filter(active=word == "yes"),
        ),
    ),
)


@require_safe
def configurations(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    reach = user.reach(Action.VIEW, ObjectType.SCIM_CONFIGURATION)
    rows = ScimConfiguration.objects.in_reach_of(user, Action.VIEW)
    listing = _TABLE.listing(request, rows, limited=reach is not None)
    address = f"{reverse('scim-configurations-download')}?{request.GET.urlencode()}"
    return show(
        request,
        "scim/configuration_list.html",
        title=_("SCIM configurations"),
        listing=listing,
        rows=listing.page,
        add_url=reverse("scim-configuration-add") if user.may(Action.ADD, ObjectType.SCIM_CONFIGURATION) else "",
        download_url=address if user.may(Action.DOWNLOAD, ObjectType.SCIM_CONFIGURATION) else "",
    )


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is searched, filtered and sorted, all pages of it."""
    user = demand(request, Action.DOWNLOAD, ObjectType.SCIM_CONFIGURATION)
    found = _TABLE.found(request, ScimConfiguration.objects.in_reach_of(user, Action.DOWNLOAD))
    heads = [column.label for column in _TABLE.columns]
    return stream_csv("scim-configurations", heads, map(_cells, found.iterator(chunk_size=500)))


def _cells(one: ScimConfiguration) -> list[Any]:
    updated = timezone.localtime(one.updated).isoformat(timespec="seconds")
    return [one.name, one.short_description, updated, _("Yes") if one.active else _("No")]
