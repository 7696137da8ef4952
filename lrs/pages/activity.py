"""Menu > System > LRS activity: how much is stored, when, by whom, and with which Verbs and Activities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.chart import Bar, Chart, Series
from clients.pages.frame import administrator, show
from clients.pages.period import Period
from clients.pages.table import ChosenFilter, Filter, Option
from lrs.clock import MICROSECONDS
from lrs.models import ClientTotal, CountPosition, Kind
from lrs.pages.activity_numbers import Span, Use, by_client, by_part, top
from lrs.pages.reach import clients_of
from lrs.pages.statement_filter import languages_of

_TOP = 10
_LATE = timedelta(hours=1)
DOWNLOADS = ("periods", "clients", "verbs", "activities")


@dataclass(frozen=True, slots=True)
class Asked:
    """The period, and whose Statements: ``totals`` of all clients in reach that have stored any, ``chosen`` of one."""

    period: Period
    totals: Mapping[int, ClientTotal]
    chosen: int | None

    @classmethod
    def of(cls, sent: Mapping[str, str], user: Administrator, action: Action) -> "Asked":
        found = ClientTotal.objects.filter(client__in=clients_of(user, action)).select_related("client")
        totals = {total.pk: total for total in found.order_by("client__name", "pk")}
        chosen = next((pk for pk in totals if str(pk) == sent.get("client")), None)
        return cls(Period.of(sent), totals, chosen)

    @property
    def clients(self) -> Collection[int]:
        return list(self.totals) if self.chosen is None else [self.chosen]

    @property
    def filters(self) -> list[ChosenFilter]:
        options = [Option(str(pk), total.client.name) for pk, total in self.totals.items()]
        offered = Filter("client", _("Client"), _("Any client"), options, lambda rows, _value: rows)
        return [ChosenFilter(offered, "" if self.chosen is None else str(self.chosen))]

    @property
    def address(self) -> str:
        period = {"from": self.period.first, "to": self.period.last, "unit": self.period.unit}
        return "?" + urlencode(period | ({} if self.chosen is None else {"client": self.chosen}))


@dataclass(frozen=True, slots=True)
class ClientRow:
    total: ClientTotal
    statements: int  # in the period
    share: float  # percent

    @property
    def last(self) -> datetime | None:
        return None if self.total.last is None else moment(self.total.last)


@dataclass(frozen=True, slots=True)
class TopRow:
    use: Use
    share: float  # percent
    url: str


@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    asked = Asked.of(request.GET, user, Action.VIEW)
    position = CountPosition.objects.first() or CountPosition()
    span = Span.of(asked.period)
    downloads = _downloads(user, asked)
    return show(
        request,
        "lrs/activity.html",
        title=_("LRS activity"),
        asked=asked,
        state=_state(user, asked),
        counted=moment(position.seq) if position.seq else None,
        late=timezone.now() - moment(position.seq) > _LATE,
        measured=position.measured,
        downloads=downloads,
        **(_shown(asked, span, downloads) if asked.totals else {}),
    )


def _shown(asked: Asked, span: Span, downloads: Mapping[str, str]) -> dict[str, Any]:
    whole = span.statements(asked.clients)
    return {
        "chart": chart(asked, downloads.get("periods", "")),
        "clients": client_rows(asked),
        "span": span,
        "verbs": _top_rows(Kind.VERB, span, asked, whole),
        "activities": _top_rows(Kind.ACTIVITY, span, asked, whole),
    }


def chart(asked: Asked, csv_url: str) -> Chart:
    parts, now = list(asked.period.parts()), timezone.now()
    counts = by_part(parts, asked.clients)
    bars = [Bar(part.label, part.name, (n,), part.runs_at(now)) for part, n in zip(parts, counts, strict=True)]
    return Chart(
        "statements", _("Statements stored"), asked.period.unit_label, [Series(_("Statements"))], bars, csv_url
    )


def client_rows(asked: Asked) -> list[ClientRow]:
    """The busiest of the period first."""
    counts = by_client(asked.period, asked.clients)
    whole = sum(counts.values())
    rows = [(asked.totals[pk], counts.get(pk, 0)) for pk in asked.clients]
    return [ClientRow(total, n, share(n, whole)) for total, n in sorted(rows, key=lambda row: -row[1])]


def _top_rows(kind: Kind, span: Span, asked: Asked, whole: int) -> list[TopRow]:
    """Each leads to the statements that it counts."""
    name, one = kind.name.lower(), {} if asked.chosen is None else {"client": asked.chosen}
    return [
        TopRow(use, share(use.statements, whole), f"{reverse('lrs-statements')}?{urlencode({name: use.iri} | one)}")
        for use in top(kind, span, asked.clients, languages_of(get_language()), _TOP)
    ]


def share(part: int, whole: int) -> float:
    """In percent."""
    return round(100 * part / whole, 1) if whole else 0.0


def moment(seq: int) -> datetime:
    return datetime.fromtimestamp(seq // MICROSECONDS, UTC)


def _downloads(user: Administrator, asked: Asked) -> dict[str, str]:
    if not user.may(Action.DOWNLOAD, ObjectType.STATEMENT):
        return {}
    return {name: reverse(f"lrs-activity-{name}") + asked.address for name in DOWNLOADS}


def _state(user: Administrator, asked: Asked) -> str:
    """As in ``clients.pages.table.Listing``."""
    if asked.totals:
        return "rows"
    return "none_yet" if user.reach(Action.VIEW, ObjectType.STATEMENT) is None else "no_reach"
