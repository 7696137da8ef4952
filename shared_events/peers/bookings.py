"""Registrations of learners of this LMS at other LMSes, as they are kept here. Whoever changes one locks its row."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from lms_oauth import learners
from shared_events.models import Booking, BookingState, Instance, Intent, MirrorEvent, Peer
from shared_events.models.booking import ENDED
from shared_events.peers.incoming import RegistrationAnswer, RegistrationTold

_REF_BYTES = 18
_CHUNK = 1000
_GIVEN_UP_AFTER = timedelta(hours=24)


def ref_for(peer: Peer, user: int) -> str:
    """What the peer calls a user. The key is that of this pair of LMSes: two peers cannot join what they know."""
    tag_key = bytes(Instance.current().tag_key)
    key = hmac.digest(tag_key, b"participants\0" + peer.origin.encode(), hashlib.sha256)
    tag = hmac.digest(key, str(user).encode(), hashlib.sha256)[:_REF_BYTES]
    return f"p_{base64.urlsafe_b64encode(tag).decode()}"


def user_of(peer: Peer, ref: str) -> int | None:
    """Whom a ref of this peer means: nobody keeps a list, so all users are looked through."""
    last = 0
    while people := learners.after(last, _CHUNK):
        for person in people:
            if hmac.compare_digest(ref_for(peer, person.pk), ref):
                return person.pk
        last = people[-1].pk
    return None


def follow(peer: Peer, told: Iterable[RegistrationTold]) -> None:
    """What a page says of registrations. One that is not known here was lost with a database: it is taken up again."""
    for one in told:
        booking = Booking.objects.select_for_update().filter(mirror__peer=peer, rid=one.rid).first()
        if booking is not None:
            _follow(booking, one)
        elif one.state not in ENDED:
            _take_up(peer, one)


def _follow(booking: Booking, told: RegistrationTold) -> None:
    if told.rev <= booking.rev:
        return
    _take(booking, told)
    if booking.live and booking.intent == Intent.NONE:
        booking.intent = Intent.FETCH
    booking.save()


def _take_up(peer: Peer, told: RegistrationTold) -> None:
    mirror = MirrorEvent.objects.filter(peer=peer, uid=told.uid).first()
    if mirror is not None:
        lost = Booking(mirror=mirror, rid=told.rid, state=told.state, intent=Intent.FETCH)
        Booking.objects.bulk_create([lost], ignore_conflicts=True)  # the name may be in use with another peer


def _take(booking: Booking, told: RegistrationTold) -> None:
    """The host's word; where this LMS gave up meanwhile, the host is told so."""
    given_up = booking.state == BookingState.FAILED
    ended = told.state in ENDED
    if not (given_up and ended):
        booking.state, booking.cancelled_by = told.state, told.cancelled_by
    booking.rev = told.rev
    if ended:
        booking.join_url = ""
        booking.intent = Intent.NONE
    elif given_up:
        booking.state, booking.intent = BookingState.FAILED, Intent.CANCEL


def answered(booking_pk: int, intent: Intent, answer: RegistrationAnswer) -> None:
    """What the host answered to ``intent``; what a person wanted meanwhile stays to be done."""
    booking = Booking.objects.select_for_update().select_related("mirror__peer").get(pk=booking_pk)
    if answer.told.rev < booking.rev:  # older than what the feed told meanwhile: it is asked for again
        return
    _take(booking, answer.told)
    booking.join_url = answer.join_url if booking.live else ""
    if booking.intent == intent and booking.state != BookingState.FAILED:
        booking.intent = Intent.NONE
    if booking.user is None and booking.ref == "":
        booking.ref = answer.ref
        booking.user = user_of(booking.mirror.peer, answer.ref)
    _tried(booking, "", None)


def refused(booking_pk: int, intent: Intent, problem: str) -> None:
    """For good: the same request would be refused again."""
    booking = Booking.objects.select_for_update().get(pk=booking_pk)
    if booking.intent == intent:
        booking.intent = Intent.NONE
        booking.join_url = ""
        if booking.state != BookingState.FAILED:
            sent = intent == Intent.SEND
            booking.state = BookingState.FAILED if sent else BookingState.CANCELLED
            booking.cancelled_by = "" if sent else "home" if intent == Intent.CANCEL else "host"
    _tried(booking, problem, None)


def postponed(booking_pk: int, problem: str, until: datetime) -> None:
    """No answer, or one that asks to wait."""
    _tried(Booking.objects.select_for_update().get(pk=booking_pk), problem, until)


def _tried(booking: Booking, problem: str, until: datetime | None) -> None:
    booking.tries = booking.tries + 1 if until else 0
    booking.problem, booking.next_try_at = problem, until
    booking.save()


def give_up(peer_pk: int, at: datetime) -> int:
    """Who has no answer when the event begins, or after a day, ends without a seat: the host is told to free it."""
    late = Q(mirror__starts_at__lte=at) | Q(created__lte=at - _GIVEN_UP_AFTER)
    rows = Booking.objects.filter(late, mirror__peer=peer_pk, state=BookingState.PENDING, intent=Intent.SEND)
    pks = list(rows.values_list("pk", flat=True))
    waiting = Booking.objects.filter(pk__in=pks, state=BookingState.PENDING, intent=Intent.SEND)
    return waiting.update(state=BookingState.FAILED, intent=Intent.CANCEL, next_try_at=None)


def say_again(peer: Peer, at: datetime) -> None:
    """The host went back in time: what it was told of events to come may be lost, and its revisions begin anew."""
    own = Booking.objects.filter(mirror__peer=peer, mirror__ends_at__gt=at)
    pks = list(own.values_list("pk", flat=True))
    rows = Booking.objects.filter(pk__in=pks)
    rows.update(rev=0, tries=0, next_try_at=None)
    rows.filter(state=BookingState.CANCELLED, cancelled_by="home").update(intent=Intent.CANCEL)
    live = rows.exclude(state__in=ENDED).exclude(intent=Intent.CANCEL)
    live.exclude(ref="").update(intent=Intent.SEND)
