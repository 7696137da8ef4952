import json

import pytest

from shared_events import actions
from shared_events.models import Instance
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.peer import BASE, make_peer

pytestmark = pytest.mark.django_db


def read(peer, event_uid, **headers):
    path = f"{BASE}events/{Instance.current().origin}/{event_uid}"
    return peer.http.get(path, headers={"Authorization": f"Bearer {peer.bearer}", **headers})


def test_it_is_what_the_feed_says():
    event, peer = make_event(), make_peer()
    (item,) = peer.sync()
    response = read(peer, event.uid)
    document = json.loads(response.content)
    assert response["ETag"] == item["etag"]
    assert {name: document[name] for name in ("uid", "rev", "event", "training")} == {
        name: item[name] for name in ("uid", "rev", "event", "training")
    }
    assert document["epoch"] == Instance.current().epoch


def test_it_is_not_sent_twice():
    event, peer = make_event(), make_peer()
    etag = read(peer, event.uid)["ETag"]
    response = read(peer, event.uid, **{"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    actions.update_event(event, values={"title": "Other"}, by=BY)
    assert read(peer, event.uid, **{"If-None-Match": etag}).status_code == 200


def test_whoever_read_it_hears_of_its_removal():
    event, peer = make_event(), make_peer()
    read(peer, event.uid)
    actions.update_event(event, values={"shared": False}, by=BY)
    assert [item["reason"] for item in peer.sync()] == ["unshared"]
    assert read(peer, event.uid).status_code == 404


def test_a_deleted_event_is_gone_for_those_who_knew_it():
    event, peer, stranger = make_event(), make_peer(), make_peer()
    uid = event.uid
    peer.sync()
    event.delete()
    response = read(peer, uid)
    assert response.status_code == 410
    assert json.loads(response.content)["type"].endswith("/gone")
    assert read(stranger, uid).status_code == 404


def test_an_event_of_another_origin_is_not_here():
    event, peer = make_event(), make_peer()
    assert peer.get(f"events/urn:uuid:00000000-0000-4000-8000-000000000000/{event.uid}").status_code == 404
    assert peer.get(f"events/{Instance.current().origin}/not-a-uuid").status_code == 404
