"""Statements whose time is over, in batches, so that no writer waits long. Killed and repeated it ends at the same."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import audit
from clients.audit import Origin
from clients.jobs import Job, register
from clients.models import Client
from lrs import partitions
from lrs.clock import MICROSECONDS
from lrs.models import Statement
from lrs.removal import remove
from lrs.retried import retried
from lrs.rows import table
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
    total = sum(purge_all(before, by=Origin.command("worker"), most=_MOST_BATCHES * BATCH))
    return f"Deleted {total} statements." if total else ""


def number_of(at: datetime) -> int:
    """What ``stored`` is kept as."""
    return int(at.timestamp()) * MICROSECONDS


def counts(before: int, client: Client | None = None) -> Iterator[tuple[Client, int]]:
    """Each client that has stored Statements before then, and how many. Deleted clients as well."""
    for one in [client] if client else Client.objects.order_by("pk"):
        if count := Statement.objects.filter(client=one, seq__lt=before).count():
            yield one, count


def purge_all(before: int, *, by: Origin, most: int | None = None) -> Iterator[int]:
    """Of all clients: whole partitions with their tables, then what is left. How many each batch has deleted."""
    left = sys.maxsize if most is None else most
    for partition in partitions.ended(before):
        for done in _purge_below(partition.high, by, left):
            left -= done
            yield done
        if not left:
            return
        partitions.drop(partition)
    for client, _count in counts(before):
        for done in purge(client, before, by=by, most=left):
            left -= done
            yield done
        if not left:
            return


def purge(client: Client, before: int, *, by: Origin, most: int | None = None) -> Iterator[int]:
    """How many each batch has deleted. The entries of the audit log stand before the first is gone."""
    old = Statement.objects.filter(client=client, seq__lt=before)
    count = old.count()
    yield from _purge(old, {client: count if most is None else min(count, most)}, before, by)


def _purge_below(high: int, by: Origin, most: int) -> Iterator[int]:
    """The whole of a partition but for the relations, which go with it."""
    sql = (
        f"SELECT client_id, count(*) FROM (SELECT client_id FROM {table(Statement)} "  # noqa: S608
        "WHERE seq < %s ORDER BY seq LIMIT %s) s GROUP BY client_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [high, most])
        counted = dict(cursor.fetchall())
    planned = {client: counted[client.pk] for client in Client.objects.filter(pk__in=counted).order_by("pk")}
    yield from _purge(Statement.objects.filter(seq__lt=high), planned, high, by, oldest=True)


def _purge(
    old: QuerySet[Statement], planned: Mapping[Client, int], before: int, by: Origin, *, oldest: bool = False
) -> Iterator[int]:
    left, entries = sum(planned.values()), dict(planned)
    while left and (done := retried(lambda: _purge_some(old, min(left, BATCH), entries, before, by, oldest))):  # noqa: B023
        entries = {}
        left -= done
        yield done


@transaction.atomic
def _purge_some(
    old: QuerySet[Statement], count: int, entries: Mapping[Client, int], before: int, by: Origin, oldest: bool
) -> int:
    for client, planned in entries.items():
        audit.record("statements_purged", client, by=by, before=written(before), statements=planned)
    gone = list(old.order_by("seq")[:count])
    remove(gone, oldest=oldest)
    return len(gone)
