"""The engine against the product's own host side: what a mirror holds after each kind of turn."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shared_events import actions
from shared_events.models import ClientSharing, Event, EventDoc, Instance, MirrorEvent, Peer, PeerState, Quarantine
from shared_events.peers import engine, passes
from shared_events.peers.actions import add_peer, confirm_removals
from shared_events.peers.engine import sync_peer
from shared_events.peers.lease import take_lease
from shared_events.peers.transport import Answer, Unreachable
from tests.builders import BY, enable_shared_events
from tests.shared_events.builders import make_event, row
from tests.shared_events.peers.loopback import fresh, make_remote, mirrored, wire  # noqa: F401 - a fixture
from tests.shared_events.peers.test_incoming import BAD_ITEMS, UID

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wire")]


def changed(answer, **members):
    return Answer(answer.status, answer.headers, json.dumps({**json.loads(answer.body), **members}).encode())


def test_a_mirror_holds_what_the_host_shows():
    make_event(title="First")
    make_event(title="Hidden", shared=False)
    peer = make_remote()
    run = sync_peer(peer.pk)
    assert (run.outcome, run.full, run.applied, run.problem) == ("ok", True, 1, "")
    assert mirrored() == ["First"]
    copy, doc = MirrorEvent.objects.get(), EventDoc.objects.get(event__title="First")
    assert (copy.document, copy.hash, copy.rev) == (doc.fragment, doc.hash, doc.rev)
    peer = fresh(peer)
    assert peer.origin == Instance.current().origin
    assert peer.complete_through
    assert peer.lease_until is None


def test_a_turn_without_news_writes_no_row(django_assert_num_queries):
    make_event()
    peer = make_remote()
    sync_peer(peer.pk)
    before = list(MirrorEvent.objects.values())
    run = sync_peer(peer.pk)
    assert (run.items, run.full, run.outcome) == (0, False, "ok")
    assert list(MirrorEvent.objects.values()) == before


def test_changes_and_removals_follow():
    kept, unshared, deleted = (make_event(title=title) for title in ("Kept", "Unshared", "Deleted"))
    peer = make_remote()
    sync_peer(peer.pk)
    actions.update_event(kept, values={"title": "Renamed"}, by=BY)
    actions.update_event(unshared, values={"shared": False}, by=BY)
    deleted.delete()
    assert sync_peer(peer.pk).removed == 2
    assert mirrored() == ["Renamed"]
    assert set(MirrorEvent.objects.exclude(removed_at=None).values_list("reason", flat=True)) == {"unshared", "deleted"}
    actions.update_event(unshared, values={"shared": True}, by=BY)
    sync_peer(peer.pk)
    assert mirrored() == ["Renamed", "Unshared"]


def test_a_restored_host_is_found_out_and_read_anew():
    make_event(title="Kept")
    peer = make_remote()
    sync_peer(peer.pk)
    lost = make_event(title="Lost by the restore")
    sync_peer(peer.pk)
    Event.objects.filter(pk=lost.pk).delete()
    EventDoc.objects.filter(pk=lost.uid).update(rev=0)
    ClientSharing.objects.update(issued=0)
    run = sync_peer(peer.pk)
    assert (run.full, run.outcome) == (True, "ok")
    assert mirrored() == ["Kept"]
    assert fresh(peer).epoch == Instance.current().epoch


def test_an_unreadable_item_is_set_aside_and_the_others_are_taken(wire):  # noqa: F811
    make_event(title="Good")
    bad = make_event(title="Bad")

    def spoil(path, answer):
        if not path.endswith("changes"):
            return answer
        items = json.loads(answer.body)["items"]
        for item in items:
            if item["uid"] == str(bad.uid):
                item["event"]["start"] = "9999-01-01T00:00:00"
        return changed(answer, items=items)

    wire.spoil = spoil
    peer = make_remote()
    run = sync_peer(peer.pk)
    assert (run.applied, run.quarantined, run.outcome) == (1, 1, "ok")
    assert mirrored() == ["Good"]
    assert Quarantine.objects.get().problem == "its etag does not name its content"
    wire.spoil = lambda _path, answer: answer
    sync_peer(peer.pk, full=True)
    assert mirrored() == ["Bad", "Good"]
    assert not Quarantine.objects.exists()


def spoiled(item, bad):
    """``bad`` in the place of an item, under the item's own uid where it has one."""
    if not isinstance(bad, dict):
        return bad
    named = {"uid": item["uid"]} if bad.get("uid") == UID else {}
    event = {"event": bad["event"] | named} if isinstance(bad.get("event"), dict) else {}
    return bad | named | event


def test_no_item_however_unfit_stops_a_page(wire):  # noqa: F811
    """All kinds on one page with a good one, through the database, again in a full pass, until the host mends them."""
    spoilt = {str(make_event(title=name).uid): bad for name, (bad, _words) in BAD_ITEMS.items()}
    make_event(title="Good")

    def spoil(path, answer):
        if not path.endswith("changes"):
            return answer
        items = json.loads(answer.body)["items"]
        return changed(answer, items=[spoiled(item, spoilt.get(item["uid"], item)) for item in items])

    wire.spoil = spoil
    peer = make_remote()
    for full in (False, True):
        run = sync_peer(peer.pk, full=full)
        assert (run.outcome, run.pages, run.quarantined) == ("ok", 1, len(BAD_ITEMS))
        assert mirrored() == ["Good"]
    assert all(case.tries == 2 and case.document for case in Quarantine.objects.all())
    wire.spoil = lambda _path, answer: answer
    sync_peer(peer.pk, full=True)
    assert mirrored() == sorted([*BAD_ITEMS, "Good"])
    assert {case.ref[:6] for case in Quarantine.objects.all()} == {"no uid"}  # nobody can tell which these were


def test_of_two_items_of_one_event_in_a_page_the_newer_counts(wire):  # noqa: F811
    event = make_event(title="Older")
    peer = make_remote()
    older = []

    def spoil(path, answer):
        if not path.endswith("changes"):
            return answer
        items = json.loads(answer.body)["items"]
        older[:] = older or items
        return changed(answer, items=[*items, *older])

    wire.spoil = spoil
    sync_peer(peer.pk)
    actions.update_event(event, values={"title": "Newer"}, by=BY)
    sync_peer(peer.pk)
    assert mirrored() == ["Newer"]


HEADERS = {
    "clock of another age": {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
    "date without zone": {"Date": "Mon, 23 Nov 2026 10:02:11 -0000"},
    "no date": {"Date": "yesterday"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_an_odd_clock_stops_nothing(wire, headers):  # noqa: F811
    make_event(title="First")
    wire.spoil = lambda _path, answer: Answer(answer.status, {**answer.headers, **headers}, answer.body)
    assert sync_peer(make_remote().pk).outcome == "ok"
    assert mirrored() == ["First"]


def test_one_revision_with_two_contents_is_settled_by_the_host():
    event = make_event(title="Said by the host")
    peer = make_remote()
    sync_peer(peer.pk)
    MirrorEvent.objects.update(title="Differs", hash="0" * 64)
    actions.update_event(event, values={"shared": False}, by=BY)
    actions.update_event(event, values={"shared": True}, by=BY)
    sync_peer(peer.pk)
    assert mirrored() == ["Said by the host"]
    assert "same revision" in Quarantine.objects.get().problem


def test_rows_that_a_full_pass_did_not_meet_go_at_its_end():
    make_event(title="Met")
    peer = make_remote()
    sync_peer(peer.pk)
    ghost = MirrorEvent.objects.get()
    ghost.pk, ghost.uid, ghost.title = None, "00000000-0000-4000-8000-000000000000", "Ghost"
    ghost.save()
    sync_peer(peer.pk)
    assert mirrored() == ["Ghost", "Met"]  # silence in a delta means nothing
    assert sync_peer(peer.pk, full=True).removed == 1
    assert mirrored() == ["Met"]


def test_the_brake_asks_a_person_before_a_mass_removal(monkeypatch):
    monkeypatch.setattr(passes, "BRAKE_ROWS", 3)
    Event.objects.bulk_create([row(title=f"Event {number}") for number in range(5)])
    peer = make_remote()
    sync_peer(peer.pk)
    Event.objects.update(shared=False)
    assert sync_peer(peer.pk, full=True).outcome == PeerState.NEEDS_CONFIRMATION
    assert len(mirrored()) == 5
    Event.objects.filter(title="Event 0").update(shared=True)
    assert sync_peer(peer.pk).outcome == PeerState.NEEDS_CONFIRMATION  # deltas go on
    assert confirm_removals(fresh(peer), by=BY) == 4
    assert mirrored() == ["Event 0"]
    assert sync_peer(peer.pk).outcome == PeerState.OK


def refuse(status, **members):
    body = json.dumps(members).encode()
    return lambda path, answer: Answer(status, {}, body) if path.endswith("changes") else answer


def unreachable(_path, _answer):
    raise Unreachable("ConnectionError")


def foreign(path, answer):
    return changed(answer, origin="urn:uuid:another") if path.endswith("v1/") else answer


def replayed(path, answer):
    return changed(answer, **{"from": "another"}) if path.endswith("changes") else answer


def not_json(path, answer):
    return Answer(200, {}, b"<html>") if path.endswith("changes") else answer


FAILURES = {
    "unreachable": (unreachable, "behind", "no usable answer"),
    "busy": (refuse(503), "behind", "busy"),
    "another host": (foreign, "failed", "Another LMS"),
    "replayed page": (replayed, "failed", "another cursor"),
    "not JSON": (not_json, "failed", "cannot be read"),
    "refused": (refuse(403, type="/p/not-allowed", retry="human"), "failed", "not-allowed"),
    "credentials": (refuse(401, type="/p/unauthorized", retry="refresh-token"), "auth_failed", "unauthorized"),
    "resync for ever": (refuse(410, type="/p/scope-changed", retry="resync"), "failed", "scope-changed"),
}


@pytest.mark.parametrize(("spoil", "state", "words"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_told_and_loses_nothing(wire, spoil, state, words):  # noqa: F811
    make_event(title="First")
    peer = make_remote()
    sync_peer(peer.pk)
    wire.spoil = spoil
    run = sync_peer(peer.pk)
    peer = fresh(peer)
    assert (run.outcome, peer.state, peer.failures) == (state, state, 1)
    assert words in peer.problem
    assert peer.next_try_at
    assert mirrored() == ["First"]
    make_event(title="Second")
    wire.spoil = lambda _path, answer: answer
    sync_peer(peer.pk)
    assert mirrored() == ["First", "Second"]
    assert (fresh(peer).state, fresh(peer).failures) == ("ok", 0)


def test_shared_events_off_at_the_host_waits_an_hour():
    peer = make_remote()
    sync_peer(peer.pk)
    enable_shared_events(enabled=False)
    assert sync_peer(peer.pk).outcome in {"failed", "disabled"}
    assert fresh(peer).next_try_at > timezone.now() + timedelta(minutes=50)


def test_a_wrong_secret_is_told():
    peer = make_remote()
    wrong = add_peer(
        values={"name": "Wrong", "base_url": "https://testserver", "client_id": peer.client_id}, secret="no", by=BY
    )
    assert sync_peer(wrong.pk).outcome == PeerState.AUTH_FAILED


def test_a_changed_key_is_told(settings):
    peer = make_remote()
    settings.SECRET_KEY = "another" * 10
    assert "SECRET_KEY" in sync_peer(peer.pk).problem


def test_the_secret_is_not_in_the_database_in_clear():
    peer = add_peer(
        values={"name": "A", "base_url": "https://a.example", "client_id": "a"}, secret="s3cret-word", by=BY
    )
    assert b"s3cret-word" not in bytes(fresh(peer).secret)


def test_one_lms_is_one_peer():
    sync_peer(make_remote("One").pk)
    assert "same LMS" in sync_peer(make_remote("Two").pk).problem


def test_only_one_runner_at_a_time():
    peer = make_remote()
    lease = take_lease(peer.pk, timezone.now())
    assert sync_peer(peer.pk) is None
    lease.release()
    assert sync_peer(peer.pk).outcome == "ok"


def test_a_runner_that_was_overtaken_commits_nothing(monkeypatch):
    make_event()
    peer = make_remote()
    real = engine.read_page

    def overtaken(*args, **kwargs):
        take_lease(peer.pk, timezone.now() + timedelta(minutes=2))
        return real(*args, **kwargs)

    monkeypatch.setattr(engine, "read_page", overtaken)
    assert "Another process" in sync_peer(peer.pk).problem
    assert mirrored() == []
    assert fresh(peer).cursor == ""


def test_a_full_pass_begun_meanwhile_drops_the_page(monkeypatch):
    make_event(title="First")
    peer = make_remote()
    sync_peer(peer.pk)
    make_event(title="Second")
    real, done = engine.read_page, []

    def restarted(*args, **kwargs):
        if not done:
            done.append(Peer.objects.filter(pk=peer.pk).update(cursor="", in_full_pass=True))
        return real(*args, **kwargs)

    monkeypatch.setattr(engine, "read_page", restarted)
    assert sync_peer(peer.pk).outcome == "ok"
    assert mirrored() == ["First", "Second"]


def test_a_stopped_turn_is_taken_up_where_it_ended():
    for number in range(3):
        make_event(title=f"Event {number}")
    peer = make_remote()
    Peer.objects.update(page_limit=1)
    asked = []
    run = sync_peer(peer.pk, stopped=lambda: bool(asked) or asked.append(1) is not None)
    assert (run.outcome, run.pages) == ("behind", 1)
    assert len(mirrored()) == 1
    assert sync_peer(peer.pk).applied == 2
    assert len(mirrored()) == 3
