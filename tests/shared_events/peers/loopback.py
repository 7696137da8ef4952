"""This LMS as its own peer: the engine calls the product's views without a network between them."""

from json import dumps as json_text
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client as HttpClient

from shared_events.models import MirrorEvent, Peer
from shared_events.peers import transport
from shared_events.peers.actions import add_peer
from tests.builders import BY, enable_shared_events, make_client_with_credentials


class Wire:
    """Carries calls to the views. ``spoil`` may change or replace answers: it is given path and answer."""

    def __init__(self):
        self.calls = []
        self.sent = []  # method, path and JSON body
        self.spoil = lambda _path, answer: answer
        self._http = HttpClient()

    def call(self, method, url, *, headers=None, params=None, data=None, auth=None, json=None):
        path = urlsplit(url).path
        self.calls.append((path, dict(params or {})))
        self.sent.append((method, path, json))
        if json is not None or method == "DELETE":
            send = getattr(self._http, method.lower())
            response = send(path, json_text(json or {}), content_type="application/json", headers=headers)
        elif method == "POST":
            body = {**data, "client_id": auth[0], "client_secret": auth[1]}
            response = self._http.post(path, urlencode(body), "application/x-www-form-urlencoded", headers=headers)
        else:
            response = self._http.get(path, params or {}, headers=headers)
        answer = transport.Answer(response.status_code, response.headers, response.content)
        return self.spoil(path, answer)


@pytest.fixture
def wire(monkeypatch):
    carried = Wire()
    monkeypatch.setattr(transport.Transport, "call", carried.call)
    return carried


def make_remote(name="Other LMS"):
    """A peer that this LMS may read, as if it were another."""
    enable_shared_events()
    made = make_client_with_credentials(shared_events=True)
    values = {"name": name, "base_url": "https://testserver", "client_id": made.client_id}
    return add_peer(values=values, secret=made.secret, by=BY)


def mirrored(peer=None):
    rows = MirrorEvent.objects.filter(removed_at=None)
    return sorted((rows.filter(peer=peer) if peer else rows).values_list("title", flat=True))


def fresh(peer):
    return Peer.objects.get(pk=peer.pk)
