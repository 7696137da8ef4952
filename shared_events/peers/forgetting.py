"""What is kept of peers for a while only."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from shared_events.models import Booking, Intent, MirrorEvent, SyncRun
from shared_events.models.booking import ENDED

_KEPT = timedelta(days=30)


def forget_runs(at: datetime) -> int:
    """Of a peer that is asked once a minute there are thousands a day."""
    return SyncRun.objects.filter(started_at__lte=at - _KEPT).delete()[0]


def forget_removed_copies(at: datetime) -> int:
    """Until then an event that comes back is the row it was. Who is registered for one still sees it."""
    unsettled = Booking.objects.filter(mirror=OuterRef("pk")).exclude(state__in=ENDED, intent=Intent.NONE)
    return MirrorEvent.objects.filter(~Exists(unsettled), removed_at__lte=at - _KEPT).delete()[0]
