"""How the copies of other LMSes' events stand, for commands and pages."""

from datetime import datetime
from typing import Any

from shared_events.calendar import utc_text
from shared_events.models import Booking, Intent, Peer
from shared_events.peers.passes import held_back


def of_peer(peer: Peer, at: datetime) -> dict[str, Any]:
    """``lag_seconds``: how old the state is that the copy is known to have; None before the first success."""
    lag = None if peer.complete_through is None else max(0, round((at - peer.complete_through).total_seconds()))
    return {
        "peer": peer.name,
        "state": str(peer.state) if peer.enabled else "paused",
        "problem": peer.problem,
        "last_success": _text(peer.last_success_at),
        "lag_seconds": lag,
        "mirrored": peer.events.filter(removed_at=None).count(),
        "waiting_for_confirmation": held_back(peer).count(),
        "registrations_to_settle": Booking.objects.filter(mirror__peer=peer).exclude(intent=Intent.NONE).count(),
        "quarantined": peer.quarantine.count(),
        "clock_skew_seconds": peer.skew_seconds,
        "failures": peer.failures,
        "next_try": _text(peer.next_try_at),
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)
