"""Who may call what, and the problem that says why not."""

import json

import pytest

from clients import actions
from clients.models import Client, LmsSettings
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.peer import BASE, make_peer

pytestmark = pytest.mark.django_db

ADDRESSES = ["", "changes", "events", "events.ics", "events/urn:uuid:0/0d8c0000-0000-4000-8000-000000000000"]


def lms_wide(*, enabled):
    LmsSettings.objects.filter(pk=1).update(shared_events_enabled=enabled)


def switch(peer, **values):
    actions.update_client(Client.objects.get(client_id=peer.client_id), values=values, by=BY)


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["type"].removeprefix("/shared-events/problems/"), body["retry"]


@pytest.mark.parametrize("path", ADDRESSES)
class TestEveryAddress:
    def test_needs_a_token(self, path, client):
        response = client.get(BASE + path)
        assert problem(response) == (401, "unauthorized", "refresh-token")
        assert response["WWW-Authenticate"].startswith('Bearer realm="Shared events"')

    def test_refuses_a_bad_token(self, path, client):
        make_peer()
        response = client.get(BASE + path, headers={"Authorization": "Bearer lmsbt_nonsense"})
        assert problem(response) == (401, "unauthorized", "refresh-token")
        assert 'error="invalid_token"' in response["WWW-Authenticate"]

    def test_refuses_an_inactive_client(self, path):
        peer = make_peer()
        switch(peer, active=False)
        assert problem(peer.get(path)) == (401, "unauthorized", "refresh-token")

    def test_needs_the_lms_wide_switch(self, path):
        peer = make_peer()
        lms_wide(enabled=False)
        response = peer.get(path)
        assert problem(response) == (403, "disabled", "after")
        assert response["Retry-After"] == "3600"

    def test_needs_the_switch_of_the_client(self, path):
        peer = make_peer(shared_events=False)
        response = peer.get(path)
        assert problem(response) == (403, "not-allowed", "human")
        assert 'error="insufficient_scope"' in response["WWW-Authenticate"]

    def test_says_first_that_the_lms_is_off_when_both_are(self, path):
        peer = make_peer(shared_events=False)
        lms_wide(enabled=False)
        assert problem(peer.get(path)) == (403, "disabled", "after")

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
    def test_answers_get_only(self, path, method):
        peer = make_peer()
        call = getattr(peer.http, method)
        response = call(BASE + path, headers={"Authorization": f"Bearer {peer.bearer}"})
        assert problem(response) == (405, "method-not-allowed", "never")
        assert response["Allow"] == "GET, HEAD"

    def test_head_is_get_without_a_body(self, path):
        peer = make_peer()
        response = peer.http.head(BASE + path, headers={"Authorization": f"Bearer {peer.bearer}"})
        assert response.status_code == peer.get(path).status_code
        assert response.content == b""

    def test_accepts_json_only(self, path):
        peer = make_peer()
        headers = {"Authorization": f"Bearer {peer.bearer}", "Accept": "text/html"}
        assert problem(peer.http.get(BASE + path, headers=headers)) == (406, "not-acceptable", "never")

    def test_ignores_a_session(self, path, admin_client):
        assert problem(admin_client.get(BASE + path)) == (401, "unauthorized", "refresh-token")


def test_the_switch_is_read_on_every_request():
    peer = make_peer()
    for allowed in (True, False, True):
        switch(peer, shared_events=allowed)
        assert peer.get("changes").status_code == (200 if allowed else 403)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v2/", "/v1/x", "/v1/changes/"])
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_an_unknown_address_is_a_problem(client, path, method):
    assert problem(getattr(client, method)("/shared-events" + path)) == (404, "not-found", "never")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "limit=%D9%A1",
        "limit=99999999999999999999",
        "limit=1&limit=2",
        "cursor=a&cursor=b",
        "kinds=event,other",
        "kinds=,",
    ],
)
def test_a_malformed_query(query):
    peer = make_peer()
    response = peer.http.get(f"{BASE}changes?{query}", headers={"Authorization": f"Bearer {peer.bearer}"})
    assert problem(response) == (400, "malformed", "never")


@pytest.mark.parametrize("query", ["cursor=%00", "cursor=%FF%FE", "last=%00", "cursor=" + "A" * 4000, "format=xml"])
def test_bad_bytes_are_never_our_fault(query):
    peer = make_peer()
    response = peer.http.get(f"{BASE}changes?{query}", headers={"Authorization": f"Bearer {peer.bearer}"})
    assert response.status_code < 500


def test_an_unexpected_fault_is_a_problem_without_detail(monkeypatch, caplog):
    def fail(*_arguments):
        raise RuntimeError("inner words")

    monkeypatch.setattr("shared_events.views.changes.read_page", fail)
    response = make_peer().get("changes")
    assert problem(response) == (500, "server-error", "after")
    assert b"inner words" not in response.content
    assert "inner words" in caplog.text


def test_a_page_is_not_stored_and_may_be_compressed():
    make_event(info="words " * 500)
    peer = make_peer()
    headers = {"Authorization": f"Bearer {peer.bearer}", "Accept-Encoding": "gzip"}
    response = peer.http.get(BASE + "changes", headers=headers)
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 2000
