import json

import pytest

from clients.models import LmsSettings
from shared_events.models import Instance
from tests.shared_events.peer import make_peer

pytestmark = pytest.mark.django_db

WELL_KNOWN = "/.well-known/shared-events"


def test_everybody_finds_the_api(client):
    make_peer()
    response = client.get(WELL_KNOWN)
    assert json.loads(response.content) == {
        "api": "http://testserver/shared-events/v1/",
        "token_endpoint": "http://testserver/oauth2/token",
        "versions": ["1.0"],
    }
    assert response["Cache-Control"] == "public, max-age=300"


def test_nothing_is_found_while_shared_events_are_off(client):
    LmsSettings.current()
    response = client.get(WELL_KNOWN)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_it_answers_get_only(client):
    response = client.post(WELL_KNOWN)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_a_client_learns_what_is_served():
    peer = make_peer()
    document = json.loads(peer.get().content)
    instance = Instance.current()
    assert (document["origin"], document["epoch"]) == (instance.origin, instance.epoch)
    assert document["origin"].startswith("urn:uuid:")
    assert document["name"] == "testserver"
    assert document["profiles"] == ["E"]
    assert document["limits"] == {"page": 1000, "body": 65_536, "wait": 0, "tombstone_days": 90}
    assert document["scope"] == {"read": True, "write": False, "register": False}
    assert document["time"].endswith("Z")


def test_the_origin_stays():
    peer = make_peer()
    assert json.loads(peer.get().content)["origin"] == json.loads(peer.get().content)["origin"]
