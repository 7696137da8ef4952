"""What clients did, counted in memory and written after the answer: no API request waits for it.

Each process writes at most once a minute, and at exit; a crash loses a minute of counts and never a request.
"""

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.core.signals import request_finished
from django.db import Error, connection
from django.db.models import Q, Sum
from django.utils import timezone

from clients import trial
from clients.lookup import LAST_USED_RESOLUTION_SECONDS, Holder
from clients.models import Client, ClientUsage, Credential

log = logging.getLogger("clients.usage")

FLUSH_SECONDS = 60
MAX_ROWS = 5_000  # a statement; SQLite takes 32,766 parameters
type_of_key = tuple[int, datetime, str, str]

_lock = threading.Lock()
_counts: Counter[type_of_key] = Counter()
_used: dict[int, tuple[datetime, str]] = {}
_flushed_at = time.monotonic()
_failed = False


def note(holder: Holder, service: str, outcome: ClientUsage.Outcome, *, now: datetime, address: str) -> None:
    """Count one request of ``holder``'s client, and remember when its credential was last used."""
    if trial.is_running():
        return
    at = now.replace(second=0, microsecond=0)
    if outcome != ClientUsage.Outcome.ISSUED:
        at = at.replace(minute=0)
    with _lock:
        _counts[holder.client_pk, at, service, outcome.value] += 1
        if outcome != ClientUsage.Outcome.UNAUTHENTICATED and _is_stale(holder, now):
            _used[holder.credential_pk] = (now, address)


def _is_stale(holder: Holder, now: datetime) -> bool:
    stored = holder.last_used_at
    if stored is None:
        return True
    if timezone.is_naive(stored):  # SQLite's are, in UTC
        stored = timezone.make_aware(stored, UTC)
    return now - stored > timedelta(seconds=LAST_USED_RESOLUTION_SECONDS)


def _after_response(**_kwargs: object) -> None:
    if _used or time.monotonic() - _flushed_at > FLUSH_SECONDS:
        flush(counts=time.monotonic() - _flushed_at > FLUSH_SECONDS)


def flush(*, counts: bool = True) -> None:
    """Write what was noted. A failure is logged and never reaches a caller."""
    global _failed, _flushed_at  # noqa: PLW0603 - the clock of this process, and how its last write ended
    with _lock:
        used = dict(_used)
        _used.clear()
        rows = sorted(_counts.items()) if counts else []  # one order for all processes: no deadlock
        if counts:
            _counts.clear()
            _flushed_at = time.monotonic()
    try:
        _write_last_used(used)
        for start in range(0, len(rows), MAX_ROWS):
            _write_counts(rows[start : start + MAX_ROWS])
    except Error:
        _failed = True
        log.exception("usage was not written")
    else:
        _failed = False if rows or used else _failed


def last_write_failed() -> bool:
    return _failed


def _write_last_used(used: dict[int, tuple[datetime, str]]) -> None:
    for pk, (at, address) in used.items():
        before = at - timedelta(seconds=LAST_USED_RESOLUTION_SECONDS)
        Credential.objects.filter(Q(last_used_at__isnull=True) | Q(last_used_at__lt=before), pk=pk).update(
            last_used_at=at, last_used_from=address or None
        )


def _write_counts(rows: Sequence[tuple[type_of_key, int]]) -> None:
    table = connection.ops.quote_name(ClientUsage._meta.db_table)  # noqa: SLF001
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
    values = [
        value
        for (client, at, service, outcome), count in rows
        for value in (client, connection.ops.adapt_datetimefield_value(at), service, outcome, count)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (client_id, started_at, service, outcome, count) VALUES {places} "  # noqa: S608
            "ON CONFLICT (client_id, started_at, service, outcome) "
            f"DO UPDATE SET count = {table}.count + excluded.count",
            values,
        )


def active_tokens(client: Client, *, lifetime_seconds: int) -> int:
    """How many access tokens issued with the live secret have not expired, to the minute."""
    secret = Credential.objects.newest(client, Credential.Kind.SECRET)
    if secret is None:
        return 0
    flush()
    since = max(secret.created_at, timezone.now() - timedelta(seconds=lifetime_seconds))
    minute = since.replace(second=0, microsecond=0)
    issued = ClientUsage.objects.filter(client=client, outcome=ClientUsage.Outcome.ISSUED, started_at__gte=minute)
    return issued.aggregate(total=Sum("count"))["total"] or 0


def connect() -> None:
    """Called once, when the app is ready."""
    request_finished.connect(_after_response, dispatch_uid="clients.usage")
    atexit.register(flush)
