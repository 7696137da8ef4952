import hashlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from clients.models import AuditEntry
from shared_events import actions, feed, scan, sequencing
from shared_events.canonical import canonical
from shared_events.models import Event, Exposure, FeedBatch, FeedEntry, FeedMark, Instance
from tests.builders import BY
from tests.shared_events.builders import make_event, row
from tests.shared_events.peer import make_peer

pytestmark = pytest.mark.django_db


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    return response.status_code, body["type"].rpartition("/")[2], body["retry"]


def test_an_empty_feed():
    peer = make_peer()
    page = peer.read()
    assert page["from"] == ""
    assert page["items"] == []
    assert page["has_more"] is False
    assert page["complete_through"]
    assert page["origin"] == Instance.current().origin
    assert peer.read(cursor=page["next"])["next"] == page["next"]


def test_an_item_carries_the_document_whose_hash_its_etag_names():
    event = make_event()
    (item,) = make_peer().sync()
    assert (item["kind"], item["op"], item["uid"], item["rev"]) == ("event", "upsert", str(event.uid), 1)
    text = canonical({"event": item["event"], "training": item["training"]})
    assert item["etag"] == f'"1-{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_by_cursor_bring_each_event_once(limit):
    made = {str(make_event(title=f"Event {number}").uid) for number in range(5)}
    peer = make_peer()
    items = peer.sync(limit)
    assert sorted(item["uid"] for item in items) == sorted(made)
    assert peer.pages == -(-5 // limit)
    assert peer.sync() == []


def test_a_change_moves_the_one_entry_to_its_newest_position():
    first, second = make_event(title="First"), make_event(title="Second")
    peer = make_peer()
    page = peer.step(limit=1)
    actions.update_event(first, values={"title": "First again"}, by=BY)
    items = peer.sync()
    assert [(item["uid"], item["rev"]) for item in items] == [(str(second.uid), 1), (str(first.uid), 2)]
    assert items[-1]["seq"] > page["items"][0]["seq"]


def test_cancelling_is_an_upsert():
    event = make_event()
    peer = make_peer()
    peer.sync()
    actions.cancel_event(event, by=BY)
    (item,) = peer.sync()
    assert (item["op"], item["event"]["status"], item["event"]["sequence"]) == ("upsert", "cancelled", 1)


LEAVING = {
    "unshared": lambda event: actions.update_event(event, values={"shared": False}, by=BY),
    "archived": lambda event: actions.update_event(event, values={"stage": "archived"}, by=BY),
    "deleted": lambda event: event.delete(),
    "expired": lambda event: actions.update_event(
        event, values={"start": (timezone.now() - timedelta(days=400)).replace(tzinfo=None, microsecond=0)}, by=BY
    ),
}


@pytest.mark.parametrize(("reason", "leave"), LEAVING.items(), ids=LEAVING.keys())
def test_what_stops_being_visible_is_removed_where_it_was_seen(reason, leave):
    event = make_event()
    uid, peer, stranger = str(event.uid), make_peer(), make_peer()
    peer.sync()
    leave(event)
    (item,) = peer.sync()
    assert (item["op"], item["uid"], item["reason"]) == ("remove", uid, reason)
    assert peer.mirror == {}
    assert stranger.sync() == []
    peer.cursor = ""  # a full pass tells it again to who has seen it
    assert [item["reason"] for item in peer.sync()] == [reason]


@pytest.mark.parametrize("change", [{"shared": False}, {"stage": "draft"}], ids=["unshared", "draft"])
def test_what_is_not_visible_never_leaves(change):
    event = make_event(**change)
    peer = make_peer()
    page = peer.read()
    assert page["items"] == []
    assert page["has_more"] is False
    assert peer.get(f"events/{page['origin']}/{event.uid}").status_code == 404
    assert not Exposure.objects.exists()


def test_sharing_again_brings_it_back_at_the_same_revision():
    event = make_event()
    peer = make_peer()
    peer.sync()
    for shared in (False, True):
        actions.update_event(event, values={"shared": shared}, by=BY)
    assert [(item["op"], item["rev"]) for item in peer.sync()] == [("upsert", 1)]


def test_an_event_that_grows_too_old_leaves_without_being_written():
    event = make_event()
    peer = make_peer()
    peer.sync()
    Event.objects.filter(pk=event.pk).update(version=event.version + 1, ends_at=timezone.now() - timedelta(days=365.01))
    Instance.objects.update(expired_through=timezone.now() - timedelta(days=1))
    assert not FeedMark.objects.exists()
    assert [item["reason"] for item in peer.sync()] == ["expired"]
    assert peer.sync() == []


def test_a_bulk_update_reaches_readers():
    event = make_event()
    peer = make_peer()
    peer.sync()
    Event.objects.filter(pk=event.pk).update(title="By hand")
    (item,) = peer.sync()
    assert (item["event"]["title"], item["rev"]) == ("By hand", 2)
    assert peer.sync() == []


def test_a_row_that_makes_no_sense_does_not_stop_the_feed(caplog):
    event = make_event()
    Event.objects.filter(pk=event.pk).update(time_zone="Nowhere/At_all")
    other = make_event(title="Other")
    peer = make_peer()
    peer.sync()
    assert {title for _rev, title in peer.mirror.values()} == {"First aid", "Other"}
    assert str(event.uid) in caplog.text
    assert str(other.uid) in peer.mirror


def test_a_turn_that_leaves_marks_says_that_there_is_more(monkeypatch):
    monkeypatch.setattr(sequencing, "MARKS_A_TURN", 2)
    made = {str(make_event(title=str(number)).uid) for number in range(5)}
    peer = make_peer()
    assert peer.step()["has_more"] is True
    peer.sync()
    assert set(peer.mirror) == made


def test_a_page_ends_at_its_size_with_at_least_one_item(monkeypatch):
    monkeypatch.setattr(scan, "MAX_BYTES", 700)
    for number in range(3):
        make_event(title=f"Event {number}", info="x" * 600)
    peer = make_peer()
    assert len(peer.step()["items"]) == 1
    peer.sync()
    assert len(peer.mirror) == 3


def test_an_empty_page_may_have_a_next_one(monkeypatch):
    monkeypatch.setattr(scan, "_SCANNED", 4)
    monkeypatch.setattr(scan, "_CHUNK", 2)
    for number in range(6):
        make_event(title=str(number), shared=number > 4)
    peer = make_peer()
    page = peer.step()
    assert (page["items"], page["has_more"]) == ([], True)
    peer.sync()
    assert [title for _rev, title in peer.mirror.values()] == ["5"]


def test_writes_while_the_lms_wide_switch_is_off_are_told_later():
    event = make_event()
    peer = make_peer()
    peer.sync()
    Event.objects.bulk_create([row(title="Meanwhile")])
    actions.update_event(event, values={"title": "Meanwhile too"}, by=BY)
    assert {item["event"]["title"] for item in peer.sync()} == {"Meanwhile", "Meanwhile too"}


def test_a_quiet_feed_is_read_without_a_write(django_assert_max_num_queries):
    make_event()
    peer = make_peer()
    peer.sync()
    peer.sync()  # acknowledges
    with django_assert_max_num_queries(9) as queries:
        peer.sync()
    assert not [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_full_page_costs_a_fixed_number_of_queries(django_assert_max_num_queries):
    for number in range(20):
        make_event(title=str(number))
    peer = make_peer()
    sequencing.sequence()
    with django_assert_max_num_queries(20):
        assert len(peer.step()["items"]) == 20


class TestCursors:
    def test_one_of_another_client_is_useless(self):
        make_event()
        mine, other = make_peer(), make_peer()
        mine.sync()
        assert problem(other.get("changes", cursor=mine.cursor)) == (400, "bad-cursor", "resync")

    @pytest.mark.parametrize("text", ["x", "=", "é" * 30, "A" * 600, "\x00", "-" * 64])
    def test_anything_else_is_a_bad_cursor(self, text):
        response = make_peer().get("changes", cursor=text)
        assert problem(response) == (400, "bad-cursor", "resync")
        assert json.loads(response.content)["restart"] == "/shared-events/v1/changes"

    def test_another_selection_needs_a_new_pass(self):
        make_event()
        peer = make_peer()
        peer.sync()
        assert problem(peer.get("changes", cursor=peer.cursor, kinds="availability")) == (
            410,
            "scope-changed",
            "resync",
        )

    def test_a_cursor_below_the_floor_is_too_old(self):
        peer = make_peer()
        make_event()
        peer.sync()
        make_event(title="Later")
        sequencing.sequence()
        Instance.objects.update(floor=2)
        assert problem(peer.get("changes", cursor=peer.cursor)) == (410, "cursor-expired", "resync")

    def test_a_full_pass_walks_over_positions_below_the_floor(self):
        for number in range(3):
            make_event(title=str(number))
        peer = make_peer()
        peer.step(limit=1)
        Instance.objects.update(floor=3)
        peer.sync(limit=1)
        assert len(peer.mirror) == 3


class TestRestoredHost:
    """The host's database goes back to an earlier state while readers keep what they learned from the later one."""

    def rewind(self, peer, *, again):
        """The newest position is lost; ``again`` gives it to something else."""
        FeedEntry.objects.filter(seq=FeedBatch.head()).delete()
        FeedBatch.objects.filter(seq_end=FeedBatch.head()).delete()
        if again:
            make_event(title="Another future")
        return peer.get("changes", cursor=peer.cursor)

    @pytest.mark.parametrize("again", [False, True], ids=["before its head passed the cursor", "after"])
    def test_it_is_found_out(self, again):
        make_event(title="Kept")
        peer = make_peer()
        peer.sync()
        make_event(title="Lost")
        peer.sync()
        before = Instance.current()
        sequencing.sequence()
        assert problem(self.rewind(peer, again=again)) == (410, "history-changed", "resync")
        after = Instance.current()
        assert after.epoch != before.epoch
        assert after.past_epochs == [before.epoch]
        entry = AuditEntry.objects.get(action="shared_events_history_changed")
        assert entry.facts == {"ended": before.epoch}

    def test_others_of_the_ended_epoch_are_told_without_another_epoch(self):
        make_event()
        first, second = make_peer(), make_peer()
        first.sync()
        second.sync()
        self.rewind(first, again=False)
        epoch = Instance.current().epoch
        assert problem(second.get("changes", cursor=second.cursor)) == (410, "history-changed", "resync")
        assert Instance.current().epoch == epoch

    def test_a_full_pass_that_names_its_last_cursor_begins_a_new_epoch(self):
        make_event()
        peer = make_peer()
        peer.sync()
        before = Instance.current().epoch
        FeedBatch.objects.all().delete()
        page = peer.read(last=peer.cursor)
        assert page["epoch"] == Instance.current().epoch != before

    def test_an_unreadable_last_cursor_is_ignored(self):
        make_event()
        peer = make_peer()
        assert len(peer.read(last="nonsense")["items"]) == 1


def test_the_limit_of_the_page_is_the_documented_one():
    assert feed.MAX_ITEMS == 1000
