"""Tells hosts what they have still to be told of registrations, and asks what became of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from shared_events.models import Booking, Intent
from shared_events.peers import bookings
from shared_events.peers.failing import FAILURES, next_try, stop_for
from shared_events.peers.incoming import BadItem, read_registration
from shared_events.peers.remote import Problem, RemoteHost
from shared_events.peers.transport import Unreachable

_AT_ONCE = 200  # in one turn
_METHODS = {Intent.SEND: "PUT", Intent.CANCEL: "DELETE", Intent.FETCH: "GET"}


def settle_due(host: RemoteHost, peer_pk: int) -> None:
    """Those of one peer whose time has come. A host that does not answer is asked for no more of them."""
    now = timezone.now()
    bookings.give_up(peer_pk, now)
    due = Booking.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=now), mirror__peer=peer_pk)
    for booking in due.exclude(intent=Intent.NONE).select_related("mirror__peer").order_by("pk")[:_AT_ONCE]:
        if not settle(host, booking):
            return


def settle(host: RemoteHost, booking: Booking) -> bool:
    """One call, outside of any transaction. Whether the host answered."""
    intent, now = Intent(booking.intent), timezone.now()
    try:
        answer = read_registration(_call(host, booking, intent), rid=booking.rid)
    except Problem as problem:
        _refused(booking, intent, problem, now)
        return True
    except (*FAILURES, BadItem) as error:
        told = stop_for(error).problem if isinstance(error, FAILURES) else f"The host's answer cannot be read: {error}."
        _postpone(booking, told, now, None)
        return not isinstance(error, Unreachable)
    with transaction.atomic():
        bookings.answered(booking.pk, intent, answer)
    return True


def _call(host: RemoteHost, booking: Booking, intent: Intent) -> bytes:
    mirror = booking.mirror
    body = {"participant": {"ref": booking.ref}, "accept": "waitlist"} if intent == Intent.SEND else None
    where = mirror.peer.origin, str(mirror.uid), str(booking.rid)
    try:
        return host.registration(_METHODS[intent], *where, body)
    except Problem as problem:
        if problem.retry != "refresh-token":
            raise
        host.renew_token()
        return host.registration(_METHODS[intent], *where, body)


def _refused(booking: Booking, intent: Intent, problem: Problem, now: datetime) -> None:
    told = stop_for(problem).problem
    if problem.retry != "never":
        _postpone(booking, told, now, problem.retry_after_seconds)
        return
    with transaction.atomic():
        bookings.refused(booking.pk, intent, told if intent == Intent.SEND else "")


def _postpone(booking: Booking, told: str, now: datetime, wait: int | None) -> None:
    with transaction.atomic():
        bookings.postponed(booking.pk, told, next_try(now, booking.tries + 1, wait))
