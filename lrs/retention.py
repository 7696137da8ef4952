"""Statements whose time is over, in batches, so that no writer waits long. Killed and repeated it ends at the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import audit
from clients.audit import Origin
from clients.jobs import Job, register
from clients.models import Client
from lrs.clock import MICROSECONDS
from lrs.models import Statement
from lrs.removal import remove
from lrs.retried import retried
from lrs.statement.times import written

BATCH = 1000
_MONTH = timedelta(days=30)
_MOST_BATCHES = 50  # of one turn of the worker


def connect() -> None:
    register(Job("purge_statements", _("Delete statements whose time is over"), timedelta(hours=1), purge_by_setting))


def purge_by_setting() -> str:
    """One turn of the worker. Whole days, so that one entry a client and day tells of it."""
    if not settings.LRS_RETENTION_MONTHS:
        return ""
    now = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    before = number_of(now - settings.LRS_RETENTION_MONTHS * _MONTH)
    left, total = _MOST_BATCHES * BATCH, 0
    for client, _count in counts(before):
        for done in purge(client, before, by=Origin.command("worker"), most=left - total):
            total += done
        if total == left:
            break
    return f"Deleted {total} statements." if total else ""


def number_of(at: datetime) -> int:
    """What ``stored`` is kept as."""
    return int(at.timestamp()) * MICROSECONDS


def counts(before: int, client: Client | None = None) -> Iterator[tuple[Client, int]]:
    """Each client that has stored Statements before then, and how many. Deleted clients as well."""
    for one in [client] if client else Client.objects.order_by("pk"):
        if count := Statement.objects.filter(client=one, seq__lt=before).count():
            yield one, count


def purge(client: Client, before: int, *, by: Origin, most: int | None = None) -> Iterator[int]:
    """How many each batch has deleted. The entry of the audit log stands before the first is gone."""
    count = Statement.objects.filter(client=client, seq__lt=before).count()
    left = count if most is None else min(count, most)
    entry: dict[str, Any] | None = {"before": written(before), "statements": left} if left else None
    while left and (done := retried(lambda: _purge_some(client, before, min(left, BATCH), by, entry))):  # noqa: B023
        entry = None
        left -= done
        yield done


@transaction.atomic
def _purge_some(client: Client, before: int, count: int, by: Origin, entry: dict[str, Any] | None) -> int:
    if entry:
        audit.record("statements_purged", client, by=by, **entry)
    old = list(Statement.objects.filter(client=client, seq__lt=before).order_by("seq")[:count])
    remove(old)
    return len(old)
