"""System > Directory groups: read-only, since only their directory changes them."""

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.pages.frame import administrator, show
from clients.pages.table import Column, Table
from scim.models import ScimConfiguration, ScimLink


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s group", "%(first)s–%(last)s of %(count)s groups", count)


_TABLE = Table(
    columns=(
        Column(_("Name"), "name", F("key"), _("Name, A to Z"), _("Name, Z to A")),
        Column(_("Configuration")),
        Column(_("Members")),
        Column(
            _("Updated"),
            "updated",
            F("modified"),
            _("Updated, oldest first"),
            _("Updated, newest first"),
            newest_first=True,
        ),
    ),
    sort="name",
    counted=_counted,
    search=("key", "external_id", "configuration__name"),
)


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    within = ScimConfiguration.objects.in_reach_of(user, Action.VIEW)
    rows = ScimLink.objects.live().filter(kind=ScimLink.Kind.GROUP, configuration__in=within)
    listing = _TABLE.listing(request, rows, limited=user.reach(Action.VIEW, ObjectType.SCIM_CONFIGURATION) is not None)
    shown = [link.pk for link in listing.page]
    live = Count("memberships", filter=Q(memberships__member__gone_at__isnull=True))
    counts = dict(ScimLink.objects.filter(pk__in=shown).annotate(members=live).values_list("pk", "members"))
    names = dict(within.values_list("pk", "name"))
    cells = [(link, names[link.configuration_id], counts[link.pk]) for link in listing.page]
    return show(request, "scim/group_list.html", title=_("Directory groups"), listing=listing, rows=cells)
