"""Full passes: reading the feed from its start, and what to do with rows that were not met on the way."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from shared_events.models import Booking, MirrorEvent, MirrorSeen, Peer, PeerState
from shared_events.models.booking import ENDED

# The brake: more than this many rows and more than this share of the mirror need a person's word.
BRAKE_ROWS, BRAKE_PERCENT = 50, 20


def begin_full_pass(peer: Peer) -> None:
    """The caller saves the peer."""
    peer.cursor = ""
    peer.in_full_pass = True
    peer.pass_number += 1
    MirrorSeen.objects.filter(peer=peer).delete()
    MirrorEvent.objects.filter(peer=peer, pending_removal=True).update(pending_removal=False)


def end_full_pass(peer: Peer, at: datetime) -> int:
    """Rows removed. Where the brake holds them back the peer needs confirmation. The caller saves the peer."""
    peer.in_full_pass = False
    live = MirrorEvent.objects.filter(peer=peer, removed_at=None)
    unseen = ~Exists(MirrorSeen.objects.filter(peer=peer, uid=OuterRef("uid")))
    leaving = live.filter(Q(pending_removal=True) | unseen)
    count = leaving.count()
    if (count > BRAKE_ROWS and count * 100 > live.count() * BRAKE_PERCENT) or leaving.filter(_booked()).exists():
        leaving.update(pending_removal=True)
        peer.state = PeerState.NEEDS_CONFIRMATION
        removed = 0
    else:
        removed = remove(leaving, at)
    MirrorSeen.objects.filter(peer=peer).delete()
    return removed


def _booked() -> Exists:
    """A learner of this LMS is registered: nobody loses that without a person's word."""
    return Exists(Booking.objects.filter(mirror=OuterRef("pk")).exclude(state__in=ENDED))


def held_back(peer: Peer) -> "QuerySet[MirrorEvent]":
    """What the brake keeps until a person confirms; nothing while a full pass is under way."""
    rows = MirrorEvent.objects.filter(peer=peer, removed_at=None, pending_removal=True)
    return rows.none() if peer.in_full_pass else rows


def remove(rows: "QuerySet[MirrorEvent]", at: datetime) -> int:
    return rows.update(removed_at=at, pending_removal=False, updated=at)
