from shared_events.models.booking import Booking, BookingState, Intent
from shared_events.models.event import Event, EventKind, Stage, Status
from shared_events.models.feed import (
    EventDoc,
    Exposure,
    FeedBatch,
    FeedEntry,
    FeedMark,
    Kind,
    RegistrationEntry,
    etag,
)
from shared_events.models.idempotency import IdempotencyRecord
from shared_events.models.instance import Instance
from shared_events.models.mirror import MirrorEvent, MirrorSeen, Quarantine
from shared_events.models.peer import Peer, PeerState, SyncRun
from shared_events.models.seats import CancelledBy, Hold, Registration, Seats, State
from shared_events.models.session import EventSession
from shared_events.models.share_label import ShareLabel
from shared_events.models.sharing import ClientSharing

__all__ = [
    "Booking",
    "BookingState",
    "CancelledBy",
    "ClientSharing",
    "Event",
    "EventDoc",
    "EventKind",
    "EventSession",
    "Exposure",
    "FeedBatch",
    "FeedEntry",
    "FeedMark",
    "Hold",
    "IdempotencyRecord",
    "Instance",
    "Intent",
    "Kind",
    "MirrorEvent",
    "MirrorSeen",
    "Peer",
    "PeerState",
    "Quarantine",
    "Registration",
    "RegistrationEntry",
    "Seats",
    "ShareLabel",
    "Stage",
    "State",
    "Status",
    "SyncRun",
    "etag",
]
