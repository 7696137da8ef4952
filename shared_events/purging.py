"""Forgets deletions that nobody has to be told any more, and moves the floor of the feed up to the last of them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef

from shared_events.models import ClientSharing, EventDoc, Exposure, FeedBatch, FeedEntry, FeedMark, Instance, Kind

_AT_LEAST = timedelta(days=7)  # also where every reader has told that it applied them


@transaction.atomic
def purge_tombstones(at: datetime) -> int:
    """How many went. A reader whose cursor is older gets cursor-expired, and reads from the start."""
    instance = Instance.objects.select_for_update().get(pk=Instance.current().pk)
    untold = FeedMark.objects.filter(kind=OuterRef("kind"), ref=OuterRef("document"))  # stands where the event stood
    entries = FeedEntry.objects.filter(~Exists(untold), document__event=None, seq__lte=_droppable(instance, at))
    floor = entries.aggregate(last=Max("seq"))["last"]
    if floor is None:
        return 0
    uids = list(entries.values_list("document_id", flat=True))
    FeedEntry.objects.filter(document__in=uids).delete()
    Exposure.objects.filter(kind=Kind.EVENT, ref__in=uids).delete()
    EventDoc.objects.filter(pk__in=uids).delete()
    FeedBatch.objects.filter(seq_end__lt=floor).delete()
    Instance.objects.filter(pk=1).update(floor=max(floor, instance.floor))
    return len(uids)


def _droppable(instance: Instance, at: datetime) -> int:
    """The last position whose deletions may go: old enough, or a week old and applied by every active reader."""
    old = _head_at(at - timedelta(days=instance.tombstone_days))
    return max(old, min(_head_at(at - _AT_LEAST), _applied_by_all()))


def _head_at(at: datetime) -> int:
    return FeedBatch.objects.filter(at__lte=at).aggregate(head=Max("seq_end"))["head"] or 0


def _applied_by_all() -> int:
    readers = ClientSharing.objects.filter(client__active=True, client__shared_events=True)
    acked: int | None = readers.aggregate(least=Min("acked_seq"))["least"]
    return FeedBatch.head() if acked is None else acked
