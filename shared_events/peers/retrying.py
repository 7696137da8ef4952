"""A person asks for one event that could not be taken, without reading the whole feed again."""

import uuid

from django.db.models import F
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from shared_events.models import Peer, Quarantine
from shared_events.peers.applying import store_single
from shared_events.peers.hosts import host_of
from shared_events.peers.incoming import BadItem, read_single
from shared_events.peers.lease import Lease, LeaseLost, take_lease


class NotRetried(Exception):
    """Why the event still cannot be taken. One of failing.FAILURES and Stop may come instead."""


def retriable(item: Quarantine) -> bool:
    """An item without a uid is met in a full pass only."""
    try:
        return bool(uuid.UUID(item.ref))
    except ValueError:
        return False


def retry(item: Quarantine, *, by: Origin) -> None:
    """The event as the host tells it now; the case is closed by that."""
    lease = take_lease(item.peer_id, timezone.now())
    if lease is None:
        raise NotRetried("A synchronization is under way. Try again when it ended.")
    try:
        _fetch(lease, item)
    except LeaseLost:
        raise NotRetried("A synchronization took over. Try again when it ended.") from None
    except BadItem as error:
        Quarantine.objects.filter(pk=item.pk).update(
            problem=str(error), tries=F("tries") + 1, last_seen_at=timezone.now()
        )
        raise NotRetried(f"It still cannot be taken: {error}.") from None
    finally:
        lease.release()
    audit.record("quarantine_retried", item.peer, by=by, event=item.ref, problem=item.problem)


def _fetch(lease: Lease, item: Quarantine) -> None:
    peer = Peer.objects.get(pk=item.peer_id)
    host = host_of(peer)
    host.discover()
    epoch, event = read_single(host.event(peer.origin, item.ref), origin=peer.origin)
    store_single(lease, epoch, event, timezone.now())
