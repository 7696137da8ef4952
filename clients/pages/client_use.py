"""When the clients of one page were used last, and how much in the last days: two queries, however many clients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ClientUsage, Credential
from clients.pages.chart import grouped

DAYS = 14
WIDTH, HEIGHT = 120, 28
_EDGE = 2
_OUTCOME = ClientUsage.Outcome
# A request that was let in and then refused or failed is counted twice; at the token endpoint it is not.
_ONCE = ~Q(outcome__in=[_OUTCOME.FORBIDDEN, _OUTCOME.FAILED]) | Q(service="oauth")


@dataclass(frozen=True, slots=True)
class Use:
    """``days``: requests a day, today last; empty where there were none."""

    last_used_at: datetime | None = None
    days: tuple[int, ...] = ()

    width, height = WIDTH, HEIGHT

    @property
    def points(self) -> str:
        """Of the line, in a box of WIDTH and HEIGHT."""
        step, top = (WIDTH - 2 * _EDGE) / (DAYS - 1), max(self.days)
        rise = (HEIGHT - 2 * _EDGE) / top
        return " ".join(
            f"{_EDGE + round(step * index)},{HEIGHT - _EDGE - round(rise * number)}"
            for index, number in enumerate(self.days)
        )

    @property
    def text(self) -> str:
        words = _("Requests of the last %(days)s days: %(total)s, at most %(most)s a day")
        return words % {"days": DAYS, "total": grouped(sum(self.days)), "most": grouped(max(self.days))}


def use_of(clients: Sequence[Client]) -> dict[int, Use]:
    """By primary key; whoever was never used is in it too."""
    keys = [client.pk for client in clients]
    used = Credential.objects.filter(client_id__in=keys).values("client_id").annotate(last=Max("last_used_at"))
    last = dict(used.values_list("client_id", "last"))
    days = _days(keys)
    return {key: Use(last.get(key), tuple(days.get(key, ()))) for key in keys}


def _days(keys: Sequence[int]) -> dict[int, list[int]]:
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    rows = ClientUsage.objects.filter(_ONCE, client_id__in=keys, started_at__gte=since)
    counted = rows.annotate(day=TruncDate("started_at")).values("client_id", "day").annotate(total=Sum("count"))
    days: dict[int, list[int]] = {}
    for key, day, total in counted.values_list("client_id", "day", "total"):
        days.setdefault(key, [0] * DAYS)[_place(day, first)] += total
    return days


def _place(day: date, first: date) -> int:
    return min((day - first).days, DAYS - 1)
