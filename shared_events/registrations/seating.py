"""Who gets a seat. Each function is one transaction that locks the row of seats before any registration.

A seat is taken by one UPDATE whose conditions are all on that row: what waits for the row's lock tests them anew.
Locks are taken in the order event, seats, holds and registrations, and leave keys free: PostgreSQL looks at foreign
keys at the commit, when a row of seats written twice asks for the key of its event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from shared_events.models import CancelledBy, Event, Hold, Registration, Seats, Stage, State
from shared_events.models.seats import LIVE
from shared_events.publishing import publish
from shared_events.registrations import holding
from shared_events.registrations.telling import store, store_seats, tell, tell_seats

SETTABLE = ("capacity", "minimum", "waiting_list", "waiting_limit", "join_url")

_PLACE_FREE = Q(waiting_limit=None) | Q(waitlisted__lt=F("waiting_limit"))


class Refused(Exception):
    """Nothing was changed."""


class Full(Refused):
    """No seat is free, nor a place on the waiting list."""


class Closed(Refused):
    """The event is cancelled, archived or, for guests, over."""


class AlreadyRegistered(Refused):
    """The participant has a seat or waits for one. ``rid`` of a registration that a client made."""

    def __init__(self, rid: UUID | None = None) -> None:
        super().__init__()
        self.rid = rid


class RidReused(Refused):
    """The client's name for a registration is that of another one."""


class NotPossible(Refused):
    """The registration is not in a state for this, or not any more."""


class Oversold(Refused):
    """More seats are taken than there would be."""

    def __init__(self, taken: int) -> None:
        super().__init__(taken)
        self.taken = taken


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whom another LMS registers: only that LMS knows who ``ref`` is."""

    client_pk: int
    rid: UUID
    ref: str
    waits: bool = True  # where no seat is free
    hold: str = ""  # of which a seat is used, where it is still there


def enrol(event: Event, user: int, *, by: Origin) -> Registration:
    """A seat, or else a place on the waiting list. Full, Closed or AlreadyRegistered."""
    try:
        with transaction.atomic():
            return _enrol(event, {"user": user, "created_by": by.administrator}, by)
    except IntegrityError as error:
        if _live_of(event, user=user):  # registered since the look before
            raise AlreadyRegistered from error
        raise


def register(event: Event, guest: Guest, *, by: Origin) -> tuple[Registration, bool]:
    """The same for a guest, and whether it is new: the same ``rid`` again is the registration as it now stands.

    Full, Closed, AlreadyRegistered or RidReused.
    """
    if known := registered(event, guest):
        return known, False
    if event.ends_at <= timezone.now():
        raise Closed
    try:
        with transaction.atomic():
            who = {"client_id": guest.client_pk, "rid": guest.rid, "ref": guest.ref}
            made = _enrol(event, who, by, waits=guest.waits, hold=guest.hold)
            tell([made])
            return made, True
    except IntegrityError:
        if known := registered(event, guest):  # the same request at the same time
            return known, False
        if live := _live_of(event, client_id=guest.client_pk, ref=guest.ref):
            raise AlreadyRegistered(live.rid) from None
        raise


def registered(event: Event, guest: Guest) -> Registration | None:
    """What the client names so; RidReused where that is another event or participant."""
    known = Registration.objects.filter(client=guest.client_pk, rid=guest.rid).first()
    if known is not None and (known.seats_id, known.ref) != (event.pk, guest.ref):
        raise RidReused
    return known


def _enrol(event: Event, who: Mapping[str, Any], by: Origin, *, waits: bool = True, hold: str = "") -> Registration:
    rows = _row(event)
    if live := _live_of(event, **{name: who[name] for name in ("user", "client_id", "ref") if name in who}):
        raise AlreadyRegistered(live.rid)
    wanted = {"seats_id": event.pk, **who}
    _free_expired(event, by)
    if (hold and _take_held(event, hold, who["client_id"])) or _take_seat(rows):
        made = Registration.objects.create(**wanted, state=State.CONFIRMED)
    elif waits and _take_place(rows):
        number = rows.values_list("next_number", flat=True).get() - 1
        made = Registration.objects.create(**wanted, state=State.WAITLISTED, number=number)
    elif rows.filter(accepting=False).exists():
        raise Closed
    else:
        raise Full
    tell_seats(event)
    audit.record("registration_added", event, by=by, participant=made.participant, state=str(made.state))
    if made.state == State.WAITLISTED:
        _promote(event, _locked(event.pk), by)  # a seat may have become free between the two
        made.refresh_from_db()
    return made


def _live_of(event: Event, **who: Any) -> Registration | None:
    return Registration.objects.filter(seats=event.pk, state__in=LIVE, **who).first()


def _take_held(event: Event, key: str, client_pk: int) -> bool:
    """The seat of a hold, which is counted as taken already."""
    seats = _locked(event.pk)
    return seats.accepting and holding.use(seats, key, client_pk, timezone.now())


def _free_expired(event: Event, by: Origin) -> None:
    now = timezone.now()
    if holding.expired(event.pk, now):
        seats = _locked(event.pk)
        if holding.drop_expired(seats, now):
            _freed(event, seats, by)


def _freed(event: Event, seats: Seats, by: Origin) -> None:
    """Seats of the locked row came back."""
    seats.overbooked_to = seats.seats_taken if _over(seats) else None
    store_seats(seats)
    _promote(event, seats, by)


def _row(event: Event) -> "QuerySet[Seats]":
    """The event's row of seats, to be updated. Where it is made, nobody may cancel the event at that moment."""
    rows = Seats.objects.filter(pk=event.pk)
    if not rows.exists():
        current = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        Seats.objects.get_or_create(event=current, defaults={"accepting": _accepts(current)})
    return rows


def _accepts(event: Event) -> bool:
    return not event.cancelled and event.stage != Stage.ARCHIVED


def _take_seat(rows: "QuerySet[Seats]") -> bool:
    return _take_seats(rows, 1)


def _take_seats(rows: "QuerySet[Seats]", count: int) -> bool:
    """Whoever waits comes first."""
    enough = Q(capacity=None) | Q(capacity__gte=F("seats_taken") + count)
    free = rows.filter(enough, accepting=True, waitlisted=0)
    return bool(free.update(seats_taken=F("seats_taken") + count, rev=F("rev") + 1))


def _take_place(rows: "QuerySet[Seats]") -> bool:
    free = rows.filter(_PLACE_FREE, accepting=True, waiting_list=True)
    number = F("next_number") + 1
    return bool(free.update(waitlisted=F("waitlisted") + 1, next_number=number, rev=F("rev") + 1))


def _locked(event_pk: int) -> Seats:
    return Seats.objects.select_for_update(no_key=True).get(pk=event_pk)


def position(registration: Registration) -> int | None:
    """Its place on the waiting list, from 1."""
    if registration.number is None:
        return None
    ahead = Registration.objects.filter(seats=registration.seats_id, number__lt=registration.number)
    return ahead.count() + 1


def has_place(uid: UUID) -> bool:
    """Whether somebody could wait now for a seat of the event."""
    return Seats.objects.filter(_PLACE_FREE, event__uid=uid, accepting=True, waiting_list=True).exists()


def cancel(registration: Registration, *, cancelled_by: CancelledBy = CancelledBy.HOST, by: Origin) -> list[int | str]:
    """End it; returns the participants who got a seat by that. NotPossible where it was over already."""
    with transaction.atomic():
        seats = _locked(registration.seats_id)
        current = _live(registration)
        event = seats.event
        _leave(seats, current)
        _end(current, cancelled_by)
        audit.record("registration_cancelled", event, by=by, participant=current.participant)
        return _promote(event, seats, by)


def _live(registration: Registration) -> Registration:
    """As it is under the lock."""
    current = Registration.objects.get(pk=registration.pk)
    if not current.live:
        raise NotPossible
    return current


def _leave(seats: Seats, registration: Registration) -> None:
    """The locked row without this registration."""
    if registration.state == State.CONFIRMED:
        seats.seats_taken -= 1
    else:
        seats.waitlisted -= 1
    seats.overbooked_to = seats.seats_taken if _over(seats) else None
    store_seats(seats)


def _end(registration: Registration, cancelled_by: CancelledBy) -> None:
    registration.state, registration.number, registration.cancelled_by = State.CANCELLED, None, cancelled_by
    store(registration)


def _promote(event: Event, seats: Seats, by: Origin) -> list[int | str]:
    """Free seats of the locked row go to who has waited longest."""
    count = seats.waitlisted if seats.free is None else min(seats.free, seats.waitlisted)
    if not count or not seats.accepting:
        return []
    waiting = seats.registrations.filter(state=State.WAITLISTED).order_by("number")
    return [_seat(event, seats, registration, by) for registration in waiting[:count]]


def _seat(event: Event, seats: Seats, registration: Registration, by: Origin) -> int | str:
    """From the waiting list to a seat that is there."""
    seats.waitlisted -= 1
    seats.seats_taken += 1
    store_seats(seats)
    registration.state, registration.number = State.CONFIRMED, None
    store(registration)
    audit.record("registration_promoted", event, by=by, participant=registration.participant)
    return registration.participant or 0


def give_seat(registration: Registration, *, by: Origin) -> None:
    """To somebody who waits, past the others and even where none is free: then there is one seat more than planned."""
    with transaction.atomic():
        seats = _locked(registration.seats_id)
        current = _live(registration)
        if current.state != State.WAITLISTED or not seats.accepting:
            raise NotPossible
        if seats.free == 0:
            seats.overbooked_to = seats.seats_taken + 1
        _seat(seats.event, seats, current, by)


def move(registration: Registration, *, up: bool, by: Origin) -> None:
    """Change places with the neighbour on the waiting list. NotPossible at its end."""
    with transaction.atomic():
        seats = _locked(registration.seats_id)
        current = _live(registration)
        if current.number is None:
            raise NotPossible
        line = seats.registrations.filter(state=State.WAITLISTED)
        beside = line.filter(number__lt=current.number) if up else line.filter(number__gt=current.number)
        other = beside.order_by("-number" if up else "number").first()
        if other is None:
            raise NotPossible
        places = current.number, other.number
        for one, number in ((current, seats.next_number), (other, places[0]), (current, places[1])):
            one.number = number
            one.save()
        audit.record("registration_moved", seats.event, by=by, participant=current.participant, up=up)


def set_seats(event: Event, values: Mapping[str, Any], *, overbook: bool = False, by: Origin) -> list[int | str] | None:
    """Set any of SETTABLE; the participants who got a seat by that, or None where nothing differed.

    Oversold where more seats are taken than there would be, unless ``overbook``: then nobody gets one for now.
    """
    with transaction.atomic():
        current = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        _row(current)
        seats = _locked(current.pk)
        changes = {
            name: [getattr(seats, name), value] for name, value in values.items() if getattr(seats, name) != value
        }
        if not changes:
            return None
        for name in changes:
            setattr(seats, name, values[name])
        if _over(seats) and "capacity" in changes and not overbook:
            raise Oversold(seats.seats_taken)
        seats.overbooked_to = seats.seats_taken if _over(seats) else None
        seats.event = current  # whose document is made of them
        store_seats(seats)
        current.updated_by = by.administrator
        publish(current)
        audit.record("event_seats_changed", current, by=by, **_facts(changes))
        return _promote(current, seats, by)


def _over(seats: Seats) -> bool:
    return seats.capacity is not None and seats.seats_taken > seats.capacity


def _facts(changes: Mapping[str, Any]) -> dict[str, Any]:
    """A link to join is told of, not kept."""
    told = {name: values for name, values in changes.items() if name != "join_url"}
    return told | ({"join_links_changed": True} if "join_url" in changes else {})


def follow(event: Event, *, by: Origin) -> dict[str, int]:
    """Open or close seats as the event now is; call within the transaction that changed it.

    A cancelled event ends every registration, and how many is returned; an archived one keeps them as they are.
    """
    seats = Seats.objects.select_for_update(no_key=True).filter(pk=event.pk).first()
    if seats is None:
        return {}
    ended = {}
    seats.accepting = _accepts(event)
    if event.cancelled:
        holding.drop_all(seats)
        ended = {"participants": seats.seats_taken, "waiting": seats.waitlisted}
        seats.seats_taken = seats.waitlisted = 0
        seats.overbooked_to = None
        _end_all(seats.registrations.filter(state__in=LIVE))
    store_seats(seats)
    _promote(event, seats, by)
    return ended


def _end_all(live: "QuerySet[Registration]") -> None:
    tell(live.filter(client__isnull=False))
    ended = {"state": State.CANCELLED, "number": None, "cancelled_by": CancelledBy.EVENT, "changed": timezone.now()}
    live.update(**ended, rev=F("rev") + 1)


def hold(event: Event, client_pk: int, count: int, lasts: timedelta, *, by: Origin) -> Hold:
    """Keep so many seats for a client. Full or Closed."""
    with transaction.atomic():
        rows = _row(event)
        _free_expired(event, by)
        if not _take_seats(rows, count):
            raise Closed if rows.filter(accepting=False).exists() else Full
        tell_seats(event)
        until = timezone.now() + lasts
        return Hold.objects.create(seats_id=event.pk, client_id=client_pk, left=count, expires_at=until)


def release(event: Event, client_pk: int, key: str, *, by: Origin) -> None:
    """What is left of a hold comes back; a hold that is not there has nothing left."""
    with transaction.atomic():
        seats = Seats.objects.select_for_update(no_key=True).filter(pk=event.pk).first()
        if seats is not None and holding.drop(seats, key, client_pk):
            _freed(event, seats, by)


def release_expired(at: datetime, *, by: Origin) -> int:
    """Of how many events."""
    due = set(Hold.objects.filter(expires_at__lte=at).values_list("seats_id", flat=True))
    for event in Event.objects.filter(pk__in=due).order_by("pk"):
        with transaction.atomic():
            _free_expired(event, by)
    return len(due)


def forget(users: Iterable[int], *, by: Origin) -> None:
    """Of users who are no more: they lose what they hold of events to come, and what is kept names nobody."""
    for user in users:
        for registration in Registration.objects.filter(user=user, state__in=LIVE):
            _forget_live(registration, by)
        Registration.objects.filter(user=user).update(user=None)


def _forget_live(registration: Registration, by: Origin) -> None:
    if Event.objects.filter(pk=registration.seats_id, ends_at__gt=timezone.now()).exists():
        try:
            cancel(registration, by=by)
        except NotPossible:
            return
