"""Which of the shared events a client is given, and what it acknowledges."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clients.models import Client
from shared_events import actions
from shared_events.models import ClientSharing, Instance, ShareLabel
from shared_events.models.share_label import expanded
from tests.builders import BY, make_client_with_credentials
from tests.shared_events.builders import limit_to, make_event, make_share_labels
from tests.shared_events.peer import make_peer

pytestmark = pytest.mark.django_db


def make_limited_peer(*labels):
    """A peer that is given only what bears one of ``labels``."""
    peer = make_peer()
    client = Client.objects.get(client_id=peer.client_id)
    limit_to(client, *labels)
    return peer


def refusal(peer, **parameters):
    response = peer.get("changes", **parameters)
    return response.status_code, response.json()["type"].rpartition("/")[2]


def restart(peer):
    peer.cursor = ""
    return peer.sync()


@pytest.fixture
def safety():
    return ShareLabel.objects.create(name="Safety")


def test_a_limited_client_sees_what_bears_its_label_or_one_below(safety):
    below = ShareLabel.objects.create(name="Fire", parent=safety)
    other = ShareLabel.objects.create(name="Languages")
    for title, labels in {"Own": [safety], "Below": [below], "Other": [other], "None": []}.items():
        actions.update_event(make_event(title=title), values={}, share_labels=labels, by=BY)
    peer = make_limited_peer(safety)
    restart(peer)
    assert sorted(title for _rev, title in peer.mirror.values()) == ["Below", "Own"]


def test_without_labels_a_limited_client_is_given_nothing():
    make_event()
    peer = make_limited_peer()
    assert restart(peer) == []


def test_taking_the_label_of_an_event_removes_it_and_giving_it_brings_it_back(safety):
    event = make_event()
    actions.update_event(event, values={}, share_labels=[safety], by=BY)
    peer = make_limited_peer(safety)
    restart(peer)
    actions.update_event(event, values={}, share_labels=[], by=BY)
    assert [(item["op"], item["reason"]) for item in peer.sync()] == [("remove", "unshared")]
    assert peer.get(f"events/{Instance.current().origin}/{event.uid}").status_code == 404
    event.share_labels.add(safety)  # around the actions: the database marks it
    assert [item["op"] for item in peer.sync()] == ["upsert"]
    assert peer.get(f"events/{Instance.current().origin}/{event.uid}").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda sharing, label: sharing.share_labels.clear(), id="label of the client taken"),
        pytest.param(lambda sharing, label: label.delete(), id="label deleted"),
        pytest.param(lambda _sharing, label: ShareLabel.objects.create(name="New", parent=label), id="label below"),
        pytest.param(lambda sharing, label: Instance.objects.update(keep_past_days=30), id="days of past events"),
    ],
)
def test_another_selection_begins_a_full_pass(safety, change):
    peer = make_limited_peer(safety)
    make_event()
    restart(peer)
    change(ClientSharing.objects.get(client__client_id=peer.client_id), safety)
    assert refusal(peer, cursor=peer.cursor) == (410, "scope-changed")


def test_what_leaves_the_selection_is_removed_in_the_full_pass(safety):
    event = make_event()
    actions.update_event(event, values={}, share_labels=[safety], by=BY)
    peer = make_limited_peer(safety)
    restart(peer)
    ClientSharing.objects.get(client__client_id=peer.client_id).share_labels.clear()
    assert [(item["op"], item["reason"]) for item in restart(peer)] == [("remove", "unshared")]
    assert peer.mirror == {}


def test_a_client_without_the_direction_reads_nothing():
    peer = make_limited_peer()
    ClientSharing.objects.update(read=False)
    assert refusal(peer) == (403, "not-allowed")
    assert peer.get().status_code == 403


def test_a_cursor_acknowledges_what_came_before_it():
    make_event()
    peer = make_peer()
    peer.sync()
    row = ClientSharing.objects.get(client__client_id=peer.client_id)
    assert (row.acked_seq, row.last_read_at) == (0, None)
    before = timezone.now() - timedelta(minutes=1)
    peer.sync()
    row.refresh_from_db()
    assert row.acked_seq == 1
    assert row.last_read_at > before


def test_labels_have_paths(safety):
    below = ShareLabel.objects.create(name="Fire", parent=safety)
    assert below.path == "Safety / Fire"
    assert expanded({safety.pk}) == {safety.pk, below.pk}
    assert expanded({0}) == frozenset()


def test_the_audit_log_tells_share_labels(safety):
    event = actions.create_event(
        values={"title": "A", "start": make_event().start, "time_zone": "UTC", "duration_seconds": 60},
        share_labels=[safety],
        by=BY,
    )
    assert list(event.share_labels.all()) == [safety]
    assert not actions.update_event(event, values={}, share_labels=[safety], by=BY)


def test_a_command_lets_a_client_register_participants_and_keeps_what_it_is_given():
    made, label = make_client_with_credentials(shared_events=True), make_share_labels()[0]
    client = Client.objects.get(client_id=made.client_id)
    limit_to(client, label)
    for option, register in (("--register", True), ("--no-register", False)):
        call_command("set_client_sharing", client.client_id, option, stdout=StringIO())
        sharing = ClientSharing.of(client.pk)
        assert (sharing.register, sharing.all_events, list(sharing.share_labels.all())) == (register, False, [label])
    with pytest.raises(CommandError, match="Nothing to change"):
        call_command("set_client_sharing", client.client_id)
