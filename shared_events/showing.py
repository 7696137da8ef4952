"""Whether a client may see one event at this moment."""

import uuid

from lms_oauth.errors import NotFound
from shared_events.models import ClientSharing, Event, EventDoc, Exposure, Instance, Kind
from shared_events.problems import Gone
from shared_events.visibility import Hidden, hidden


def shown_event(sharing: ClientSharing, origin: str, uid: uuid.UUID) -> Event:
    """With its document. NotFound for what is not shared with the client, Gone for a deleted event that it knew."""
    instance = Instance.current()
    doc = EventDoc.objects.select_related("event").filter(pk=uid).first() if origin == instance.origin else None
    if doc is None:
        raise _not_found()
    event = doc.event
    if event is None:
        reason: Hidden | None = Hidden.DELETED
    else:
        since = instance.kept_since(instance.read_at)
        labelled = _labelled(sharing, event)
        reason = hidden(event.shared, event.stage, event.ends_at, labelled=labelled, kept_since=since)
    if reason is Hidden.DELETED and Exposure.objects.filter(client=sharing.pk, kind=Kind.EVENT, ref=uid).exists():
        raise Gone("This event was deleted.")
    if reason is not None or event is None:
        raise _not_found()
    event.document = doc
    return event


def _not_found() -> NotFound:
    return NotFound("There is no such event for this client.")


def _labelled(sharing: ClientSharing, event: Event) -> bool:
    labels = sharing.served_labels()
    return labels is None or event.share_labels.filter(pk__in=labels).exists()
