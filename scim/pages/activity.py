"""System > Provisioning log > Activity: results per hour, day, week or month, and the users by their state."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Trunc
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.chart import Bar, Chart, Series
from clients.pages.download import stream_csv
from clients.pages.frame import Step, administrator, show
from clients.pages.period import Part, Period
from clients.pages.table import ChosenFilter, Filter, Option
from clients.pages.text import Text
from scim.models import LmsUser, ProvisioningEntry, ScimConfiguration
from scim.pages.log_table import MAX_OPTIONS
from scim.pages.users import in_reach_of

Outcome = ProvisioningEntry.Outcome
_BAD = (Outcome.REFUSED, Outcome.FAILED)
_RESULTS = (Series(_("Succeeded")), Series(_("Refused or failed"), "s-bad"))


@require_safe
def activity(request: HttpRequest) -> HttpResponseBase:
    user, period = administrator(request), Period.of(request.GET.dict())
    downloading = "download" in request.GET
    may_download = user.may(Action.DOWNLOAD, ObjectType.SCIM_CONFIGURATION)
    if downloading and not may_download:
        raise PermissionDenied
    within = ScimConfiguration.objects.in_reach_of(user, Action.DOWNLOAD if downloading else Action.VIEW)
    chosen = _chosen(request, within)
    bars = list(_bars(period, within.filter(pk=chosen.value) if chosen.value else within))
    if downloading:
        rows = [(bar.name, *bar.values) for bar in bars]
        return stream_csv("provisioning-activity", [period.unit_label, *(one.label for one in _RESULTS)], rows)
    query = request.GET.copy()
    query["download"] = "csv"
    url = f"{request.path}?{query.urlencode()}" if may_download else ""
    return show(
        request,
        "scim/activity.html",
        title=_("Provisioning activity"),
        here=_("Activity"),
        above=[Step(_("Provisioning log"), reverse("scim-log"))],
        period=period,
        filters=[chosen],
        results=Chart("results", _("Results of requests"), period.unit_label, _RESULTS, bars, url),
        states=_states(user),
    )


def _chosen(request: HttpRequest, within: QuerySet[ScimConfiguration]) -> ChosenFilter:
    options = [Option(str(one.pk), one.name) for one in within.order_by("name")[:MAX_OPTIONS]]
    offered = Filter("configuration", _("Configuration"), _("All configurations"), options, lambda rows, _word: rows)
    sent = request.GET.get("configuration", "")
    return ChosenFilter(offered, sent if sent in {option.value for option in options} else "")


def _bars(period: Period, within: QuerySet[ScimConfiguration]) -> Iterator[Bar]:
    parts, now = list(period.parts()), timezone.now()
    for part, values in zip(parts, _counted(period, parts, within), strict=True):
        yield Bar(part.label, part.name, values, part.runs_at(now))


def _counted(period: Period, parts: Sequence[Part], within: QuerySet[ScimConfiguration]) -> list[tuple[int, int]]:
    """Successes and the rest in each part. Hours are put together from minutes, whatever the clock does meanwhile."""
    hourly = period.unit == "hour"
    bucket = Trunc("at", "minute", tzinfo=UTC) if hourly else Trunc("at", period.unit, tzinfo=period.start.tzinfo)
    entries = ProvisioningEntry.objects.filter(configuration__in=within, at__gte=period.start, at__lt=period.end)
    bad = Count("pk", filter=Q(outcome__in=_BAD))
    rows = entries.order_by().annotate(bucket=bucket).values_list("bucket").annotate(every=Count("pk"), bad=bad)
    starts, counts = [part.start for part in parts], [(0, 0)] * len(parts)
    for at, every, refused in rows:
        place = max(bisect_right(starts, at) - 1, 0)
        good, others = counts[place]
        counts[place] = good + every - refused, others + refused
    return counts


def _states(viewer: Administrator) -> Chart | None:
    """None for those who may not look at users."""
    if viewer.reach(Action.VIEW, ObjectType.USER) is not None:
        return None
    rows: Any = in_reach_of(viewer, Action.VIEW).order_by().values_list("blocked_by").annotate(number=Count("pk"))
    found = dict(rows)
    names: dict[str, Text] = {"": _("Active"), **_BLOCKED}
    bars = [Bar(str(name), str(name), (found.get(value, 0),)) for value, name in names.items()]
    return Chart("states", _("Users by state"), _("State"), (Series(_("Users")),), bars)


_BLOCKED: dict[str, Text] = {
    LmsUser.BlockedBy.DIRECTORY.value: _("Blocked by a directory"),
    LmsUser.BlockedBy.ADMINISTRATOR.value: _("Blocked by an administrator"),
    LmsUser.BlockedBy.IMPORT.value: _("Blocked by an import"),
}
