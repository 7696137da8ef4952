"""Learners, and how an event's seats stand."""

from scim.models import LmsUser
from shared_events.models import Event, Registration, Seats, State
from shared_events.registrations import seating
from tests.builders import BY
from tests.shared_events.builders import make_event


def make_learners(count, name="learner"):
    """Their ids. Without mail: the employee ID tells them apart."""
    return [
        LmsUser.objects.create(user_name=f"{name}{n}", display_name=f"{name.title()} {n}", employee_id=f"{name}{n}").pk
        for n in range(count)
    ]


def make_seats(capacity=None, **values):
    """An event with so many seats."""
    event = make_event(**{name: values.pop(name) for name in list(values) if name not in seating.SETTABLE})
    seating.set_seats(event, {"capacity": capacity, "minimum": 1, **values}, by=BY)
    event.refresh_from_db()
    return event


def enrol(event, *users):
    return [seating.enrol(event, user, by=BY) for user in users]


def confirmed(event):
    rows = Registration.objects.filter(seats=event.pk, state=State.CONFIRMED)
    return list(rows.order_by("pk").values_list("user", flat=True))


def waiting(event):
    rows = Registration.objects.filter(seats=event.pk, state=State.WAITLISTED)
    return list(rows.order_by("number").values_list("user", flat=True))


def check(event):
    """The counters say what the registrations say, and no seat is sold twice."""
    seats = Seats.objects.get(pk=event.pk)
    assert seats.seats_taken == len(confirmed(event))
    assert seats.waitlisted == len(waiting(event))
    if seats.capacity is not None:
        assert seats.seats_taken <= max(seats.capacity, seats.overbooked_to or 0)
    free = seats.free is None or seats.free > 0
    assert not (free and seats.waitlisted and seats.accepting), "somebody waits beside a free seat"
    return Event.objects.get(pk=event.pk)
