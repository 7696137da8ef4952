"""Gives marks their positions in the feed, after the transactions that left them have committed."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from shared_events.models import (
    Event,
    EventDoc,
    FeedBatch,
    FeedEntry,
    FeedMark,
    Instance,
    Kind,
    Registration,
    RegistrationEntry,
)
from shared_events.publishing import rebuild

log = logging.getLogger("shared_events")

MARKS_A_TURN = 5000
_LOCK = 0x73686172  # one sequencer at a time, whatever process it runs in
_EXPIRY_CHECK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Turn:
    through: datetime  # all that was committed before this has its position
    more: bool  # marks wait for another turn


def sequence() -> Turn:
    """One turn, or none where there is nothing to do or another process does it. Writes nothing on a quiet feed."""
    instance = Instance.current()
    if not _expiry_due(instance) and not FeedMark.objects.exists():
        return Turn(instance.read_at, more=False)
    with transaction.atomic():
        return _turn() if _alone() else Turn(instance.sequenced_through, more=True)


def _alone() -> bool:
    """A statement of its own, so that the next one sees all that the previous holder committed."""
    if connection.vendor != "postgresql":
        return True  # SQLite: BEGIN IMMEDIATE admits one writer
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _turn() -> Turn:
    instance = Instance.current()
    if _expiry_due(instance):
        _mark_expired(instance)
    marks = list(FeedMark.objects.order_by("pk")[:MARKS_A_TURN])
    waiting = _rebuild({mark.ref for mark in marks if mark.rebuild})
    taken = [mark for mark in marks if mark.ref not in waiting]
    FeedMark.objects.filter(pk__in=[mark.pk for mark in taken]).delete()
    _number(taken, instance.read_at)
    more = len(marks) == MARKS_A_TURN
    if more or waiting:
        return Turn(instance.sequenced_through, more)
    Instance.objects.filter(pk=1).update(sequenced_through=instance.read_at)
    return Turn(instance.read_at, more=False)


def _number(marks: Iterable[FeedMark], at: datetime) -> None:
    """One position for each document and registration. A mark without one was never readable.

    What is said of an event's seats or of a registration stands after the event, so that readers know the event by
    then; and an event that comes back into sight brings the state of its seats.
    """
    last = {(mark.kind, mark.ref): mark.pk for mark in marks}
    refs: dict[str, list[uuid.UUID]] = {kind: [] for kind in Kind}
    for kind, ref in sorted(last, key=last.__getitem__):
        refs[kind].append(ref)
    told = FeedEntry.objects.filter(kind=Kind.AVAILABILITY, document__in=refs[Kind.EVENT])
    seats = dict.fromkeys([*refs[Kind.AVAILABILITY], *told.order_by("seq").values_list("document", flat=True)])
    known = set(EventDoc.objects.filter(pk__in=[*refs[Kind.EVENT], *seats]).values_list("pk", flat=True))
    documents = [(Kind.EVENT, ref) for ref in refs[Kind.EVENT]] + [(Kind.AVAILABILITY, ref) for ref in seats]
    documents = [(kind, ref) for kind, ref in documents if ref in known]
    registrations = _registrations(refs[Kind.REGISTRATION])
    if not documents and not registrations:
        return
    head = FeedBatch.head()
    entries = [FeedEntry(seq=seq, kind=kind, document_id=ref) for seq, (kind, ref) in enumerate(documents, head + 1)]
    FeedEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["kind", "document"], update_fields=["seq"]
    )
    own = [
        RegistrationEntry(seq=seq, client_id=client, registration_id=pk)
        for seq, (pk, client) in enumerate(registrations, head + len(entries) + 1)
    ]
    RegistrationEntry.objects.bulk_create(
        own, update_conflicts=True, unique_fields=["registration"], update_fields=["seq"]
    )
    FeedBatch.objects.create(seq_end=head + len(entries) + len(own), at=at)


def _registrations(rids: list[uuid.UUID]) -> list[tuple[int, int]]:
    """Number and client of each, in the order of the marks. Clients may have used one name for two of them."""
    place = {rid: number for number, rid in enumerate(rids)}
    rows = Registration.objects.filter(rid__in=rids, client__isnull=False)
    found = sorted((place[row.rid], row.pk, row.client_id) for row in rows if row.rid and row.client_id)
    return [(pk, client) for _place, pk, client in found]


def _rebuild(uids: set[uuid.UUID]) -> set[uuid.UUID]:
    """New documents for events written around ``publish``; returns those that somebody is editing at this moment."""
    if not uids:
        return set()
    existing = set(Event.objects.filter(uid__in=uids).values_list("uid", flat=True))
    free = list(Event.objects.select_for_update(skip_locked=True).filter(uid__in=existing))
    for event in free:
        _rebuild_one(event)
    return existing - {event.uid for event in free}


def _rebuild_one(event: Event) -> None:
    """One bad row must not stop the feed: it keeps the document it had."""
    try:
        event.place_in_time()
        event.version += 1
        event.save(update_fields=["version", "starts_at", "ends_at"])
        rebuild(event)
    except (ValueError, KeyError, OverflowError):
        log.exception("event %s has no valid time", event.uid)


def _expiry_due(instance: Instance) -> bool:
    return instance.read_at - instance.expired_through >= _EXPIRY_CHECK


def _mark_expired(instance: Instance) -> None:
    """Nobody writes an event when it grows too old to be shared, so the feed is told here."""
    since, until = (instance.kept_since(at) for at in (instance.expired_through, instance.read_at))
    expired = Event.objects.filter(shared=True, ends_at__gt=since, ends_at__lte=until)
    FeedMark.objects.bulk_create(FeedMark(kind=Kind.EVENT, ref=uid) for uid in expired.values_list("uid", flat=True))
    Instance.objects.filter(pk=1).update(expired_through=instance.read_at)
