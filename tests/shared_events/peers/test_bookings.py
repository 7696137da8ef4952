"""Learners of this LMS take part in another's events: what the host is told, and what becomes of it here."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from clients.models import AuditEntry, Client, LmsSettings
from lms_oauth.signals import user_purged
from shared_events import actions
from shared_events.models import (
    Booking,
    ClientSharing,
    EventDoc,
    Instance,
    Intent,
    MirrorEvent,
    Peer,
    PeerState,
    Quarantine,
    Registration,
)
from shared_events.peers import registering
from shared_events.peers.bookings import ref_for
from shared_events.peers.engine import sync_peer
from shared_events.peers.forgetting import forget_removed_copies
from shared_events.peers.registering import NotRegistered
from shared_events.peers.transport import Answer, Unreachable
from shared_events.registrations import seating
from tests.builders import BY
from tests.shared_events.peers.loopback import Wire, make_remote, wire  # noqa: F401 - a fixture
from tests.shared_events.registrations.people import make_learners, make_seats

pytestmark = pytest.mark.django_db

JOIN = "https://meet.example/room"


@pytest.fixture
def host(wire: Wire):  # noqa: F811
    """A peer whose host lets this LMS register its learners, mirrored up to now."""
    peer = make_remote()
    LmsSettings.objects.update(shared_event_registrations_enabled=True)
    ClientSharing.objects.create(client=Client.objects.get(client_id=peer.client_id), register=True)
    return Host(peer, wire)


class Host:
    def __init__(self, peer, carried):
        self.peer, self.wire = peer, carried

    def sync(self):
        Booking.objects.update(next_try_at=None)
        run = sync_peer(self.peer.pk)
        assert not run.problem, run.problem
        return run

    def offer(self, capacity=None, **values):
        """A mirrored event, and what it is a copy of."""
        event = make_seats(capacity, **values)
        self.sync()
        return MirrorEvent.objects.get(peer=self.peer, uid=event.uid), event

    def lose(self, method, *, after=True):
        """The next call of this method does not get its answer; ``after``: the host does its part."""

        def spoil(path, answer):
            if self.wire.sent[-1][0] == method and "registrations" in path:
                self.wire.spoil = lambda _path, answer: answer
                raise Unreachable("reset")
            return answer

        self.wire.spoil = spoil

    @property
    def told(self):
        """Bodies of what was put."""
        return [body for method, _path, body in self.wire.sent if method == "PUT"]


def now(booking):
    return Booking.objects.get(pk=booking.pk)


def register(mirror, user):
    return registering.register(mirror, user, by=BY)


def test_a_seat_is_confirmed_by_the_host_with_the_link_to_join(host):
    (mirror, event), (user,) = host.offer(2, join_url=JOIN), make_learners(1)
    booking = register(mirror, user)
    assert (booking.state, booking.intent, booking.join_url, booking.rev) == ("confirmed", "", JOIN, 1)
    there = Registration.objects.get(seats=event.pk)
    assert (there.rid, there.ref, there.user) == (booking.rid, booking.ref, None)


def test_the_host_is_told_a_code_and_nothing_else(host):
    (mirror, _event), (user,) = host.offer(2), make_learners(1, name="virtanen")
    booking = register(mirror, user)
    assert host.told == [{"participant": {"ref": booking.ref}, "accept": "waitlist"}]
    assert "irtanen" not in json.dumps(host.wire.sent, default=str)


def test_two_peers_are_told_two_codes_for_one_user(host):
    other = Peer(origin="urn:uuid:11111111-1111-4111-8111-111111111111")
    peer = Peer.objects.get()
    assert ref_for(peer, 7) == ref_for(peer, 7)
    assert len({ref_for(peer, 7), ref_for(peer, 8), ref_for(other, 7)}) == 3


def test_who_waits_learns_of_the_seat_by_the_feed(host):
    (mirror, event), users = host.offer(1, join_url=JOIN), make_learners(2)
    seating.enrol(event, users[0], by=BY)
    booking = register(mirror, users[1])
    assert (booking.state, booking.join_url) == ("waitlisted", "")
    seating.cancel(Registration.objects.get(user=users[0]), by=BY)
    host.sync()
    booking = now(booking)
    assert (booking.state, booking.join_url, booking.intent) == ("confirmed", JOIN, "")


def test_the_host_cancels(host):
    (mirror, event), (user,) = host.offer(2, join_url=JOIN), make_learners(1)
    booking = register(mirror, user)
    seating.cancel(Registration.objects.get(seats=event.pk), by=BY)
    host.sync()
    booking = now(booking)
    assert (booking.state, booking.cancelled_by, booking.join_url) == ("cancelled", "host", "")
    assert register(mirror, user).state == "confirmed"


def test_a_learner_cancels(host):
    (mirror, event), (user,) = host.offer(2), make_learners(1)
    booking = register(mirror, user)
    registering.cancel(booking, by=BY)
    booking = now(booking)
    assert (booking.state, booking.cancelled_by, booking.intent) == ("cancelled", "home", "")
    assert Registration.objects.get(seats=event.pk).cancelled_by == "home"


def test_full(host):
    (mirror, event), users = host.offer(1, waiting_list=False), make_learners(2)
    register(mirror, users[0])
    booking = register(mirror, users[1])
    assert (booking.state, booking.intent) == ("failed", "")
    assert "full" in booking.problem
    assert Registration.objects.filter(seats=event.pk).count() == 1


@pytest.mark.parametrize("after", [True, False], ids=["answer lost", "request lost"])
def test_an_answer_that_is_lost_is_asked_for_again(host, after):
    (mirror, event), (user,) = host.offer(1), make_learners(1)
    if after:
        host.lose("PUT")
    else:
        host.wire.spoil = _unreachable
    booking = register(mirror, user)
    assert (booking.state, booking.intent, booking.tries) == ("pending", "send", 1 if after else 0)
    host.wire.spoil = lambda _path, answer: answer
    host.sync()
    booking = now(booking)
    assert (booking.state, booking.intent, booking.problem, booking.tries) == ("confirmed", "", "", 0)
    assert Registration.objects.filter(seats=event.pk).count() == 1


def _unreachable(_path, _answer):
    raise Unreachable("refused")


def test_a_cancellation_whose_answer_is_lost_is_sent_again(host):
    (mirror, _event), (user,) = host.offer(1), make_learners(1)
    booking = register(mirror, user)
    host.lose("DELETE")
    registering.cancel(booking, by=BY)
    assert now(booking).state == "confirmed"
    host.sync()
    assert (now(booking).state, now(booking).intent) == ("cancelled", "")


def test_the_host_that_asks_to_wait_is_asked_later(host):
    (mirror, _event), (user,) = host.offer(1), make_learners(1)
    LmsSettings.objects.update(shared_event_registrations_enabled=False)
    booking = Booking.objects.create(mirror=mirror, user=user, ref="p")
    host.sync()
    booking = now(booking)
    assert (booking.state, booking.intent, booking.tries) == ("pending", "send", 1)
    assert booking.next_try_at > timezone.now() + timedelta(minutes=50)


def test_who_has_no_answer_in_a_day_ends_without_a_seat(host):
    (mirror, event), (user,) = host.offer(1), make_learners(1)
    host.lose("PUT")
    booking = register(mirror, user)
    assert Registration.objects.get(seats=event.pk).state == "confirmed"
    Booking.objects.update(created=timezone.now() - timedelta(hours=25))
    host.sync()
    assert (now(booking).state, now(booking).intent) == ("failed", "")
    assert Registration.objects.get(seats=event.pk).state == "cancelled"


def test_a_booking_given_up_that_never_arrived_is_settled_too(host):
    (mirror, event), (user,) = host.offer(1), make_learners(1)
    booking = Booking.objects.create(mirror=mirror, user=user, ref="p")
    Booking.objects.update(created=timezone.now() - timedelta(hours=25))
    host.sync()
    assert (now(booking).state, now(booking).intent) == ("failed", "")
    assert not Registration.objects.filter(seats=event.pk).exists()


def test_a_host_that_went_back_in_time_is_told_again(host):
    (mirror, event), users = host.offer(5), make_learners(2)
    kept, ended = register(mirror, users[0]), register(mirror, users[1])
    registering.cancel(ended, by=BY)
    host.sync()
    Registration.objects.filter(rid=kept.rid).delete()  # as if restored: it knows one no more, and another still lives
    Registration.objects.filter(rid=ended.rid).update(state="confirmed", cancelled_by="", rev=1)
    Instance.objects.get().renew_epoch()
    host.sync()
    states = dict(Registration.objects.filter(seats=event.pk).values_list("rid", "state"))
    assert states == {kept.rid: "confirmed", ended.rid: "cancelled"}
    assert (now(kept).state, now(ended).state) == ("confirmed", "cancelled")


def test_an_lms_that_went_back_in_time_learns_of_its_registrations_again(host):
    (mirror, event), users = host.offer(5, join_url=JOIN), make_learners(3)
    lost = register(mirror, users[1])
    Booking.objects.all().delete()
    Peer.objects.update(cursor="", in_full_pass=True)
    host.sync()
    booking = Booking.objects.get()
    assert (booking.rid, booking.user, booking.state, booking.join_url) == (lost.rid, users[1], "confirmed", JOIN)
    assert Registration.objects.filter(seats=event.pk).count() == 1


def test_users_who_are_no_more_give_their_seats_back(host):
    (mirror, event), (user,) = host.offer(5), make_learners(1)
    booking = register(mirror, user)
    user_purged.send(sender=None, user_ids=[user])
    host.sync()
    assert (now(booking).user, now(booking).state) == (None, "cancelled")
    assert Registration.objects.get(seats=event.pk).state == "cancelled"


class TestNotAsked:
    def test_while_registrations_are_off(self, host):
        (mirror, _event), (user,) = host.offer(1), make_learners(1)
        LmsSettings.objects.update(shared_event_registrations_enabled=False)
        with pytest.raises(NotRegistered, match="off for this LMS"):
            register(mirror, user)

    def test_where_the_host_does_not_let(self, host):
        (mirror, _event), (user,) = host.offer(1), make_learners(1)
        ClientSharing.objects.update(register=False)
        host.sync()
        mirror.refresh_from_db()
        mirror = MirrorEvent.objects.get(pk=mirror.pk)
        with pytest.raises(NotRegistered, match="does not let"):
            register(mirror, user)

    def test_for_events_that_take_none(self, host):
        (mirror, event), (user,) = host.offer(1), make_learners(1)
        actions.cancel_event(event, by=BY)
        host.sync()
        with pytest.raises(NotRegistered, match="takes no registrations"):
            register(MirrorEvent.objects.get(pk=mirror.pk), user)

    def test_where_personal_data_is_asked_for(self, host):
        (mirror, event), (user,) = host.offer(1), make_learners(1)
        document = json.loads(EventDoc.objects.get(event=event).fragment)
        document["training"]["enrolment"] = {"requires": ["name"]}
        mirror.document = json.dumps(document)
        with pytest.raises(NotRegistered, match="personal data"):
            register(mirror, user)

    def test_twice(self, host):
        (mirror, _event), (user,) = host.offer(3), make_learners(1)
        register(mirror, user)
        with pytest.raises(NotRegistered, match="already"):
            register(mirror, user)
        assert AuditEntry.objects.filter(action="booking_added").count() == 1


class TestWhatTheFeedSaysOfSeats:
    def test_it_is_kept_with_the_copy(self, host):
        (mirror, event), (user,) = host.offer(3), make_learners(1)
        seating.enrol(event, user, by=BY)
        host.sync()
        told = MirrorEvent.objects.get(pk=mirror.pk).availability
        assert told == {"seats_taken": 1, "remaining": 2, "waitlisted": 0, "open": True}

    def test_a_host_without_registrations_is_not_asked_for_their_kinds(self, host):
        ClientSharing.objects.update(register=False)
        host.sync()
        asked = [parameters["kinds"] for path, parameters in host.wire.calls if path.endswith("/changes")]
        assert asked[-1] == "event"

    @pytest.mark.parametrize("kind", ["availability", "registration"])
    def test_what_cannot_be_read_is_set_aside_and_the_rest_is_taken(self, host, kind):
        def spoil(path, answer):
            if not path.endswith("/changes"):
                return answer
            page = json.loads(answer.body)
            page["items"].append({"seq": 1, "kind": kind, "op": "upsert", "uid": "x", "rid": "y", "rev": -1})
            return Answer(answer.status, answer.headers, json.dumps(page).encode())

        host.wire.spoil = spoil
        host.offer(1)
        assert Quarantine.objects.get().ref.startswith(f"{kind}: ")


class TestCopiesWithRegistrations:
    def test_none_is_removed_by_a_full_pass_without_a_persons_word(self, host):
        (mirror, event), (user,) = host.offer(1), make_learners(1)
        register(mirror, user)
        actions.update_event(event, values={"shared": False}, by=BY)
        sync_peer(host.peer.pk, full=True)
        assert Peer.objects.get().state == PeerState.NEEDS_CONFIRMATION
        assert MirrorEvent.objects.get(pk=mirror.pk).removed_at is None

    def test_a_removed_one_is_kept_until_all_is_settled(self, host):
        (mirror, _event), (user,) = host.offer(1), make_learners(1)
        booking = register(mirror, user)
        MirrorEvent.objects.update(removed_at=timezone.now() - timedelta(days=31))
        forget_removed_copies(timezone.now())
        assert Booking.objects.filter(pk=booking.pk).exists()
        Booking.objects.update(state="cancelled", intent=Intent.NONE)
        forget_removed_copies(timezone.now())
        assert not MirrorEvent.objects.exists()


class TestAnswersOfHosts:
    @pytest.mark.parametrize(
        "changes",
        [
            {"rid": "0d8c0000-0000-4000-8000-000000000000"},
            {"state": 7},
            {"rev": "1"},
            {"participant": None},
            {"join": {"uri": "javascript:alert(1)"}},
            {"join": {"uri": "https://x.example/" + "x" * 500}},
        ],
    )
    def test_unfit_ones_change_nothing(self, host, changes):
        def spoil(path, answer):
            if "registrations" not in path:
                return answer
            body = json.dumps(json.loads(answer.body) | changes).encode()
            return Answer(answer.status, answer.headers, body)

        (mirror, _event), (user,) = host.offer(1), make_learners(1)
        host.wire.spoil = spoil
        booking = register(mirror, user)
        assert (booking.state, booking.intent, booking.join_url) == ("pending", "send", "")
        assert booking.problem.startswith("The host's answer cannot be read: ")
