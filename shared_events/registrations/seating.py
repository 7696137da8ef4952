"""Who gets a seat. Each function is one transaction that locks the row of seats before any registration.

A seat is taken by one UPDATE whose conditions are all on that row: what waits for the row's lock tests them anew.
Locks are taken in the order event, seats, registrations, and leave keys free: PostgreSQL looks at foreign keys at the
commit, when a row of seats written twice asks for the key of its event.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from shared_events.models import CancelledBy, Event, Registration, Seats, Stage, State
from shared_events.models.seats import LIVE
from shared_events.publishing import publish

SETTABLE = ("capacity", "minimum", "waiting_list", "waiting_limit", "join_url")

_SEAT_FREE = Q(capacity=None) | Q(seats_taken__lt=F("capacity"))
_PLACE_FREE = Q(waiting_limit=None) | Q(waitlisted__lt=F("waiting_limit"))


class Refused(Exception):
    """Nothing was changed."""


class Full(Refused):
    """No seat is free, nor a place on the waiting list."""


class Closed(Refused):
    """The event is cancelled or archived."""


class AlreadyRegistered(Refused):
    """The user has a seat or waits for one."""


class NotPossible(Refused):
    """The registration is not in a state for this, or not any more."""


class Oversold(Refused):
    """More seats are taken than there would be."""

    def __init__(self, taken: int) -> None:
        super().__init__(taken)
        self.taken = taken


def enrol(event: Event, user: int, *, by: Origin) -> Registration:
    """A seat, or else a place on the waiting list. Full, Closed or AlreadyRegistered."""
    try:
        with transaction.atomic():
            return _enrol(event, user, by)
    except IntegrityError as error:
        if _live_of(event, user).exists():  # registered since the look before
            raise AlreadyRegistered from error
        raise


def _enrol(event: Event, user: int, by: Origin) -> Registration:
    rows = _row(event)
    if _live_of(event, user).exists():
        raise AlreadyRegistered
    wanted: dict[str, Any] = {"seats_id": event.pk, "user": user, "created_by": by.administrator}
    if _take_seat(rows):
        made = Registration.objects.create(**wanted, state=State.CONFIRMED)
    elif _take_place(rows):
        number = rows.values_list("next_number", flat=True).get() - 1
        made = Registration.objects.create(**wanted, state=State.WAITLISTED, number=number)
    elif rows.filter(accepting=False).exists():
        raise Closed
    else:
        raise Full
    audit.record("registration_added", event, by=by, participant=user, state=str(made.state))
    if made.state == State.WAITLISTED:
        _promote(event, _locked(event.pk), by)  # a seat may have become free between the two
        made.refresh_from_db()
    return made


def _live_of(event: Event, user: int) -> "QuerySet[Registration]":
    return Registration.objects.filter(seats=event.pk, user=user, state__in=LIVE)


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
    """Whoever waits comes first."""
    free = rows.filter(_SEAT_FREE, accepting=True, waitlisted=0)
    return bool(free.update(seats_taken=F("seats_taken") + 1))


def _take_place(rows: "QuerySet[Seats]") -> bool:
    free = rows.filter(_PLACE_FREE, accepting=True, waiting_list=True)
    return bool(free.update(waitlisted=F("waitlisted") + 1, next_number=F("next_number") + 1))


def _locked(event_pk: int) -> Seats:
    return Seats.objects.select_for_update(no_key=True).get(pk=event_pk)


def cancel(registration: Registration, *, by: Origin) -> list[int]:
    """End it; returns the users who got a seat by that. NotPossible where it was over already."""
    with transaction.atomic():
        seats = _locked(registration.seats_id)
        current = _live(registration)
        event = seats.event
        _leave(seats, current)
        _end(current, CancelledBy.HOST)
        audit.record("registration_cancelled", event, by=by, participant=current.user)
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
    seats.save()


def _end(registration: Registration, cancelled_by: CancelledBy) -> None:
    registration.state, registration.number, registration.cancelled_by = State.CANCELLED, None, cancelled_by
    registration.save()


def _promote(event: Event, seats: Seats, by: Origin) -> list[int]:
    """Free seats of the locked row go to who has waited longest."""
    count = seats.waitlisted if seats.free is None else min(seats.free, seats.waitlisted)
    if not count or not seats.accepting:
        return []
    waiting = seats.registrations.filter(state=State.WAITLISTED).order_by("number")
    return [_seat(event, seats, registration, by) for registration in waiting[:count]]


def _seat(event: Event, seats: Seats, registration: Registration, by: Origin) -> int:
    """From the waiting list to a seat that is there."""
    seats.waitlisted -= 1
    seats.seats_taken += 1
    seats.save()
    registration.state, registration.number = State.CONFIRMED, None
    registration.save()
    audit.record("registration_promoted", event, by=by, participant=registration.user)
    return registration.user or 0


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
        audit.record("registration_moved", seats.event, by=by, participant=current.user, up=up)


def set_seats(event: Event, values: Mapping[str, Any], *, overbook: bool = False, by: Origin) -> list[int] | None:
    """Set any of SETTABLE; the users who got a seat by that, or None where nothing differed.

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
        seats.save()
        seats.event = current  # whose document is made of them
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
        ended = {"participants": seats.seats_taken, "waiting": seats.waitlisted}
        seats.seats_taken = seats.waitlisted = 0
        seats.overbooked_to = None
        _end_all(seats.registrations.filter(state__in=LIVE))
    seats.save()
    _promote(event, seats, by)
    return ended


def _end_all(live: "QuerySet[Registration]") -> None:
    ended = {"state": State.CANCELLED, "number": None, "cancelled_by": CancelledBy.EVENT, "changed": timezone.now()}
    live.update(**ended)


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
