"""What may be forgotten, as no decision needs it: revoked tokens and sessions that have expired anyway, old usage."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.jobs import Job, register
from clients.models import AdministratorSession, ClientUsage, RevokedToken

USAGE_DAYS = 400
BATCH = 5_000


def connect() -> None:
    register(Job("clean_tokens", _("Delete expired tokens and old usage"), timedelta(days=1), clean))


def clean() -> str:
    now = timezone.now()
    expired, old, ended = delete_expired_tokens(now), delete_old_usage(now), delete_ended_sessions(now)
    return f"Deleted {expired} expired tokens, {old} rows of usage and {ended} sessions."


def delete_expired_tokens(now: datetime) -> int:
    """How many rows of revoked tokens were deleted."""
    return sum(_in_batches(RevokedToken.objects.filter(expires__lte=int(now.timestamp()))))


def delete_old_usage(now: datetime) -> int:
    return sum(_in_batches(ClientUsage.objects.filter(started_at__lt=now - timedelta(days=USAGE_DAYS))))


def delete_ended_sessions(now: datetime) -> int:
    return sum(_in_batches(AdministratorSession.objects.filter(expire_date__lte=now)))


def _in_batches(rows: QuerySet[Any]) -> Iterator[int]:
    """Delete BATCH rows a statement, so that no writer waits long; yields how many each deleted.

    By a range of keys: a database may ask a subquery again for every row.
    """
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield rows.filter(pk__lte=keys[-1]).delete()[0]
