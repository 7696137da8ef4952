"""Menu > System > Permission labels: the list, and the same labels as a tree."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import PermissionLabel
from clients.pages.columns import RECORD
from clients.pages.frame import Step, administrator, show
from clients.pages.label_tree import LabelTree
from clients.pages.table import Table


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s label", "%(first)s–%(last)s of %(count)s labels", count)


_TABLE = Table(
    columns=(*RECORD,),
    sort="name",
    counted=_counted,
    search=("name", "short_description", "description"),
)


@require_safe
def labels(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    reach = user.reach(Action.VIEW, ObjectType.LABEL)
    tree = LabelTree.load()
    reachable = PermissionLabel.objects.in_reach_of(user, Action.VIEW)
    listing = _TABLE.listing(request, reachable, limited=reach is not None)
    return show(
        request,
        "clients/label_list.html",
        title=_("Permission labels"),
        listing=listing,
        rows=[{"label": label, "path": tree.path(label.pk)} for label in listing.page],
        add_url=reverse("permission-label-add") if user.may(Action.ADD, ObjectType.LABEL) else "",
    )


@require_safe
def as_tree(request: HttpRequest) -> HttpResponse:
    """The labels above those in reach are named for orientation, and are no links."""
    reach = administrator(request).reach(Action.VIEW, ObjectType.LABEL)
    return show(
        request,
        "clients/label_tree.html",
        title=_("Permission labels as a tree"),
        above=[Step(_("Permission labels"), reverse("permission-labels"))],
        here=_("Tree"),
        nodes=LabelTree.load().nodes(reach, set(), set()),
    )
