"""Changes of events. Each is one transaction with its mark in the feed and its audit entry."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import Truncator

from clients import audit
from clients.audit import Origin
from clients.models import PermissionLabel
from shared_events.models import Event, ShareLabel, Stage, Status
from shared_events.publishing import publish
from shared_events.registrations import seating
from shared_events.scheduling import span_parts

_LONGEST_FACT = 500

SETTABLE = (
    "title",
    "kind",
    "location_name",
    "start",
    "time_zone",
    "duration_seconds",
    "info",
    "status",
    "stage",
    "shared",
)


@transaction.atomic
def create_event(
    *,
    values: Mapping[str, Any],
    labels: Iterable[PermissionLabel] = (),
    share_labels: Iterable[ShareLabel] = (),
    by: Origin,
) -> Event:
    """A new event. ``values``: any of SETTABLE; title, start, time_zone and duration_seconds are required."""
    event = Event(**_settable(values), created_by=by.administrator, updated_by=by.administrator)
    publish(event)
    event.labels.set(labels)
    event.share_labels.set(share_labels)
    facts = {name: _plain(getattr(event, name)) for name in values}
    borne = {"labels": _paths(event.labels), "share_labels": _paths(event.share_labels)}
    audit.record("event_created", event, by=by, **facts, **borne)
    return event


@transaction.atomic
def update_event(
    event: Event,
    *,
    values: Mapping[str, Any],
    labels: Iterable[PermissionLabel] | None = None,
    share_labels: Iterable[ShareLabel] | None = None,
    by: Origin,
) -> bool:
    """Set any of SETTABLE and, unless None, the labels of either sort. False, without a write, when nothing differed.

    A cancelled event stays cancelled.
    """
    current = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    changes: dict[str, Any] = {}
    for name, value in _settable(values).items():
        if name == "status" and current.cancelled:
            continue  # an older form must not take a cancellation back
        if (old := getattr(current, name)) != value:
            changes[name] = [_plain(old), _plain(value)]
            setattr(current, name, value)
    changes |= _set("labels", current.labels, labels) | _set("share_labels", current.share_labels, share_labels)
    if changes:
        current.updated_by = by.administrator
        if "time_zone" in changes:
            span_parts(current)
        publish(current)
        if "stage" in changes:
            seating.follow(current, by=by)
        audit.record("event_updated", current, by=by, **changes)
    event.refresh_from_db()
    return bool(changes)


@transaction.atomic
def cancel_event(event: Event, *, by: Origin) -> bool:
    """Tell everybody that it does not take place, and end what people are registered for. False when it was already."""
    current = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if current.cancelled:
        return False
    old, current.status = current.status, Status.CANCELLED
    current.updated_by = by.administrator
    publish(current)
    ended = seating.follow(current, by=by)
    audit.record("event_cancelled", current, by=by, status=[old, str(current.status)], **ended)
    event.refresh_from_db()
    return True


def archive_event(event: Event, *, by: Origin) -> bool:
    """Take it out of everybody's sight; who is registered stays so. False when it was archived already."""
    return update_event(event, values={"stage": Stage.ARCHIVED}, by=by)


def _settable(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(SETTABLE):
        raise TypeError(f"not a setting of an event: {', '.join(sorted(unknown))}")
    return dict(values)


def _plain(value: Any) -> Any:
    """A value as the audit log keeps it; long texts are cut."""
    if isinstance(value, datetime):
        return value.isoformat()
    return Truncator(value).chars(_LONGEST_FACT) if isinstance(value, str) else value


def _set(name: str, borne: Any, wanted: Iterable[PermissionLabel | ShareLabel] | None) -> dict[str, Any]:
    """Set labels of one sort, unless None; what changed, as the audit log tells it."""
    if wanted is None:
        return {}
    before = _paths(borne)
    borne.set(wanted)
    after = _paths(borne)
    return {name: [before, after]} if after != before else {}


def _paths(labels: Any) -> list[str]:
    return sorted(label.path for label in labels.all())
