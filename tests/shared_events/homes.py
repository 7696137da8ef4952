"""LMSes that register their learners for this one's events."""

import json
import uuid

from django.test import Client as HttpClient

from clients.models import Client, LmsSettings
from shared_events.models import ClientSharing, Instance
from tests.shared_events.peer import BASE, make_peer


def make_home():
    """An LMS that may register its learners."""
    peer = make_peer()
    LmsSettings.objects.update(shared_event_registrations_enabled=True)
    ClientSharing.objects.create(client=Client.objects.get(client_id=peer.client_id), register=True)
    return Home(peer)


class Home:
    def __init__(self, peer):
        self.peer = peer

    def call(self, method, path, body=None, **headers):
        headers = {"Authorization": f"Bearer {self.peer.bearer}", **headers}
        send = getattr(HttpClient(), method)  # threads share no session
        if body is None:
            return send(BASE + path, headers=headers)
        return send(BASE + path, json.dumps(body), content_type="application/json", headers=headers)

    def put(self, event, ref="p_1", rid=None, **body):
        return self.call("put", address(event, rid or uuid.uuid4()), {"participant": {"ref": ref}, **body})

    def hold(self, event, seats=1, key=None, **body):
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.call("post", f"events/{origin()}/{event.uid}/holds", {"seats": seats, **body}, **headers)

    def items(self, kind, **parameters):
        return [item for item in self.peer.read(**parameters)["items"] if item["kind"] == kind]

    @property
    def client(self):
        return Client.objects.get(client_id=self.peer.client_id)


def origin():
    return Instance.current().origin


def address(event, rid):
    return f"events/{origin()}/{event.uid}/registrations/{rid}"
