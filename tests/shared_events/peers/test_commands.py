import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Case, Value, When
from django.utils import timezone

from clients.models import AuditEntry
from shared_events.models import Event, EventDoc, Instance, MirrorEvent, Peer, SyncRun
from shared_events.peers import passes
from shared_events.peers.engine import sync_peer
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


def test_a_dry_run_says_what_would_be_done_and_changes_nothing():
    first = make_event(title="First")
    make_remote()
    would = json.loads(run("sync_shared_events", "--dry-run", "--json"))
    assert (would["outcome"], would["full"], would["applied"], mirrored()) == ("dry run", True, 1, [])
    run("sync_shared_events")
    before = list(MirrorEvent.objects.values()), fresh(Peer.objects.get()).cursor
    make_event(title="Second")
    first.delete()
    would = json.loads(run("sync_shared_events", "--dry-run", "--json"))
    assert (would["full"], would["applied"], would["removed"]) == (False, 1, 1)
    assert (list(MirrorEvent.objects.values()), fresh(Peer.objects.get()).cursor) == before
    run("shared_events_new_epoch")
    assert "full True" in run("sync_shared_events", "--dry-run")
    run("sync_shared_events")
    assert mirrored() == ["Second"]


def test_a_dry_run_says_why_there_is_none(wire, settings):  # noqa: F811
    make_remote()
    wire.spoil = lambda _path, answer: type(answer)(500, {}, b"")
    with pytest.raises(CommandError, match="Other LMS: The host is busy"):
        run("sync_shared_events", "--dry-run")
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(CommandError, match="SECRET_KEY"):
        run("sync_shared_events", "--dry-run")


def test_a_new_epoch_is_read_from_the_start():
    make_event(title="First")
    peer = make_remote()
    run("sync_shared_events")
    origin, epoch = Instance.current().origin, Instance.current().epoch
    assert "from its start" in run("shared_events_new_epoch")
    assert (Instance.current().origin, Instance.current().past_epochs) == (origin, [epoch])
    assert AuditEntry.objects.filter(action="shared_events_history_changed").count() == 1
    assert json.loads(run("sync_shared_events", "--json"))["full"]
    assert (mirrored(), fresh(peer).epoch) == (["First"], Instance.current().epoch)


def test_a_copy_becomes_an_lms_of_its_own():
    peer = make_remote()
    run("sync_shared_events")
    origin = Instance.current().origin
    run("shared_events_new_epoch", "--new-origin")
    assert Instance.current().origin != origin
    assert not fresh(peer).enabled
    assert "Another LMS" in sync_peer(peer.pk).problem
    assert AuditEntry.objects.get(action="shared_events_origin_changed").facts["origin"][0] == origin


def test_old_runs_and_removed_copies_are_forgotten():
    kept, gone = make_event(title="Kept"), make_event(title="Gone")
    make_remote()
    run("sync_shared_events")
    gone.delete()
    run("sync_shared_events")
    assert "Runs forgotten: 0" in run("shared_events_purge")
    long_ago = timezone.now() - timedelta(days=31)
    MirrorEvent.objects.update(removed_at=Case(When(uid=gone.uid, then=Value(long_ago))))
    SyncRun.objects.filter(pk=SyncRun.objects.earliest("pk").pk).update(started_at=long_ago)
    told = run("shared_events_purge")
    assert "Runs forgotten: 1" in told
    assert "Removed copies forgotten: 1" in told
    assert (MirrorEvent.objects.get().uid, SyncRun.objects.count()) == (kept.uid, 1)
