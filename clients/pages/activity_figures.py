"""What the Activity tab says of a client, from counters, the audit log and its latest requests."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from django.db.models import DateTimeField, IntegerField, Max, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Trunc
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import AuditEntry, Client, ClientUsage, Credential, RecentRequest
from clients.pages.chart import Bar
from clients.pages.period import Part, Period
from clients.pages.text import Text

_OUTCOME = ClientUsage.Outcome
_BAD = {_OUTCOME.UNAUTHENTICATED, _OUTCOME.FORBIDDEN, _OUTCOME.LIMITED, _OUTCOME.FAILED}
_WITHIN_OK = {_OUTCOME.FORBIDDEN, _OUTCOME.FAILED}  # of a service: counted when they were let in, and then again

SERVICES: dict[str, Text] = {
    "oauth": _("Token endpoint"),
    "scim": _("SCIM"),
    "xapi": _("xAPI LRS"),
    "shared_events": _("Shared events"),
}
CREDENTIALS: dict[str, Text] = {
    "secret": _("Client secret"),
    "bearer": _("Bearer token"),
    "access_token": _("Access token"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    label: Text
    advice: Text


REASONS: dict[str, Reason] = {
    "wrong secret": Reason(
        _("Wrong secret"),
        _(
            "Put the current secret into the integration, or regenerate it where nobody has it. Whoever knows the "
            "Client ID can cause this: look at the addresses in the History tab."
        ),
    ),
    "malformed": Reason(
        _("Not a secret or a token"),
        _("Something else was sent, or only a part: copy the whole value into the integration again."),
    ),
    "inactive client": Reason(
        _("Client not active"), _("Switch Active on in the General tab, or stop the integration.")
    ),
    "old credential": Reason(
        _("Old secret or token"),
        _("It was regenerated since: put the newest value into the integration, wherever it runs."),
    ),
    "expired credential": Reason(
        _("Expired secret or token"), _("Regenerate it, and put the new value into the integration.")
    ),
    "expired or ended": Reason(
        _("Access token expired or ended"),
        _("Ordinary now and then: the integration asks for a new one. Often: it keeps access tokens too long."),
    ),
    "no right": Reason(
        _("No right"),
        _("The access is not switched on in the General tab, or the access token was asked for with another scope."),
    ),
    "rate limit": Reason(
        _("Too many requests"),
        _("The client sends more than the Limits tab allows: let it send more slowly, or raise the limit."),
    ),
    "scope": Reason(
        _("Scope not allowed"),
        _("A scope was asked for that is not switched on in the General tab: ask for fewer, or name none."),
    ),
}


@dataclass(frozen=True, slots=True)
class RefusedLogins:
    """Refused credentials of one reason at one service, within the period."""

    reason: Text
    advice: Text
    service: Text
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One of the last requests, in words."""

    row: RecentRequest
    service: Text
    credential: Text
    outcome: Text
    style: str
    reason: Text


def last_used(client: Client) -> Credential | None:
    """The credential that was used last, whatever became of it."""
    return Credential.objects.filter(client=client, last_used_at__isnull=False).order_by("-last_used_at").first()


def bars(client: Client, period: Period) -> list[Bar]:
    """Requests that succeeded, and those that were refused or failed."""
    parts = list(period.parts())
    starts = [part.start for part in parts]
    tallies = [[0, 0] for _part in parts]
    for bucket, service, outcome, count in _counted(client, period):
        tally = tallies[max(bisect_right(starts, bucket) - 1, 0)]
        tally[1] += count if outcome in _BAD else 0
        tally[0] += _succeeded(service, outcome, count)
    now = timezone.now()
    return [_bar(part, tally, now) for part, tally in zip(parts, tallies, strict=True)]


def _counted(client: Client, period: Period) -> Iterable[tuple[datetime, str, str, int]]:
    zone = UTC if period.unit == "hour" else timezone.get_current_timezone()
    within = ClientUsage.objects.filter(client=client, started_at__gte=period.start, started_at__lt=period.end)
    start = Trunc("started_at", period.unit, output_field=DateTimeField(), tzinfo=zone)
    grouped = within.annotate(bucket=start).values("bucket", "service", "outcome").annotate(total=Sum("count"))
    return grouped.values_list("bucket", "service", "outcome", "total")


def _succeeded(service: str, outcome: str, count: int) -> int:
    if outcome in {_OUTCOME.OK, _OUTCOME.ISSUED}:
        return count
    return -count if outcome in _WITHIN_OK and service != "oauth" else 0


def _bar(part: Part, tally: list[int], now: datetime) -> Bar:
    good, bad = tally
    return Bar(part.label, part.name, (max(good, 0), bad), running=part.runs_at(now))


def refused_logins(client: Client, period: Period) -> list[RefusedLogins]:
    rows = AuditEntry.objects.filter(
        object_type="client",
        object_id=client.client_id,
        action="credential_refused",
        at__gte=period.start,
        at__lt=period.end,
    )
    count = Cast(KT("facts__count"), IntegerField())
    grouped = rows.order_by().annotate(reason=KT("facts__reason"), service=KT("facts__service"))
    told = grouped.values("reason", "service").annotate(total=Sum(count), last=Max("at")).order_by("-total", "reason")
    return [_refused(**row) for row in told]


def _refused(*, reason: str, service: str, total: int, last: datetime) -> RefusedLogins:
    words = REASONS.get(reason, Reason(reason, ""))
    return RefusedLogins(words.label, words.advice, SERVICES.get(service, service), total, last)


def recent(client: Client) -> list[Request]:
    """Newest first."""
    rows: QuerySet[RecentRequest] = RecentRequest.objects.filter(client=client)[:50]
    return [_request(row) for row in rows]


def _request(row: RecentRequest) -> Request:
    outcome, style = _outcome(row.status)
    reason = REASONS[row.reason].label if row.reason in REASONS else row.reason
    credential = CREDENTIALS.get(row.credential, row.credential)
    return Request(row, SERVICES.get(row.service, row.service), credential, outcome, style, reason)


def _outcome(status: int) -> tuple[Text, str]:
    if status < HTTPStatus.BAD_REQUEST:
        return _("Succeeded"), "ok"
    if status == HTTPStatus.NOT_FOUND:
        return _("Not found"), "off"
    return (_("Failed"), "bad") if status >= HTTPStatus.INTERNAL_SERVER_ERROR else (_("Refused"), "warn")
