"""Statements to another LRS, in their order. What was sent twice is one Statement there: it has its id.

A turn takes a lease; each batch that is through moves the position, in one transaction with the list of what was
refused and only while the lease is ours. So a turn may be killed anywhere and two never deliver side by side for long.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lms_oauth.sealing import Unsealable
from lrs.attachments import of_statements
from lrs.clock import clock
from lrs.forwarding.remote import Answer, Remote, Unreachable
from lrs.forwarding.secrets import sealer
from lrs.models import Flag, ForwardRefusal, ForwardTarget
from lrs.query import Row, exact, find, whole_range
from lrs.ranges import Range
from lrs.statement import keys
from lrs.statement.equality import digest
from lrs.statement.identifiers import read
from lrs.statement.parameters import ListQuery, Wanted
from lrs.statement.types import Version

BATCH = 50
_LASTS = timedelta(minutes=10)  # longer than a batch with all its halves takes
_LONGEST_PAUSE = 3600
_REFUSED = {400, 404, 409, 413, 422}  # for what was sent; everything else may pass
_STORED = {200, 204}


class Stopped(Exception):
    """Nothing more can be delivered now; the text says why."""

    def __init__(self, reason: str, pause: int = 0) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass
class Outcome:
    delivered: int = 0
    refused: list[tuple[Row, str]] = field(default_factory=list)


def turn(target: ForwardTarget, *, batches: int | None = None) -> Iterator[Outcome]:
    """What each batch came to. Stopped where it could not go on, or another runner is at work."""
    fence = _lease(target)
    try:
        remote = Remote(target.endpoint, target.username, sealer.unseal(target.password))
        query, owner = _query(target), target.client_id
        while rows := _next(target, query, owner):
            outcome = Outcome()
            for _version, group in groupby(rows, key=_version_of):
                _deliver(remote, list(group), outcome)
            _advance(target, fence, rows[-1].seq, outcome)
            yield outcome
            if batches is not None and (batches := batches - 1) == 0:
                break
    except Stopped as stop:
        _fail(target, fence, stop)
        raise
    except Unsealable:
        unopened = Stopped("The password cannot be opened: SECRET_KEY has changed. Remove the target and add it again.")
        _fail(target, fence, unopened)
        raise unopened from None
    finally:
        _held(target, fence).update(leased_until=None)


def due() -> list[ForwardTarget]:
    return list(ForwardTarget.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=timezone.now())))


def _lease(target: ForwardTarget) -> int:
    now = timezone.now()
    free = ForwardTarget.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), pk=target.pk)
    with transaction.atomic():
        if not free.update(leased_until=now + _LASTS, fence=F("fence") + 1):
            raise Stopped("Another process forwards to this target at the moment.")
        target.refresh_from_db()
    return target.fence


def _held(target: ForwardTarget, fence: int) -> QuerySet[ForwardTarget]:
    return ForwardTarget.objects.filter(pk=target.pk, fence=fence)


def _query(target: ForwardTarget) -> ListQuery:
    wanted = [
        *([keys.of_verb(target.verb)] if target.verb else []),
        *([keys.of_activity(target.activity)] if target.activity else []),
        *([read(target.agent).key] if target.agent else []),
    ]
    return ListQuery(wanted=tuple(map(Wanted, wanted)), ascending=True)


def _next(target: ForwardTarget, query: ListQuery, owner: int | None) -> list[Row]:
    """Voided ones too: the Statement that voids one comes after it, and the other LRS then has both."""
    whole: Range = whole_range(query, clock().horizon())
    return find(query, whole.beyond(target.position), owner, count=BATCH, voided=True)


def _version_of(row: Row) -> Version:
    return Version.V2 if row.flags & Flag.OF_VERSION_2 else Version.V1


def _deliver(remote: Remote, rows: Sequence[Row], outcome: Outcome) -> None:
    """All at once; where that is refused, each half by itself, down to the one that is to blame."""
    answer = _sent(remote, rows)
    if answer.status in _STORED:
        outcome.delivered += len(rows)
    elif len(rows) > 1:
        middle = len(rows) // 2
        _deliver(remote, rows[:middle], outcome)
        _deliver(remote, rows[middle:], outcome)
    elif answer.status == 409 and _is_there(remote, rows[0]):  # noqa: PLR2004 - Conflict
        outcome.delivered += 1
    else:
        outcome.refused.append((rows[0], answer.reason))


def _sent(remote: Remote, rows: Sequence[Row]) -> Answer:
    pieces = of_statements(row.seq for row in rows if row.flags & Flag.HAS_DATA)
    try:
        answer = remote.post([exact(row) for row in rows], pieces, _version_of(rows[0]))
    except Unreachable as error:
        raise Stopped(f"No answer: {error}") from error
    if answer.status in {401, 403}:
        raise Stopped(f"The credential is refused: {answer.reason}")
    if answer.status not in _STORED | _REFUSED:
        pause = int(answer.retry_after) if answer.retry_after.isdecimal() else 0
        raise Stopped(f"The other LRS fails: {answer.reason}", min(pause, _LONGEST_PAUSE))
    return answer


def _is_there(remote: Remote, row: Row) -> bool:
    """409 as some answer for the very same Statement too."""
    sent = json.loads(exact(row))
    try:
        found = remote.stored(sent["id"], _version_of(row))
        return found is not None and digest(found) == digest(sent)
    except Unreachable as error:
        raise Stopped(f"No answer: {error}") from error
    except (KeyError, TypeError, AttributeError):  # whatever it is, it is no Statement
        return False


@transaction.atomic
def _advance(target: ForwardTarget, fence: int, position: int, outcome: Outcome) -> None:
    through = {"position": position, "problem": "", "failures": 0, "next_try_at": None}
    lease = timezone.now() + _LASTS
    moved = _held(target, fence).update(leased_until=lease, delivered=F("delivered") + outcome.delivered, **through)
    if not moved:
        raise Stopped("Another process has taken over.")
    target.position = position
    ForwardRefusal.objects.bulk_create(
        [
            ForwardRefusal(target=target, seq=row.seq, statement=json.loads(exact(row))["id"], reason=reason)
            for row, reason in outcome.refused
        ]
    )


def _fail(target: ForwardTarget, fence: int, stop: Stopped) -> None:
    """The next try waits twice as long each time, but never at the same moment as everybody's."""
    failures = target.failures + 1
    seconds = min(5 * 2 ** min(failures, 20), _LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311 - jitter
    at = timezone.now() + timedelta(seconds=max(seconds, stop.pause))
    _held(target, fence).update(problem=str(stop), failures=failures, next_try_at=at)
