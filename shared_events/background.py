"""What the worker does for shared events."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import Origin
from clients.jobs import Job, register
from lms_oauth import metrics
from lms_oauth.signals import user_purged
from shared_events import repeating
from shared_events.models import Peer
from shared_events.peers.due import sync_due
from shared_events.peers.forgetting import forget_removed_copies, forget_runs
from shared_events.peers.registering import forget_user
from shared_events.purging import purge_tombstones
from shared_events.registrations import recount
from shared_events.registrations.seating import forget, release_expired

_POLL = timedelta(seconds=10)  # each peer has its own interval, which is longer
_MINUTE = timedelta(minutes=1)
_TURN = timedelta(seconds=60)  # then other jobs come first; what is left is taken up where it was


def connect() -> None:
    user_purged.connect(_forget, dispatch_uid="shared_events.registrations")
    register(Job("sync_shared_events", _("Synchronize events from peers"), _POLL, synchronize))
    register(
        Job("purge_shared_events", _("Forget deletions of events that every reader knows"), timedelta(days=1), purge)
    )
    register(Job("release_held_seats", _("Free seats that other LMSes held too long"), _MINUTE, release_held))
    register(Job("recount_seats", _("Compare seats of events with registrations"), timedelta(days=1), recount.run))
    about = "Since a peer was last read up to its end; peers are numbered as in the address of their page."
    metrics.register(metrics.Gauge("lms_peer_lag_seconds", about, "peer", _lag))


def _forget(user_ids: Sequence[int], **_sent: Any) -> None:
    by = Origin.command("purge of users")
    forget(user_ids, by=by)
    for user in user_ids:
        forget_user(user, by=by)


def synchronize() -> str:
    ends = timezone.now() + _TURN
    runs = [run for _peer, run in sync_due(stopped=lambda: timezone.now() >= ends) if run is not None]
    return ", ".join(f"peer {run.peer_id} {run.outcome}" for run in runs)


def purge() -> str:
    now = timezone.now()
    count = purge_tombstones(now)
    forget_removed_copies(now)
    forget_runs(now)
    repeating.forget(now)
    return f"Deletions forgotten: {count}" if count else ""


def release_held() -> str:
    count = release_expired(timezone.now(), by=Origin.command("worker"))
    return f"Events with seats freed: {count}" if count else ""


def _lag() -> dict[str, float]:
    now = timezone.now()
    read = Peer.objects.filter(enabled=True, last_success_at__isnull=False).values_list("pk", "last_success_at")
    return {str(pk): (now - at).total_seconds() for pk, at in read if at}
