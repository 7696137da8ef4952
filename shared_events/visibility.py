"""Which events leave this LMS. The one place that says it, for the feed and for single events."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from shared_events.models import Event, Stage


class Hidden(StrEnum):
    """Why not: the reason of a ``remove``."""

    DELETED = "deleted"
    ARCHIVED = "archived"
    UNSHARED = "unshared"
    EXPIRED = "expired"


def hidden(
    shared: bool | None, stage: str | None, ends_at: datetime | None, *, labelled: bool, kept_since: datetime
) -> Hidden | None:
    """None for an event that the client may see; three None for one that is no more. ``labelled``: by share labels."""
    if ends_at is None:
        return Hidden.DELETED
    if stage == Stage.ARCHIVED:
        return Hidden.ARCHIVED
    if not shared or not labelled or stage != Stage.PUBLISHED:
        return Hidden.UNSHARED
    return Hidden.EXPIRED if ends_at <= kept_since else None


def bears_one(labels: frozenset[int] | None, event: str) -> Exists | Value:
    """Whether the event named by the column ``event`` bears one of ``labels``; None asks for no label."""
    if labels is None:
        return Value(True)
    return Exists(Event.share_labels.through.objects.filter(event=OuterRef(event), sharelabel__in=labels))


def visible(labels: frozenset[int] | None, kept_since: datetime) -> "QuerySet[Any]":
    """The events that a client of these labels may see now: those for which ``hidden`` is None."""
    rows = Event.objects.filter(shared=True, stage=Stage.PUBLISHED, ends_at__gt=kept_since)
    return rows if labels is None else rows.filter(bears_one(labels, "pk"))
