"""Which parts of the protocol are served: events (E) always, registrations (R) by a switch of their own."""

from clients.models import LmsSettings
from shared_events.feed import EVENTS_ONLY
from shared_events.models import ClientSharing, Kind


def registrations_enabled() -> bool:
    """The LMS-wide switches as they are now."""
    on = {"shared_events_enabled": True, "shared_event_registrations_enabled": True}
    return LmsSettings.objects.filter(pk=1, **on).exists()


def served_kinds(sharing: ClientSharing) -> frozenset[str]:
    """Of the feed, to this client. How many seats are taken is told to who may take one."""
    if sharing.register and registrations_enabled():
        return EVENTS_ONLY | {str(Kind.AVAILABILITY), str(Kind.REGISTRATION)}
    return EVENTS_ONLY
