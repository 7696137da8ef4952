"""Who gets a seat, one after the other."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clients.models import AuditEntry
from lms_oauth.signals import user_purged
from shared_events import actions
from shared_events.models import EventDoc, FeedMark, Registration, Seats
from shared_events.registrations import seating
from shared_events.registrations.seating import AlreadyRegistered, Closed, Full, NotPossible, Oversold
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.registrations.people import check, confirmed, enrol, make_learners, make_seats, waiting

pytestmark = pytest.mark.django_db


def registration(event, user):
    return Registration.objects.get(seats=event.pk, user=user, state__in=["confirmed", "waitlisted"])


class TestEnrolling:
    def test_without_a_limit_everybody_gets_a_seat(self):
        event, users = make_event(), make_learners(3)
        assert {one.state for one in enrol(event, *users)} == {"confirmed"}
        check(event)

    def test_first_come_first_served(self):
        event, users = make_seats(2), make_learners(5)
        enrol(event, *users)
        assert (confirmed(event), waiting(event)) == (users[:2], users[2:])
        check(event)

    def test_nobody_is_registered_twice(self):
        event, (one, two) = make_seats(1), make_learners(2)
        enrol(event, one, two)
        for user in (one, two):
            with pytest.raises(AlreadyRegistered):
                seating.enrol(event, user, by=BY)
        check(event)

    def test_a_new_try_after_cancelling_is_a_new_registration(self):
        event, (user,) = make_seats(1), make_learners(1)
        (first,) = enrol(event, user)
        seating.cancel(first, by=BY)
        (second,) = enrol(event, user)
        assert second.pk != first.pk
        check(event)

    @pytest.mark.parametrize("values", [{"waiting_list": False}, {"waiting_limit": 1}])
    def test_full(self, values):
        event, users = make_seats(1, **values), make_learners(3)
        with pytest.raises(Full):
            enrol(event, *users)
        assert len(waiting(event)) == values.get("waiting_limit", 0)
        check(event)

    @pytest.mark.parametrize("end", [actions.cancel_event, actions.archive_event])
    @pytest.mark.parametrize("before", [True, False], ids=["with seats", "without"])
    def test_closed(self, end, before):
        event, (user,) = (make_seats(5) if before else make_event()), make_learners(1)
        end(event, by=BY)
        with pytest.raises(Closed):
            seating.enrol(event, user, by=BY)

    def test_it_is_audited_without_a_name(self):
        event, users = make_seats(1), make_learners(2)
        enrol(event, *users)
        entries = AuditEntry.objects.filter(action="registration_added").order_by("pk")
        states = ("confirmed", "waitlisted")
        assert [one.facts for one in entries] == [
            {"participant": user, "state": state} for user, state in zip(users, states, strict=True)
        ]
        assert {one.object_id for one in entries} == {str(event.pk)}


class TestFreedSeats:
    def test_who_waited_longest_follows(self):
        event, users = make_seats(1), make_learners(3)
        first, *_more = enrol(event, *users)
        assert seating.cancel(first, by=BY) == [users[1]]
        assert (confirmed(event), waiting(event)) == ([users[1]], [users[2]])
        with pytest.raises(NotPossible):
            seating.cancel(first, by=BY)
        check(event)

    def test_leaving_the_waiting_list_gives_nobody_a_seat(self):
        event, users = make_seats(1), make_learners(3)
        _first, second, _third = enrol(event, *users)
        assert seating.cancel(second, by=BY) == []
        assert waiting(event) == [users[2]]
        check(event)

    @pytest.mark.parametrize(("capacity", "seated"), [(3, 3), (None, 5)])
    def test_more_seats_are_filled_in_order(self, capacity, seated):
        event, users = make_seats(1), make_learners(5)
        enrol(event, *users)
        assert seating.set_seats(event, {"capacity": capacity}, by=BY) == users[1:seated]
        assert waiting(event) == users[seated:]
        check(event)

    def test_of_an_archived_event_they_wait_until_it_is_back(self):
        event, users = make_seats(1), make_learners(2)
        first, _second = enrol(event, *users)
        actions.archive_event(event, by=BY)
        assert seating.cancel(first, by=BY) == []
        actions.update_event(event, values={"stage": "published"}, by=BY)
        assert confirmed(event) == [users[1]]
        check(event)


class TestFewerSeats:
    def test_it_asks_before_it_overbooks(self):
        event, users = make_seats(3), make_learners(5)
        enrol(event, *users)
        with pytest.raises(Oversold) as refusal:
            seating.set_seats(event, {"capacity": 1}, by=BY)
        assert refusal.value.taken == 3
        assert seating.set_seats(event, {"capacity": 1}, overbook=True, by=BY) == []
        check(event)

    def test_no_seat_is_given_until_enough_are_back(self):
        event, users = make_seats(3), make_learners(5)
        made = enrol(event, *users)
        seating.set_seats(event, {"capacity": 1}, overbook=True, by=BY)
        assert seating.cancel(made[0], by=BY) == []
        assert seating.cancel(made[1], by=BY) == []
        assert seating.cancel(made[2], by=BY) == [users[3]]
        assert Seats.objects.get(pk=event.pk).overbooked_to is None
        check(event)

    def test_fewer_still_asks_again(self):
        event, users = make_seats(3), make_learners(3)
        enrol(event, *users)
        seating.set_seats(event, {"capacity": 2}, overbook=True, by=BY)
        with pytest.raises(Oversold):
            seating.set_seats(event, {"capacity": 1}, by=BY)
        assert seating.set_seats(event, {"minimum": 2}, by=BY) == []


class TestByHand:
    def test_a_seat_past_the_others_is_one_more(self):
        event, users = make_seats(1), make_learners(3)
        enrol(event, *users)
        seating.give_seat(registration(event, users[2]), by=BY)
        assert (confirmed(event), waiting(event)) == ([users[0], users[2]], [users[1]])
        with pytest.raises(NotPossible):
            seating.give_seat(registration(event, users[2]), by=BY)
        assert seating.cancel(registration(event, users[2]), by=BY) == []
        check(event)

    def test_places_are_exchanged_with_the_neighbour(self):
        event, (seated, *line) = make_seats(1), make_learners(4)
        enrol(event, seated, *line)
        seating.move(registration(event, line[2]), up=True, by=BY)
        assert waiting(event) == [line[0], line[2], line[1]]
        seating.move(registration(event, line[0]), up=False, by=BY)
        assert waiting(event) == [line[2], line[0], line[1]]
        for user, up in ((line[2], True), (line[1], False), (seated, True)):
            with pytest.raises(NotPossible):
                seating.move(registration(event, user), up=up, by=BY)
        assert seating.cancel(registration(event, seated), by=BY) == [line[2]]
        check(event)


class TestTheEvent:
    def test_cancelling_it_ends_all_registrations(self):
        event, users = make_seats(2), make_learners(3)
        enrol(event, *users)
        actions.cancel_event(event, by=BY)
        assert set(Registration.objects.values_list("state", "cancelled_by")) == {("cancelled", "event")}
        facts = AuditEntry.objects.get(action="event_cancelled").facts
        assert (facts["participants"], facts["waiting"]) == (2, 1)
        check(event)

    def test_other_lmses_read_the_limits_and_nobody_s_name(self):
        event = make_seats(5, waiting_limit=3, join_url="https://meet.example.org/secret")
        enrol(event, *make_learners(2))
        fragment = EventDoc.objects.get(event=event).fragment
        told = {"kind": "in_person", "capacity": 5, "minParticipants": 1, "waitlist": {"enabled": True, "limit": 3}}
        assert json.loads(fragment)["training"] == told
        assert "secret" not in fragment
        assert "secret" not in json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)))

    def test_a_registration_changes_no_document(self):
        event, users = make_seats(5), make_learners(2)
        FeedMark.objects.all().delete()
        before = EventDoc.objects.values().get(event=event)
        seating.cancel(enrol(event, *users)[0], by=BY)
        assert EventDoc.objects.values().get(event=event) == before
        assert set(FeedMark.objects.values_list("kind", flat=True)) == {"availability"}

    def test_setting_what_is_set_writes_nothing(self):
        event = make_seats(5)
        FeedMark.objects.all().delete()
        assert seating.set_seats(event, {"capacity": 5}, by=BY) is None
        assert not FeedMark.objects.exists()


class TestDeletedUsers:
    def test_seats_to_come_are_freed_and_nobody_is_named(self):
        event, users = make_seats(1), make_learners(2)
        enrol(event, *users)
        user_purged.send(sender=None, user_ids=[users[0]])
        assert confirmed(event) == [users[1]]
        assert list(Registration.objects.filter(state="cancelled").values_list("user", flat=True)) == [None]
        check(event)

    def test_who_took_part_stays_counted(self):
        past = (timezone.now() - timedelta(days=9)).replace(tzinfo=None, microsecond=0)
        event, (user,) = make_seats(1, start=past), make_learners(1)
        enrol(event, user)
        user_purged.send(sender=None, user_ids=[user])
        assert confirmed(event) == [None]
        check(event)


@pytest.mark.parametrize(
    "values",
    [
        {"seats_taken": 3},
        {"seats_taken": 3, "overbooked_to": 2},
        {"capacity": 0, "seats_taken": 1},
    ],
)
def test_the_database_refuses_what_is_oversold(values):
    event = make_seats(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seats.objects.filter(pk=event.pk).update(**values)


def test_the_database_refuses_two_seats_for_one_user():
    event, (user,) = make_seats(5), make_learners(1)
    enrol(event, user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(seats_id=event.pk, user=user, state="confirmed")
