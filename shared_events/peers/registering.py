"""People register learners of this LMS for other LMSes' events, and cancel that. The host is asked at once."""

import json

from django.db import IntegrityError, transaction
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from shared_events.models import Booking, Intent, MirrorEvent
from shared_events.peers.bookings import ref_for
from shared_events.peers.failing import FAILURES, Stop
from shared_events.peers.hosts import host_of
from shared_events.peers.settling import settle
from shared_events.profiles import registrations_enabled

_PATIENCE_SECONDS = 10


class NotRegistered(Exception):
    """Why not, as a sentence."""


def register(mirror: MirrorEvent, user: int, *, by: Origin) -> Booking:
    """Pending where the host did not answer: then the synchronization goes on asking. NotRegistered."""
    _require_open(mirror)
    try:
        with transaction.atomic():
            ref = ref_for(mirror.peer, user)
            booking = Booking.objects.create(mirror=mirror, user=user, ref=ref, created_by=by.administrator)
            audit.record("booking_added", mirror, by=by, participant=user, peer=mirror.peer.name)
    except IntegrityError:
        raise NotRegistered("This user is registered already.") from None
    _ask(booking)
    return booking


def cancel(booking: Booking, *, by: Origin) -> None:
    """The seat is the host's to free: until it answers, the registration stays as it is."""
    with transaction.atomic():
        current = Booking.objects.select_for_update().get(pk=booking.pk)
        if not current.live:
            return
        current.intent, current.next_try_at, current.tries = Intent.CANCEL, None, 0
        current.save()
        _record_cancelled(booking, by)
    _ask(booking)


def _require_open(mirror: MirrorEvent) -> None:
    """What can be known without asking the host."""
    if not registrations_enabled():
        raise NotRegistered("Registrations for shared events are off for this LMS.")
    if not mirror.peer.enabled or not mirror.peer.may_register:
        raise NotRegistered("The host does not let this LMS register participants.")
    if mirror.removed_at or mirror.status == "cancelled" or mirror.ends_at <= timezone.now():
        raise NotRegistered("The event takes no registrations.")
    enrolment = json.loads(mirror.document)["training"].get("enrolment")
    if isinstance(enrolment, dict) and enrolment.get("requires"):
        raise NotRegistered("The host asks for personal data of participants, which this LMS does not send.")


def _ask(booking: Booking) -> None:
    """Where it does not work now, the synchronization asks later."""
    booking.refresh_from_db()
    peer = booking.mirror.peer
    try:
        host = host_of(peer, read_seconds=_PATIENCE_SECONDS)
        if host.discover().origin == peer.origin:
            settle(host, booking)
    except (*FAILURES, Stop):
        return
    finally:
        booking.refresh_from_db()


def _record_cancelled(booking: Booking, by: Origin) -> None:
    mirror = booking.mirror
    audit.record("booking_cancelled", mirror, by=by, participant=booking.user, peer=mirror.peer.name)


def forget_user(user: int, *, by: Origin) -> None:
    """Of a user who is no more: seats in events to come are given back, and what is kept names nobody."""
    now = timezone.now()
    coming = Booking.objects.filter(user=user, mirror__ends_at__gt=now).select_related("mirror__peer")
    for booking in coming:
        if booking.live:
            Booking.objects.filter(pk=booking.pk).update(intent=Intent.CANCEL, next_try_at=None, tries=0)
            _record_cancelled(booking, by)
    Booking.objects.filter(user=user).update(user=None)
