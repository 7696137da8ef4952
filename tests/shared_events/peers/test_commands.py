import io
import json

import pytest
from django.core.management import CommandError, call_command

from shared_events.models import Event, EventDoc, MirrorEvent, Peer
from shared_events.peers import passes
from tests.builders import enable_shared_events
from tests.shared_events.builders import make_event, row
from tests.shared_events.peers.loopback import fresh, make_remote, mirrored, wire  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wire")]


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_peer_is_added_with_a_secret_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))
    run("add_shared_event_peer", "Other", "--url", "https://other.example/", "--client-id", "a", "--client-secret", "-")
    peer = Peer.objects.get()
    assert (peer.name, peer.base_url, peer.enabled) == ("Other", "https://other.example", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"--url": "other"}, "base_url", id="no address"),
        pytest.param({"--client-secret": ""}, "empty", id="no secret"),
        pytest.param({"--poll-seconds": "1"}, "peer_polls_politely", id="too often"),
    ],
)
def test_a_bad_peer_is_refused(changes, words):
    options = {"--url": "https://a.example", "--client-id": "a", "--client-secret": "s", **changes}
    with pytest.raises(CommandError, match=words):
        run("add_shared_event_peer", "Other", *[part for pair in options.items() for part in pair])


def test_a_name_is_given_once():
    make_remote("Other")
    with pytest.raises(CommandError, match="name"):
        run("add_shared_event_peer", "Other", "--url", "https://a.example", "--client-id", "a", "--client-secret", "s")


def test_syncing_tells_what_it_did():
    make_event(title="First")
    make_remote()
    facts = json.loads(run("sync_shared_events", "--json"))
    assert (facts["peer"], facts["outcome"], facts["applied"]) == ("Other LMS", "ok", 1)
    assert "outcome ok" in run("sync_shared_events", "--peer", "Other LMS", "--full")
    assert run("sync_shared_events", "--loop", "--max-seconds", "1") == ""  # not due yet
    Peer.objects.update(next_try_at=None)
    assert "outcome ok" in run("sync_shared_events", "--loop", "--max-seconds", "1")


def test_a_failed_run_ends_with_an_error(wire):  # noqa: F811
    peer = make_remote()
    wire.spoil = lambda _path, answer: type(answer)(500, {}, b"")
    with pytest.raises(CommandError, match="Other LMS"):
        run("sync_shared_events")
    Peer.objects.filter(pk=peer.pk).update(lease_until="2100-01-01T00:00:00Z")
    assert "outcome busy" in run("sync_shared_events")


def test_syncing_needs_the_switch_and_a_known_name():
    make_remote("Other")
    with pytest.raises(CommandError, match="There are: Other"):
        run("sync_shared_events", "--peer", "Unknown")
    enable_shared_events(enabled=False)
    with pytest.raises(CommandError, match="off for this LMS"):
        run("sync_shared_events")
    assert run("sync_shared_events", "--loop", "--max-seconds", "1") == ""


def test_removals_are_confirmed_by_command(monkeypatch):
    monkeypatch.setattr(passes, "BRAKE_ROWS", 1)
    Event.objects.bulk_create([row(title=f"Event {number}") for number in range(3)])
    peer = make_remote()
    run("sync_shared_events")
    Event.objects.update(shared=False)
    run("sync_shared_events", "--full")
    assert len(mirrored()) == 3
    run("sync_shared_events", "--confirm-sweep")
    assert mirrored() == []
    assert fresh(peer).state == "ok"


def test_status():
    make_event()
    make_remote()
    run("sync_shared_events")
    found = json.loads(run("shared_events_status", "--json"))
    assert found["host"]["documents"] == 1
    (peer,) = found["peers"]
    assert (peer["state"], peer["mirrored"], peer["problem"]) == ("ok", 1, "")
    assert peer["lag_seconds"] < 60
    assert "state ok" in run("shared_events_status")


def test_the_audit_compares_with_the_host():
    make_event(title="Equal")
    different, missing = make_event(title="Different"), make_event(title="Missing")
    peer = make_remote()
    run("sync_shared_events")
    assert json.loads(run("shared_events_audit", "--peer", peer.name, "--json"))["equal"] == 3
    MirrorEvent.objects.filter(uid=different.uid).update(hash="0" * 64)
    MirrorEvent.objects.filter(uid=missing.uid).delete()
    with pytest.raises(CommandError, match="Differences"):
        run("shared_events_audit", "--peer", peer.name)


def test_the_audit_says_why_it_cannot_compare(wire, settings):  # noqa: F811
    peer = make_remote()
    wire.spoil = lambda _path, answer: type(answer)(500, {}, b"")
    with pytest.raises(CommandError, match="busy"):
        run("shared_events_audit", "--peer", peer.name)
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(CommandError, match="SECRET_KEY"):
        run("shared_events_audit", "--peer", peer.name)


def test_the_audit_finds_a_document_that_was_tampered_with():
    event = make_event()
    assert "documents 1" in run("shared_events_audit")
    EventDoc.objects.filter(event=event).update(fragment="{}")
    with pytest.raises(CommandError, match="Differences"):
        run("shared_events_audit")
