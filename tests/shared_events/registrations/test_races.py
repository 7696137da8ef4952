"""Many at once: no seat is sold twice, nobody is overtaken, and nobody waits for somebody who waits for him."""

import os
import random
import threading
import time
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, connections

from clients.models import AuditEntry
from shared_events import actions
from shared_events.models import Registration, Seats, State
from shared_events.registrations import seating
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.homes import make_home
from tests.shared_events.registrations.people import check, confirmed, make_learners, make_seats, waiting

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 120  # seconds that nobody needs, also on a loaded machine


def connect():
    """Others may use the server's connections just now."""
    for _try in range(LONG):
        try:
            return connection.ensure_connection()
        except OperationalError:
            time.sleep(0.5)
    return connection.ensure_connection()


def together(jobs):
    """Run all at once, each in a thread and with a connection of its own; what they returned."""
    barrier = threading.Barrier(len(jobs), timeout=LONG)
    results, failures = [None] * len(jobs), []

    def run(place, job):
        try:
            connect()
            barrier.wait()
            results[place] = job()
        except BaseException as error:  # noqa: BLE001 - a thread's failure has to fail the test
            failures.append(error)
            barrier.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert not failures, "\n".join(map(str, failures))
    assert not any(thread.is_alive() for thread in threads)
    return results


def enrolling(event, *users):
    """One job: these users one after the other, as far as the event takes them."""

    def job():
        for user in users:
            with suppress(seating.Refused):
                seating.enrol(event, user, by=BY)

    return job


ROUNDS = 4


def test_32_at_once_want_the_last_seat():
    """Each of 32 threads tries in every round, on an event of that round."""
    (first, *users), events = make_learners(33), [make_seats(2) for _round in range(ROUNDS)]
    for event in events:
        seating.enrol(event, first, by=BY)
    met = threading.Barrier(len(users), timeout=LONG)

    def job(user):
        for event in events:
            met.wait()
            seating.enrol(event, user, by=BY)

    together([lambda user=user: job(user) for user in users])
    for event in events:
        check(event)
        winner = confirmed(event)[-1]
        assert confirmed(event) == [first, winner]
        assert sorted([winner, *waiting(event)]) == users
        line = Registration.objects.filter(seats=event.pk, state=State.WAITLISTED).order_by("pk")
        numbers = list(line.values_list("number", flat=True))
        assert sorted(numbers) == list(range(1, len(users)))


def test_32_at_once_from_two_lmses_and_here_want_the_last_seat():
    """The whole way through the protocol; every confirmed registration is then told to the LMS that made it."""
    homes, users = [make_home(), make_home()], make_learners(11)
    events = [make_seats(2) for _round in range(int(os.environ.get("SEAT_ROUNDS", ROUNDS)))]
    for event in events:
        homes[0].put(event, "first")
    jobs = [lambda event, user=user: enrolling(event, user)() for user in users]
    jobs += [lambda event, n=n: homes[n % 2].put(event, f"p_{n}") for n in range(21)]
    met = threading.Barrier(len(jobs), timeout=LONG)

    def every_round(job):
        for event in events:
            met.wait()
            job(event)

    together([lambda job=job: every_round(job) for job in jobs])
    for event in events:
        check_all(event, people=33)
    told = [told for home in homes for told in registrations_told(home)]
    here = Registration.objects.filter(client__isnull=False).values_list("rid", "rev", "state")
    assert sorted(told) == sorted((str(rid), rev, state) for rid, rev, state in here)


def check_all(event, *, people):
    seats, rows = Seats.objects.get(pk=event.pk), Registration.objects.filter(seats=event.pk)
    assert (seats.seats_taken, seats.waitlisted) == (2, people - 2)
    assert rows.filter(state=State.CONFIRMED).count() == 2
    numbers = rows.filter(state=State.WAITLISTED).values_list("number", flat=True)
    assert len(set(numbers)) == people - 2


def registrations_told(home):
    items, cursor, more = [], {}, True
    while more:
        page = home.peer.read(**cursor)
        items += [item for item in page["items"] if item["kind"] == "registration"]
        cursor, more = {"cursor": page["next"]}, page["has_more"]
    return [(item["rid"], item["rev"], item["state"]) for item in items]


def test_one_user_who_clicks_many_times_is_registered_once():
    event, (user,) = make_seats(5), make_learners(1)
    together([enrolling(event, user)] * 8)
    assert confirmed(event) == [user]
    check(event)


def test_the_first_registrations_of_an_event_make_its_row_once():
    event, users = make_event(), make_learners(8)
    together([enrolling(event, user) for user in users])
    assert sorted(confirmed(event)) == users
    check(event)


def test_nobody_stays_registered_for_an_event_that_was_cancelled_meanwhile():
    users = make_learners(8)
    for event in (make_event(), make_seats(4), make_seats(20)):
        jobs = [enrolling(event, user) for user in users]
        together([*jobs, lambda event=event: actions.cancel_event(event, by=BY)])
        assert not Registration.objects.filter(seats=event.pk).exclude(state=State.CANCELLED).exists()


def test_enrolling_cancelling_and_other_capacities_at_once():
    """Everything that changes seats, by eight threads: at rest the books are right and the line was kept."""
    event, users = make_seats(3), make_learners(40)

    def worker(seed):
        chance = random.Random(seed)
        for user in users[seed::8]:
            with suppress(seating.Refused):
                seating.enrol(event, user, by=BY)
            with suppress(seating.Refused):
                if chance.random() < 0.4:
                    live = Registration.objects.filter(seats=event.pk).exclude(state=State.CANCELLED)
                    seating.cancel(chance.choice(list(live)), by=BY)
                elif chance.random() < 0.5:
                    seating.set_seats(
                        event, {"capacity": chance.randrange(1, 9)}, overbook=chance.random() < 0.5, by=BY
                    )

    together([lambda seed=seed: worker(seed) for seed in range(8)])
    check(event)
    assert promoted() == sorted(promoted(), key=waitlisted().index)


def waitlisted():
    """Users in the order of their places in line."""
    entries = AuditEntry.objects.filter(action="registration_added").order_by("pk")
    return [entry.facts["participant"] for entry in entries if entry.facts["state"] == "waitlisted"]


def promoted():
    entries = AuditEntry.objects.filter(action="registration_promoted").order_by("pk")
    return [entry.facts["participant"] for entry in entries]
