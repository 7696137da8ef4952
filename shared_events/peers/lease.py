"""One runner for each peer. The fence rises with each lease, so one that was paused meanwhile can commit nothing."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from shared_events.models import Peer

_LASTS = timedelta(seconds=60)


class LeaseLost(Exception):
    """Another runner has taken over."""


@dataclass(frozen=True, slots=True)
class Lease:
    peer_pk: int
    fence: int

    def renewed(self, at: datetime) -> Peer:
        """The peer's row, locked, inside a transaction; LeaseLost."""
        peer: Peer | None = Peer.objects.select_for_update().filter(pk=self.peer_pk, fence=self.fence).first()
        if peer is None:
            raise LeaseLost
        peer.lease_until = at + _LASTS
        return peer

    def release(self) -> None:
        held = Peer.objects.filter(pk=self.peer_pk, fence=self.fence)
        held.update(lease_until=None, lease_owner="", stop_requested=False)


@transaction.atomic
def take_lease(peer_pk: int, at: datetime) -> Lease | None:
    """None where another runner holds one."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    owner = secrets.token_hex(8)
    taken = Peer.objects.filter(free, pk=peer_pk).update(
        lease_owner=owner, lease_until=at + _LASTS, fence=F("fence") + 1
    )
    if not taken:
        return None
    return Lease(peer_pk, Peer.objects.values_list("fence", flat=True).get(pk=peer_pk))
