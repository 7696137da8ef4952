"""System > Provisioning log > Activity: results per hour, day, week or month, the lag, and the users by their state.

Each of the three can be downloaded.
"""

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
from scim.pages.lag import CSV_HEADS, behind, lag_chart
from scim.pages.log_table import MAX_OPTIONS
from scim.pages.users import in_reach_of

Outcome = ProvisioningEntry.Outcome
_BAD = (Outcome.REFUSED, Outcome.FAILED)
_LAG, _STATES = "lag", "states"
_USERS = Series(_("Users"))
_RESULTS = (Series(_("Succeeded")), Series(_("Refused or failed"), "s-bad"))


@require_safe
def activity(request: HttpRequest) -> HttpResponseBase:
    user, period = administrator(request), Period.of(request.GET.dict())
    wanted = request.GET.get("download")
    if wanted == _STATES:
        return _states_csv(user)
    may_download = user.may(Action.DOWNLOAD, ObjectType.SCIM_CONFIGURATION)
    if wanted is not None and not may_download:
        raise PermissionDenied
    within = ScimConfiguration.objects.in_reach_of(user, Action.VIEW if wanted is None else Action.DOWNLOAD)
    chosen = _chosen(request, within)
    if chosen.value:
        within = within.filter(pk=chosen.value)
    if wanted == _LAG:
        return stream_csv("provisioning-lag", CSV_HEADS, [one.row() for one in behind(within, timezone.now())])
    bars = list(_bars(period, within))
    if wanted is not None:
        rows = [(bar.name, *bar.values) for bar in bars]
        return stream_csv("provisioning-activity", [period.unit_label, *(one.label for one in _RESULTS)], rows)
    late = behind(within, timezone.now())
    return show(
        request,
        "scim/activity.html",
        title=_("Provisioning activity"),
        here=_("Activity"),
        above=[Step(_("Provisioning log"), reverse("scim-log"))],
        period=period,
        filters=[chosen],
        results=Chart(
            "results",
            _("Results of requests"),
            period.unit_label,
            _RESULTS,
            bars,
            _csv_url(request, "csv") if may_download else "",
        ),
        lag=lag_chart(late, _csv_url(request, _LAG) if may_download else ""),
        never=[one.name for one in late if one.at is None],
        states=_states(user, _csv_url(request, _STATES) if _may_download_users(user) else ""),
    )


def _csv_url(request: HttpRequest, what: str) -> str:
    query = request.GET.copy()
    query["download"] = what
    return f"{request.path}?{query.urlencode()}"


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


def _states(viewer: Administrator, csv_url: str) -> Chart | None:
    """None for those who may not look at users."""
    if viewer.reach(Action.VIEW, ObjectType.USER) is not None:
        return None
    return Chart("states", _("Users by state"), _("State"), (_USERS,), _state_bars(viewer, Action.VIEW), csv_url)


def _state_bars(viewer: Administrator, action: Action) -> list[Bar]:
    rows: Any = in_reach_of(viewer, action).order_by().values_list("blocked_by").annotate(number=Count("pk"))
    found = dict(rows)
    names: dict[str, Text] = {"": _("Active"), **_BLOCKED}
    return [Bar(str(name), str(name), (found.get(value, 0),)) for value, name in names.items()]


def _states_csv(viewer: Administrator) -> HttpResponseBase:
    if not _may_download_users(viewer):
        raise PermissionDenied
    rows = [(bar.name, *bar.values) for bar in _state_bars(viewer, Action.DOWNLOAD)]
    return stream_csv("users-by-state", [_("State"), _USERS.label], rows)


def _may_download_users(viewer: Administrator) -> bool:
    return viewer.reach(Action.DOWNLOAD, ObjectType.USER) is None


_BLOCKED: dict[str, Text] = {
    LmsUser.BlockedBy.DIRECTORY.value: _("Blocked by a directory"),
    LmsUser.BlockedBy.ADMINISTRATOR.value: _("Blocked by an administrator"),
    LmsUser.BlockedBy.IMPORT.value: _("Blocked by an import"),
}
