"""The Activity tab of an OAuth client: whether it works, and what it did."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clients import activity, usage
from clients.administration import Action
from clients.models import Client
from clients.pages import activity_figures as figures
from clients.pages.chart import Bar, Chart, Series, grouped
from clients.pages.client_tabs import above, tabs
from clients.pages.download import stream_csv
from clients.pages.frame import administrator, show
from clients.pages.period import Period
from clients.pages.reach import find, permits

_SERIES = (Series(gettext_lazy("Succeeded")), Series(gettext_lazy("Refused or failed"), "s-bad"))
_TITLES = {
    "hour": gettext_lazy("Requests per hour"),
    "day": gettext_lazy("Requests per day"),
    "week": gettext_lazy("Requests per week"),
    "month": gettext_lazy("Requests per month"),
}


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    user, rows = administrator(request), Client.objects.all()
    client = find(rows, user, pk)
    _write_what_waits()
    period = Period.of(request.GET)
    bars = figures.bars(client, period)
    last_used, recent = figures.last_used(client), figures.recent(client)
    downloadable = permits(rows, user, pk, Action.DOWNLOAD)
    return show(
        request,
        "clients/client_activity.html",
        title=_("%(name)s, Activity") % {"name": client.name},
        above=above(),
        here=client.name,
        client=client,
        tabs=tabs(client, "client-activity"),
        period=period,
        chart=_chart(period, bars, _csv_url(request, pk) if downloadable else ""),
        requests=grouped(sum(bar.total for bar in bars)),
        refused=grouped(sum(bar.values[1] for bar in bars)),
        last_used=last_used,
        never_used=not (last_used or recent),
        refused_logins=figures.refused_logins(client, period),
        recent=recent,
    )


@require_safe
def as_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    client = find(Client.objects.all(), administrator(request), pk, Action.DOWNLOAD)
    _write_what_waits()
    period = Period.of(request.GET)
    bars = figures.bars(client, period)
    heads = [period.unit_label, *(series.label for series in _SERIES)]
    starts = (part.start.isoformat(timespec="minutes") for part in period.parts())
    rows = ([start, *bar.values] for start, bar in zip(starts, bars, strict=True))
    return stream_csv(f"activity-{client.client_id}", heads, rows)


def _write_what_waits() -> None:
    """Of this process; another one writes within a minute."""
    usage.flush()
    activity.flush()


def _csv_url(request: HttpRequest, pk: int) -> str:
    return f"{reverse('client-activity-csv', args=[pk])}?{request.GET.urlencode()}"


def _chart(period: Period, bars: list[Bar], csv_url: str) -> Chart:
    return Chart("requests", _TITLES[period.unit], period.unit_label, _SERIES, bars, csv_url=csv_url)
