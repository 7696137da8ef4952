"""Events as tests need them, made by the product's own actions."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clients.models import Client
from shared_events.actions import create_event
from shared_events.models import ClientSharing, Event, EventDoc, MirrorEvent, Quarantine, ShareLabel, SyncRun
from shared_events.peers.actions import add_peer
from tests.builders import BY


def soon() -> datetime:
    """A local start that is visible for a year to come."""
    return (timezone.now() + timedelta(days=30)).replace(tzinfo=None, hour=9, minute=0, second=0, microsecond=0)


def values(**changes: Any) -> dict[str, Any]:
    return {
        "title": "First aid",
        "start": soon(),
        "time_zone": "Europe/Helsinki",
        "duration_seconds": 12_600,
        "location_name": "Room 5",
        "shared": True,
        **changes,
    }


def make_event(**changes: Any) -> Event:
    return create_event(values=values(**changes), by=BY)


def make_share_labels() -> tuple[ShareLabel, ShareLabel]:
    """Safety, and Fire below it."""
    safety = ShareLabel.objects.create(name="Safety")
    return safety, ShareLabel.objects.create(name="Fire", parent=safety)


def limit_to(client: Client, *labels: ShareLabel) -> ClientSharing:
    """Give the client only what bears one of ``labels``."""
    sharing = ClientSharing.objects.update_or_create(client=client, defaults={"all_events": False})[0]
    sharing.share_labels.set(labels)
    return sharing


def row(**changes: Any) -> Event:
    """A row as somebody would write it around the actions."""
    event = Event(**values(**changes))
    event.place_in_time()
    return event


def make_mirror(event: Event, name: str = "Nordic Academy") -> MirrorEvent:
    """A copy of ``event``, as if the peer it came from were another LMS; the peer has a history and a quarantine."""
    host = name.lower().replace(" ", "-")
    values = {"name": name, "base_url": f"https://{host}.example", "client_id": "a1"}
    peer = add_peer(values=values, secret="none", by=BY)
    now = timezone.now()
    SyncRun.objects.create(peer=peer, full=True, started_at=now, finished_at=now, pages=1, applied=1, outcome="ok")
    times = {"first_seen_at": now, "last_seen_at": now}
    Quarantine.objects.create(peer=peer, ref=str(event.uid), document="{}", problem="timeZone is not known", **times)
    doc = EventDoc.objects.get(event=event)
    same = {name: getattr(event, name) for name in ("uid", "title", "kind", "time_zone", "starts_at", "ends_at")}
    return MirrorEvent.objects.create(
        peer=peer, epoch="e", rev=1, hash=doc.hash, document=doc.fragment, status="confirmed", updated=now, **same
    )
