"""Seats that other LMSes take: what they are answered, and what they read of it in the feed."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from clients.models import AuditEntry, LmsSettings
from shared_events import actions
from shared_events.background import release_held
from shared_events.models import ClientSharing, Hold, IdempotencyRecord, Registration, Seats
from shared_events.registrations import recount, seating
from shared_events.repeating import forget
from tests.builders import BY
from tests.shared_events.builders import limit_to, make_event, make_share_labels
from tests.shared_events.homes import address, make_home, origin
from tests.shared_events.peer import BASE
from tests.shared_events.registrations.people import enrol, make_learners, make_seats

pytestmark = pytest.mark.django_db

JOIN = "https://meet.example/room"


def body_of(response, status):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def problem(response):
    body = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == response.status_code
    return response.status_code, body["type"].rpartition("/")[2], body["retry"]


def check(event):
    assert not recount.miscounted()
    seats = Seats.objects.get(pk=event.pk)
    assert seats.capacity is None or seats.seats_taken <= seats.capacity


class TestTakingASeat:
    def test_it_is_confirmed_with_the_link_to_join(self):
        home, event, rid = make_home(), make_seats(2, join_url=JOIN), uuid.uuid4()
        response = home.put(event, rid=rid)
        assert body_of(response, 201) == {
            "rid": str(rid),
            "uid": str(event.uid),
            "participant": {"ref": "p_1"},
            "state": "confirmed",
            "cancelled_by": None,
            "position": None,
            "rev": 1,
            "join": {"uri": JOIN},
            "offer_until": None,
            "cancel_until": None,
        }
        assert (response["ETag"], response["Cache-Control"]) == ('"1"', "no-store")
        check(event)

    def test_the_same_again_takes_no_second_seat(self):
        home, event, rid = make_home(), make_seats(2), uuid.uuid4()
        first = body_of(home.put(event, rid=rid), 201)
        assert body_of(home.put(event, rid=rid), 200) == first
        assert Seats.objects.get(pk=event.pk).seats_taken == 1

    def test_after_it_ended_the_same_again_is_what_became_of_it(self):
        home, event, rid = make_home(), make_seats(2), uuid.uuid4()
        home.put(event, rid=rid)
        assert body_of(home.call("delete", address(event, rid)), 200)["cancelled_by"] == "home"
        assert body_of(home.put(event, rid=rid), 200)["state"] == "cancelled"
        assert Seats.objects.get(pk=event.pk).seats_taken == 0

    def test_a_name_is_for_one_registration(self):
        home, event, other, rid = make_home(), make_seats(3), make_seats(3), uuid.uuid4()
        home.put(event, rid=rid)
        for response in (home.put(event, "p_2", rid=rid), home.put(other, rid=rid)):
            assert problem(response) == (409, "rid-reused", "never")

    def test_a_participant_is_registered_once(self):
        home, event = make_home(), make_seats(3)
        rid = body_of(home.put(event), 201)["rid"]
        response = home.put(event)
        assert problem(response) == (409, "already-registered", "never")
        assert json.loads(response.content)["rid"] == rid

    def test_two_lmses_share_neither_names_nor_participants(self):
        one, other, event, rid = make_home(), make_home(), make_seats(3), uuid.uuid4()
        assert one.put(event, rid=rid).status_code == other.put(event, rid=rid).status_code == 201
        other.call("delete", address(event, rid))
        assert body_of(one.call("get", address(event, rid)), 200)["state"] == "confirmed"

    def test_names_and_addresses_are_not_kept(self):
        home, event = make_home(), make_seats(3)
        person = {"ref": "p_1", "name": "Aino Virtanen", "email": "aino@virtanen.example"}
        response = home.call("put", address(event, uuid.uuid4()), {"participant": person})
        assert "irtanen" not in response.content.decode()
        kept = [*Registration.objects.values(), *AuditEntry.objects.values()]
        assert "irtanen" not in json.dumps(kept, default=str)


class TestTheWaitingList:
    def test_who_comes_first_is_served_first_whatever_the_lms(self):
        home, event, users = make_home(), make_seats(1), make_learners(2)
        enrol(event, users[0])
        waiting = body_of(home.put(event), 201)
        assert (waiting["state"], waiting["position"], waiting["join"]) == ("waitlisted", 1, None)
        enrol(event, users[1])
        seating.cancel(Registration.objects.get(user=users[0]), by=BY)
        assert body_of(home.call("get", address(event, waiting["rid"])), 200)["state"] == "confirmed"
        assert Registration.objects.get(user=users[1]).state == "waitlisted"
        check(event)

    def test_a_seat_or_nothing(self):
        home, event = make_home(), make_seats(1)
        home.put(event)
        response = home.put(event, "p_2", accept="seat")
        assert (problem(response)[1], json.loads(response.content)["waitlist"]) == ("full", True)
        assert Registration.objects.count() == 1

    def test_where_there_is_no_waiting_list(self):
        home, event, rid = make_home(), make_seats(1, waiting_list=False), uuid.uuid4()
        other = home.put(event)
        refused = home.put(event, "p_2", rid=rid)
        assert (problem(refused)[1], json.loads(refused.content)["waitlist"]) == ("full", False)
        home.call("delete", address(event, json.loads(other.content)["rid"]))
        assert home.put(event, "p_2", rid=rid).status_code == 201


class TestWhenItIsRefused:
    def test_of_a_cancelled_event_and_one_that_is_over(self):
        home = make_home()
        cancelled, over = make_seats(3), make_seats(3)
        actions.cancel_event(cancelled, by=BY)
        past = (timezone.now() - timedelta(days=3)).replace(tzinfo=None, microsecond=0)
        actions.update_event(over, values={"start": past}, by=BY)
        for event in (cancelled, over):
            assert problem(home.put(event)) == (409, "closed", "never")

    def test_of_events_that_the_client_is_not_given(self):
        home, _safety = make_home(), make_share_labels()[0]
        hidden = [make_event(shared=False), make_event(stage="draft")]
        for event in hidden:
            assert problem(home.put(event)) == (404, "not-found", "never")
        event = make_seats(3)
        limit_to(home.client, _safety)
        assert problem(home.put(event)) == (404, "not-found", "never")
        assert not Registration.objects.exists()

    def test_at_another_origin(self):
        home, event = make_home(), make_seats(3)
        path = f"events/urn:uuid:{uuid.uuid4()}/{event.uid}/registrations/{uuid.uuid4()}"
        assert problem(home.call("put", path, {"participant": {"ref": "p"}}))[0] == 404

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"participant": "p_1"},
            {"participant": {"ref": ""}},
            {"participant": {"ref": 7}},
            {"participant": {"ref": "x" * 65}},
            {"participant": {"ref": "a\nb"}},
            {"participant": {"ref": "p"}, "accept": "both"},
            {"participant": {"ref": "p"}, "accept": []},
            {"participant": {"ref": "p"}, "hold": 1},
        ],
    )
    def test_of_unfit_members(self, body):
        home, event = make_home(), make_seats(3)
        assert problem(home.call("put", address(event, uuid.uuid4()), body)) == (422, "invalid", "never")

    def test_of_bodies_that_are_no_object_of_json(self):
        home, event = make_home(), make_seats(3)
        headers = {"Authorization": f"Bearer {home.peer.bearer}"}
        path = BASE + address(event, uuid.uuid4())
        for text, kind, expected in (
            ("[]", "application/json", (400, "malformed")),
            ("{", "application/json", (400, "malformed")),
            ("{}", "text/plain", (415, "unsupported-type")),
            (" " * 70_000, "application/json", (413, "too-large")),
        ):
            response = home.peer.http.put(path, text, content_type=kind, headers=headers)
            assert problem(response)[:2] == expected

    def test_without_the_direction_nothing_is_answered(self):
        home, event = make_home(), make_seats(3)
        rid = body_of(home.put(event), 201)["rid"]
        ClientSharing.objects.update(register=False)
        for response in (home.put(event), home.call("get", address(event, rid)), home.hold(event)):
            assert problem(response) == (403, "not-allowed", "human")

    def test_while_registrations_are_off_known_ones_can_be_read_and_cancelled(self):
        home, event = make_home(), make_seats(3)
        rid = body_of(home.put(event), 201)["rid"]
        LmsSettings.objects.update(shared_event_registrations_enabled=False)
        for response in (home.put(event, "p_2"), home.hold(event)):
            assert problem(response) == (403, "registrations-disabled", "after")
        assert home.put(event, rid=rid).status_code == 200
        assert body_of(home.call("get", address(event, rid)), 200)["state"] == "confirmed"
        assert body_of(home.call("delete", address(event, rid)), 200)["state"] == "cancelled"

    def test_another_lms_finds_no_registration(self):
        home, other, event = make_home(), make_home(), make_seats(3)
        rid = body_of(home.put(event), 201)["rid"]
        for method in ("get", "delete"):
            assert problem(other.call(method, address(event, rid))) == (404, "not-found", "never")
        assert problem(home.call("get", address(make_seats(1), rid)))[0] == 404


class TestCancelling:
    def test_it_frees_the_seat_and_again_changes_nothing(self):
        home, event = make_home(), make_seats(1)
        rid = body_of(home.put(event), 201)["rid"]
        first = body_of(home.call("delete", address(event, rid)), 200)
        assert (first["state"], first["rev"]) == ("cancelled", 2)
        assert body_of(home.call("delete", address(event, rid)), 200) == first
        assert home.put(event).status_code == 201
        check(event)

    def test_of_an_event_that_is_hidden_by_now(self):
        home, event = make_home(), make_seats(1)
        rid = body_of(home.put(event), 201)["rid"]
        actions.update_event(event, values={"shared": False}, by=BY)
        assert body_of(home.call("delete", address(event, rid)), 200)["state"] == "cancelled"


class TestHolds:
    def test_a_held_seat_is_for_who_held_it(self):
        home, event = make_home(), make_seats(2)
        hold = body_of(home.hold(event, 2, ttl=60), 201)
        assert (hold["seats"], hold["expires_in"]) == (2, 60)
        assert problem(home.put(event, accept="seat"))[1] == "full"
        for ref in ("p_1", "p_2"):
            assert body_of(home.put(event, ref, accept="seat", hold=hold["hold"]), 201)["state"] == "confirmed"
        assert not Hold.objects.exists()
        assert problem(home.put(event, "p_3", accept="seat", hold=hold["hold"]))[1] == "full"
        check(event)

    def test_not_for_another_lms(self):
        home, other, event = make_home(), make_home(), make_seats(1)
        hold = body_of(home.hold(event), 201)["hold"]
        assert problem(other.put(event, accept="seat", hold=hold))[1] == "full"
        assert other.call("delete", f"events/{origin()}/{event.uid}/holds/{hold}").status_code == 204
        assert Hold.objects.exists()

    def test_given_back_it_goes_to_who_waits(self):
        home, event = make_home(), make_seats(1)
        hold = body_of(home.hold(event), 201)["hold"]
        waiting = body_of(home.put(event), 201)
        assert waiting["state"] == "waitlisted"
        path = f"events/{origin()}/{event.uid}/holds/{hold}"
        assert home.call("delete", path).status_code == home.call("delete", path).status_code == 204
        assert body_of(home.call("get", address(event, waiting["rid"])), 200)["state"] == "confirmed"
        check(event)

    def test_one_that_is_over_frees_its_seats_at_the_next_enrolment_and_by_the_worker(self):
        home, event = make_home(), make_seats(1)
        for free in (lambda: home.put(event, accept="seat"), release_held):
            Registration.objects.all().delete()
            Seats.objects.update(seats_taken=0)
            home.hold(event)
            Hold.objects.update(expires_at=timezone.now())
            free()
            assert not Hold.objects.exists()
            check(event)

    def test_more_than_there_are(self):
        home, event = make_home(), make_seats(1)
        assert problem(home.hold(event, 2))[:2] == (409, "full")

    @pytest.mark.parametrize("body", [{"seats": 0}, {"seats": 101}, {"seats": True}, {"ttl": 601}, {"ttl": "60"}])
    def test_of_unfit_numbers(self, body):
        home, event = make_home(), make_seats(3)
        assert problem(home.hold(event, **body)) == (422, "invalid", "never")

    def test_cancelling_the_event_ends_them(self):
        home, event = make_home(), make_seats(3)
        home.hold(event, 2)
        home.put(event)
        actions.cancel_event(event, by=BY)
        assert AuditEntry.objects.get(action="event_cancelled").facts["participants"] == 1
        assert not Hold.objects.exists()
        check(event)


class TestIdempotencyKeys:
    def test_the_same_request_gets_the_same_answer(self):
        home, event = make_home(), make_seats(3)
        answers = [home.hold(event, 2, key="k") for _time in range(2)]
        assert answers[0].content == answers[1].content
        assert Seats.objects.get(pk=event.pk).seats_taken == 2

    def test_a_refusal_too(self):
        home, event = make_home(), make_seats(1)
        refused = home.hold(event, 2, key="k")
        seating.set_seats(event, {"capacity": 5}, by=BY)
        again = home.hold(event, 2, key="k")
        assert problem(again) == problem(refused)
        assert home.hold(event, 2, key="l").status_code == 201

    def test_another_request_needs_another_key(self):
        home, event = make_home(), make_seats(3)
        home.hold(event, 1, key="k")
        assert problem(home.hold(event, 2, key="k")) == (422, "key-reused", "never")
        assert make_home().hold(event, 2, key="k").status_code == 201

    def test_one_is_needed(self):
        home, event = make_home(), make_seats(3)
        response = home.call("post", f"events/{origin()}/{event.uid}/holds", {"seats": 1})
        assert problem(response) == (400, "idempotency-key-missing", "never")
        assert problem(home.hold(event, key="x" * 256)) == (400, "malformed", "never")

    def test_they_are_kept_for_two_days(self):
        home, event = make_home(), make_seats(3)
        home.hold(event)
        now = timezone.now()
        assert forget(now + timedelta(hours=47)) == 0
        assert forget(now + timedelta(hours=49)) == 1
        assert not IdempotencyRecord.objects.exists()


class TestTheFeed:
    def test_the_maker_reads_each_change_of_a_registration(self):
        home, event = make_home(), make_seats(1)
        first, second = (body_of(home.put(event, ref), 201)["rid"] for ref in ("p_1", "p_2"))
        page = home.peer.read()
        states = {item["rid"]: (item["rev"], item["state"]) for item in page["items"] if item["kind"] == "registration"}
        assert states == {first: (1, "confirmed"), second: (1, "waitlisted")}
        seating.cancel(Registration.objects.get(rid=first), by=BY)
        told = home.items("registration", cursor=page["next"])
        changed = {item["rid"]: (item["rev"], item["state"], item["cancelled_by"]) for item in told}
        assert changed == {first: (2, "cancelled", "host"), second: (2, "confirmed", None)}
        assert all(item["uid"] == str(event.uid) for item in told)

    def test_nobody_else_does(self):
        home, other, event = make_home(), make_home(), make_seats(2)
        home.put(event)
        enrol(event, *make_learners(1))
        assert other.items("registration") == []
        assert len(home.items("registration")) == 1

    def test_it_is_told_also_where_the_event_is_hidden_by_now(self):
        home, event = make_home(), make_seats(1)
        home.put(event)
        cursor = home.peer.read()["next"]
        actions.cancel_event(event, by=BY)
        actions.update_event(event, values={"shared": False}, by=BY)
        (told,) = home.items("registration", cursor=cursor)
        assert (told["state"], told["cancelled_by"]) == ("cancelled", "event")

    def test_seats_are_told_after_the_event(self):
        home, event = make_home(), make_seats(2)
        home.put(event)
        kinds = [item["kind"] for item in home.peer.read()["items"]]
        assert kinds == ["event", "availability", "registration"]
        (told,) = home.items("availability")
        assert {name: told[name] for name in ("seats_taken", "remaining", "waitlisted", "open")} == {
            "seats_taken": 1,
            "remaining": 1,
            "waitlisted": 0,
            "open": True,
        }

    def test_an_event_that_comes_back_brings_its_seats(self):
        home, event = make_home(), make_seats(2)
        cursor = home.peer.read()["next"]
        for shared in (False, True):
            actions.update_event(event, values={"shared": shared}, by=BY)
        kinds = [item["kind"] for item in home.peer.read(cursor=cursor)["items"]]
        assert kinds == ["event", "availability"]

    def test_seats_of_hidden_events_are_not_told(self):
        home, event = make_home(), make_seats(2)
        actions.update_event(event, values={"shared": False}, by=BY)
        assert home.peer.read()["items"] == []

    def test_who_may_not_register_reads_events_only(self):
        home, event = make_home(), make_seats(2)
        home.put(event)
        cursor = home.peer.read()["next"]
        ClientSharing.objects.update(register=False)
        response = home.peer.get("changes", cursor=cursor)
        assert problem(response) == (410, "scope-changed", "resync")
        assert [item["kind"] for item in home.peer.read()["items"]] == ["event"]

    def test_pages_of_one_item_tell_all(self):
        home, event = make_home(), make_seats(3)
        for ref in ("p_1", "p_2", "p_3"):
            home.put(event, ref)
        make_event()
        items, cursor, more = [], "", True
        while more:
            page = home.peer.read(cursor=cursor, limit=1) if cursor else home.peer.read(limit=1)
            items += page["items"]
            cursor, more = page["next"], page["has_more"]
        assert sorted(item["kind"] for item in items) == ["availability", "event", "event", *["registration"] * 3]
        assert [item["seq"] for item in items] == sorted({item["seq"] for item in items})


def test_discovery_names_the_profile_and_the_direction():
    home = make_home()
    told = json.loads(home.peer.get().content)
    assert (told["profiles"], told["scope"]["register"]) == (["E", "R"], True)
    ClientSharing.objects.update(register=False)
    assert json.loads(home.peer.get().content)["scope"]["register"] is False
    LmsSettings.objects.update(shared_event_registrations_enabled=False)
    told = json.loads(home.peer.get().content)
    assert (told["profiles"], told["scope"]["register"]) == (["E"], False)
