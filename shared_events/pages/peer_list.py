"""Menu > System > Shared-event peers."""

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import LmsSettings
from clients.pages.columns import NAME
from clients.pages.frame import administrator, show
from clients.pages.table import Column, Table
from shared_events.models import Peer


@require_safe
def peers(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    reach = user.reach(Action.VIEW, ObjectType.PEER)
    mirrored = Count("events", filter=Q(events__removed_at=None))
    rows = Peer.objects.in_reach_of(user, Action.VIEW).annotate(mirrored=mirrored)
    listing = _TABLE.listing(request, rows, limited=reach is not None)
    return show(
        request,
        "shared_events/peer_list.html",
        title=_("Shared-event peers"),
        listing=listing,
        rows=list(listing.page),
        sharing=LmsSettings.current().shared_events_enabled,
        add_url=reverse("peer-add") if user.may(Action.ADD, ObjectType.PEER) else "",
    )


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s peer", "%(first)s–%(last)s of %(count)s peers", count)


_TABLE = Table(
    columns=(
        NAME,
        Column(_("State")),
        Column(
            _("Last success"),
            "last_success_at",
            F("last_success_at"),
            _("Last success, oldest first"),
            _("Last success, newest first"),
            newest_first=True,
        ),
        Column(_("Mirrored")),
    ),
    sort="name",
    counted=_counted,
    search=("name", "base_url"),
)
