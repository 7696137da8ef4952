"""Whose turn it is: every enabled peer at its own interval, and nobody while shared events are off."""

from collections.abc import Callable, Iterator

from django.utils import timezone

from clients.models import LmsSettings
from shared_events.models import Peer, SyncRun
from shared_events.peers.engine import sync_peer


def sync_due(*, stopped: Callable[[], bool], only: str | None = None) -> Iterator[tuple[Peer, SyncRun | None]]:
    """Synchronize each peer that is due; the run is None where another process has the peer."""
    if not LmsSettings.objects.filter(pk=1, shared_events_enabled=True).exists():
        return
    peers = Peer.objects.filter(enabled=True) if only is None else Peer.objects.filter(name=only)
    for peer in peers:
        if peer.due(timezone.now()) and not stopped():
            yield peer, sync_peer(peer.pk, stopped=stopped)
