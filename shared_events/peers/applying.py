"""One page into the mirror. Rows and cursor commit together, so a kill anywhere costs at most one page read again."""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter

from django.db import transaction
from django.db.models import F

from shared_events.models import MirrorEvent, MirrorSeen, Peer, Quarantine
from shared_events.peers.bookings import follow, say_again
from shared_events.peers.deciding import Held, Verdict, decide
from shared_events.peers.incoming import Page, Refused, Remove, UnreadablePage, Upsert
from shared_events.peers.lease import Lease
from shared_events.peers.passes import end_full_pass

_CONTENT = tuple(column.name for column in fields(Upsert) if column.name != "uid")
_WRITTEN = (*_CONTENT, "epoch", "removed_at", "reason", "pending_removal", "updated")


class CursorMoved(Exception):
    """Somebody began a full pass while the page was on its way: it is dropped."""


@dataclass(slots=True)
class Applied:
    """What a page changed."""

    taken: int = 0
    removed: int = 0
    quarantined: int = 0
    diverged: list[uuid.UUID] = field(default_factory=list)


@transaction.atomic
def apply_page(lease: Lease, page: Page, *, sent: str, at: datetime) -> Applied:
    """LeaseLost, CursorMoved, or UnreadablePage where the history changed without the host saying so."""
    peer = lease.renewed(at)
    if peer.cursor != sent:
        raise CursorMoved
    if sent and page.epoch != peer.epoch:
        raise UnreadablePage("its epoch is another one than that of the cursor")
    if peer.epoch not in {"", page.epoch}:
        say_again(peer, at)
    peer.epoch = page.epoch
    applied = _apply_items(peer, page, at)
    _apply_seats(peer, page)
    follow(peer, page.registrations)
    peer.cursor = peer.last_cursor = page.following
    if not page.has_more:
        peer.complete_through = page.complete_through
        if peer.in_full_pass:
            applied.removed += end_full_pass(peer, at)
    peer.save()
    return applied


def _apply_items(peer: Peer, page: Page, at: datetime) -> Applied:
    readable = [item for item in page.items if not isinstance(item, Refused)]
    good = {item.uid: item for item in sorted(readable, key=attrgetter("rev"))}
    bad = [item for item in page.items if isinstance(item, Refused)]
    held = _held(peer, good)
    verdicts = {uid: decide(held.get(uid), item, epoch=page.epoch) for uid, item in good.items()}
    taken, removals, diverged = (
        [good[uid] for uid, verdict in verdicts.items() if verdict is wanted]
        for wanted in (Verdict.TAKE, Verdict.REMOVE, Verdict.DIVERGED)
    )
    _take(peer, page.epoch, [item for item in taken if isinstance(item, Upsert)], at)
    removed = _remove(peer, [item for item in removals if isinstance(item, Remove)], at)
    _quarantine(peer, bad, at)
    settled = [str(uid) for uid in good.keys() - {item.uid for item in diverged}]
    Quarantine.objects.filter(peer=peer, ref__in=settled).delete()
    if peer.in_full_pass:
        _saw(peer, [item.uid for item in good.values() if isinstance(item, Upsert)], bad)
    return Applied(len(taken), removed, len(bad), [item.uid for item in diverged])


def _apply_seats(peer: Peer, page: Page) -> None:
    for told in page.seats:
        MirrorEvent.objects.filter(peer=peer, uid=told.uid).update(availability=told.availability)


def _held(peer: Peer, uids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Held]:
    """A row that waits for its removal counts as removed: the same content takes it back."""
    rows = MirrorEvent.objects.filter(peer=peer, uid__in=list(uids))
    columns = rows.values_list("uid", "epoch", "rev", "hash", "removed_at", "pending_removal")
    return {uid: Held(epoch, rev, hash_, bool(gone or going)) for uid, epoch, rev, hash_, gone, going in columns}


def _take(peer: Peer, epoch: str, items: list[Upsert], at: datetime) -> None:
    rows = [
        MirrorEvent(
            peer=peer, uid=item.uid, epoch=epoch, updated=at, **{name: getattr(item, name) for name in _CONTENT}
        )
        for item in items
    ]
    MirrorEvent.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["peer", "uid"], update_fields=list(_WRITTEN)
    )


def _remove(peer: Peer, items: list[Remove], at: datetime) -> int:
    """In a full pass a removal waits for its end. Returns how many took effect."""
    for item in items:
        rows = MirrorEvent.objects.filter(peer=peer, uid=item.uid)
        if peer.in_full_pass:
            rows.update(pending_removal=True, reason=item.reason)
        else:
            rows.update(removed_at=at, pending_removal=False, reason=item.reason, rev=item.rev, updated=at)
    return 0 if peer.in_full_pass else len(items)


def _quarantine(peer: Peer, items: list[Refused], at: datetime) -> None:
    for item in items:
        values = {"document": item.document, "problem": item.problem, "last_seen_at": at}
        row, made = Quarantine.objects.get_or_create(peer=peer, ref=item.ref, defaults={**values, "first_seen_at": at})
        if not made:
            Quarantine.objects.filter(pk=row.pk).update(**values, tries=F("tries") + 1)


def _saw(peer: Peer, uids: list[uuid.UUID], bad: list[Refused]) -> None:
    """What cannot be read is there all the same: its row stays."""
    met = set(uids)
    for item in bad:
        with suppress(ValueError):
            met.add(uuid.UUID(item.ref))
    MirrorSeen.objects.bulk_create([MirrorSeen(peer=peer, uid=uid) for uid in met], ignore_conflicts=True)


@transaction.atomic
def store_single(lease: Lease, epoch: str, item: Upsert, at: datetime) -> None:
    """What the host says now of an event whose copy differed."""
    peer = lease.renewed(at)
    _take(peer, epoch, [item], at)
    Quarantine.objects.filter(peer=peer, ref=str(item.uid)).delete()
    peer.save(update_fields=["lease_until"])
