import pytest

from clients.models import AuditEntry
from shared_events.models import Event, MirrorEvent, Peer, Quarantine
from shared_events.peers import passes
from shared_events.peers.engine import sync_peer
from shared_events.peers.sealing import unseal
from shared_events.peers.transport import Answer, Unreachable
from tests.builders import enable_shared_events, make_administrator, make_label, make_superadmin
from tests.shared_events.builders import make_event, row
from tests.shared_events.peers.loopback import fresh, make_remote, mirrored, wire  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wire")]

LIST = "/system/shared-event-peers/"


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


def sent(**changes):
    return {
        "name": "Other",
        "base_url": "https://other.example",
        "client_id": "abc",
        "secret": "s3cret-word",
        "poll_seconds": "60",
        **changes,
    }


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def post(client, peer, action):
    return client.post(f"{LIST}{peer.pk}/{action}/", follow=True)


def test_a_peer_is_added_and_its_secret_is_shown_nowhere(superadmin):
    response = superadmin.post(LIST + "add/", sent(), follow=True)
    peer = Peer.objects.get()
    assert response.redirect_chain[-1][0] == peer.get_absolute_url()
    assert unseal(bytes(peer.secret)) == "s3cret-word"
    assert "s3cret-word" not in response.content.decode()
    assert "s3cret-word" not in str(list(AuditEntry.objects.values()))
    assert "Other" in superadmin.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"name": "Taken"}, "name", id="name taken"),
        pytest.param({"base_url": "https://other.example/path"}, "base_url", id="address with a path"),
        pytest.param({"base_url": "https://me:word@other.example"}, "base_url", id="address with a password"),
        pytest.param({"secret": ""}, "secret", id="no secret"),
        pytest.param({"poll_seconds": "1"}, "poll_seconds", id="too often"),
    ],
)
def test_a_bad_peer_is_refused(superadmin, changes, field):
    make_remote("Taken")
    response = superadmin.post(LIST + "add/", sent(**changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_an_empty_secret_keeps_the_one_stored_and_another_address_begins_anew(superadmin):
    make_event()
    peer = make_remote()
    sync_peer(peer.pk)
    secret = unseal(bytes(peer.secret))
    superadmin.post(peer.get_absolute_url(), sent(name="Renamed", base_url="https://new.example", secret=""))
    peer = fresh(peer)
    assert (peer.name, peer.cursor, peer.in_full_pass) == ("Renamed", "", True)
    assert unseal(bytes(peer.secret)) == secret
    superadmin.post(peer.get_absolute_url(), sent(secret="another"))
    assert unseal(bytes(fresh(peer).secret)) == "another"


def test_the_buttons_of_a_peer(superadmin, wire):  # noqa: F811
    make_event(title="First")
    peer = make_remote()
    assert "may read its events" in said(post(superadmin, peer, "test"))
    assert "1 event taken over" in said(post(superadmin, peer, "sync"))
    assert mirrored() == ["First"]
    assert "0 events taken over" in said(post(superadmin, peer, "full-sync"))
    assert peer.runs.first().full
    assert "Paused" in said(post(superadmin, peer, "pause"))
    assert not fresh(peer).enabled
    assert "Resumed" in said(post(superadmin, peer, "resume"))
    assert fresh(peer).enabled
    wire.spoil = unreachable
    assert "no usable answer" in said(post(superadmin, peer, "test"))
    assert "no usable answer" in said(post(superadmin, peer, "sync"))
    Peer.objects.update(lease_until="2100-01-01T00:00:00Z")
    assert "under way" in said(post(superadmin, peer, "sync"))
    assert superadmin.post(f"{LIST}{peer.pk}/explode/").status_code == 404
    assert superadmin.get(f"{LIST}{peer.pk}/sync/").status_code == 405


def unreachable(_path, _answer):
    raise Unreachable("ConnectionError")


def test_without_the_switch_nobody_is_asked(superadmin):
    peer = make_remote()
    enable_shared_events(enabled=False)
    assert "off for this LMS" in said(post(superadmin, peer, "sync"))
    assert "no peer is asked" in superadmin.get(LIST).content.decode()


def test_a_changed_key_is_told(superadmin, settings):
    peer = make_remote()
    peer.secret = b"sealed under another key"
    peer.save()
    assert "SECRET_KEY" in said(post(superadmin, peer, "test"))


def test_the_brake_asks_and_takes_the_answer(superadmin, monkeypatch):
    monkeypatch.setattr(passes, "BRAKE_ROWS", 1)
    Event.objects.bulk_create([row(title=f"Event {number}") for number in range(3)])
    peer = make_remote()
    sync_peer(peer.pk)
    Event.objects.update(shared=False)
    post(superadmin, peer, "full-sync")
    assert "no longer shows 3 events" in superadmin.get(peer.get_absolute_url()).content.decode()
    assert "3 events removed" in said(post(superadmin, peer, "confirm-removals"))
    assert mirrored() == []


def test_quarantine_is_shown_with_its_reason_and_discarded(superadmin):
    peer = make_remote()
    now = "2026-11-23T10:00:00Z"
    case = Quarantine.objects.create(
        peer=peer, ref="7", document="{}", problem="rev is bad", first_seen_at=now, last_seen_at=now
    )
    assert "rev is bad" in superadmin.get(peer.get_absolute_url()).content.decode()
    superadmin.post(f"{LIST}{peer.pk}/quarantine/{case.pk}/discard/")
    assert not Quarantine.objects.exists()


def test_mirrored_events_are_shown_and_cannot_be_changed(superadmin):
    event = make_event(title="First <aid>", info="Bring\nshoes", status="active")
    peer = make_remote()
    sync_peer(peer.pk)
    assert "First &lt;aid&gt;" in superadmin.get(f"{LIST}{peer.pk}/events/").content.decode()
    copy = MirrorEvent.objects.get()
    text = superadmin.get(copy.get_absolute_url()).content.decode()
    assert "belongs to Other LMS" in text
    assert "Bring<br>shoes" in text
    assert "<form" not in text.partition("<main")[2]
    assert superadmin.post(copy.get_absolute_url()).status_code == 405
    MirrorEvent.objects.update(status="x-new", kind="x-new")
    assert superadmin.get(copy.get_absolute_url()).content.decode().count("See the host") == 2
    event.delete()
    sync_peer(peer.pk)
    assert "no longer offers" in superadmin.get(copy.get_absolute_url()).content.decode()


def test_peers_and_their_events_are_reached_by_label(client):
    hr = make_label("HR")
    make_event()
    peer = make_remote()
    sync_peer(peer.pk)
    client.force_login(make_administrator(hr))
    pages = [peer.get_absolute_url(), f"{LIST}{peer.pk}/events/", MirrorEvent.objects.get().get_absolute_url()]
    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert post(client, peer, "sync").status_code == 404
    assert "No peers within" in client.get(LIST).content.decode()
    peer.labels.add(hr)
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]
    client.force_login(make_administrator())
    assert client.get(LIST + "add/").status_code == 403


def quarantined(superadmin, wire, event):  # noqa: F811
    """The event's case at a peer that has synchronized."""

    def spoil(path, answer):
        body = answer.body.replace(b'"confirmed"', b"5").replace(b'"tentative"', b"5")
        return Answer(answer.status, answer.headers, body) if "/v1/" in path else answer

    wire.spoil = spoil
    peer = make_remote()
    sync_peer(peer.pk)
    return peer, Quarantine.objects.get(ref=str(event.uid))


def test_a_quarantined_item_is_shown_and_asked_for_again(superadmin, wire):  # noqa: F811
    peer, case = quarantined(superadmin, wire, make_event(title="Mended"))
    page = superadmin.get(peer.get_absolute_url()).content.decode()
    assert "&quot;title&quot;: &quot;Mended&quot;" in page
    retry = f"{LIST}{peer.pk}/quarantine/{case.pk}/retry/"
    told = superadmin.post(retry, follow=True).content.decode()
    assert "still cannot be taken: status" in told
    assert (Quarantine.objects.get().tries, mirrored()) == (2, [])
    wire.spoil = lambda _path, answer: answer
    assert "Taken over." in superadmin.post(retry, follow=True).content.decode()
    assert (Quarantine.objects.exists(), mirrored()) == (False, ["Mended"])
    assert superadmin.post(retry).status_code == 404


def test_a_retry_that_fails_says_why(superadmin, wire):  # noqa: F811
    event = make_event()
    peer, case = quarantined(superadmin, wire, event)
    retry = f"{LIST}{peer.pk}/quarantine/{case.pk}/retry/"
    Peer.objects.update(lease_until="2100-01-01T00:00:00Z")
    assert "under way" in superadmin.post(retry, follow=True).content.decode()
    Peer.objects.update(lease_until=None)
    event.delete()
    assert "The host refuses: 410 gone" in superadmin.post(retry, follow=True).content.decode()
    Quarantine.objects.update(ref="no uid: 0123456789abcdef")
    assert "quarantine/" in superadmin.get(peer.get_absolute_url()).content.decode()
    assert "/retry/" not in superadmin.get(peer.get_absolute_url()).content.decode()
    assert superadmin.post(retry).status_code == 404
    assert fresh(peer).lease_until is None
