"""What is kept of peers for a while only."""

from datetime import datetime, timedelta

from shared_events.models import MirrorEvent, SyncRun

_KEPT = timedelta(days=30)


def forget_runs(at: datetime) -> int:
    """Of a peer that is asked once a minute there are thousands a day."""
    return SyncRun.objects.filter(started_at__lte=at - _KEPT).delete()[0]


def forget_removed_copies(at: datetime) -> int:
    """Until then an event that comes back is the row it was."""
    return MirrorEvent.objects.filter(removed_at__lte=at - _KEPT).delete()[0]
