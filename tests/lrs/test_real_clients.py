"""Real statements and off-the-shelf clients against a running installation."""

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session
from tincan import RemoteLRS, Statement, StatementRef, Verb

from tests.lrs.stored import new_id

LINES = (Path(__file__).parent / "data" / "statements.jsonl").read_text(encoding="utf-8").splitlines()
OWNED = ("stored", "authority", "version")
VERSION = {"X-Experience-API-Version": "1.0.3"}


@pytest.fixture
def credentials(installation):
    return installation.create_client("Content", "--lrs-own")


@pytest.fixture
def session(credentials):
    with requests.Session() as session:
        session.headers.update(VERSION | {"Authorization": f"Bearer {credentials['bearer_token']}"})
        yield session


def renamed(lines):
    """Real statements under new ids, so that tests do not meet in one installation."""
    return [line.replace(json.loads(line)["id"], new_id()) for line in lines]


def post(session, installation, text):
    answer = session.post(
        f"{installation.url}/xapi/statements",
        data=text.encode(),
        headers={"Content-Type": "application/json"},
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json()


def test_a_body_in_chunks(session, installation):
    text = renamed(LINES)[0].encode()
    chunks = (text[start : start + 100] for start in range(0, len(text), 100))
    answer = session.post(
        f"{installation.url}/xapi/statements", data=chunks, headers={"Content-Type": "application/json"}, timeout=60
    )
    assert answer.status_code == 200
    assert answer.json() == [json.loads(text)["id"]]


def walk(session, installation, **parameters):
    answer = session.get(f"{installation.url}/xapi/statements", params=parameters, timeout=60)
    while True:
        answer.raise_for_status()
        yield from answer.json()["statements"]
        if not (more := answer.json()["more"]):
            return
        answer = session.get(installation.url + more, timeout=60)


def test_real_statements_come_back_equal_and_replay_unchanged(installation, session):
    lines = renamed(LINES)
    ids = [json.loads(line)["id"] for line in lines]
    for _ in range(2):
        assert post(session, installation, "[" + ",".join(lines[:-1]) + "]") == ids[:-1]
        assert post(session, installation, lines[-1]) == ids[-1:]
    stored = list(walk(session, installation, ascending="true", limit=7))
    assert [{name: value for name, value in one.items() if name not in OWNED} for one in stored] == list(
        map(json.loads, lines)
    )
    got = session.get(f"{installation.url}/xapi/statements", params={"statementId": ids[0]}, timeout=60)
    assert got.text.endswith(lines[0][1:])


def test_tincan(installation, credentials):
    """A Python client: Basic with ID and secret, single, batch, list, more, void."""
    lrs = RemoteLRS(
        endpoint=f"{installation.url}/xapi/",
        version="1.0.3",
        username=credentials["client_id"],
        password=credentials["client_secret"],
    )
    sent = [Statement(json.loads(line)) for line in renamed(LINES[:12])]
    assert lrs.save_statement(sent[0]).success
    assert lrs.save_statements(sent[1:]).success
    got = lrs.retrieve_statement(sent[3].id)
    assert got.success
    assert got.content.to_json() != ""
    assert (got.content.actor, got.content.verb.id) == (sent[3].actor, sent[3].verb.id)
    page = lrs.query_statements({"limit": 5, "ascending": "true"})
    found = list(page.content.statements)
    while page.content.more:
        page = lrs.more_statements(page.content)
        found += page.content.statements
    assert [one.id for one in found] == [one.id for one in sent]
    void = Statement(
        actor=sent[0].actor,
        verb=Verb(id="http://adlnet.gov/expapi/verbs/voided"),
        object=StatementRef(id=sent[0].id),
    )
    assert lrs.save_statement(void).success
    assert not lrs.retrieve_statement(sent[0].id).success
    assert lrs.retrieve_voided_statement(sent[0].id).content.id == sent[0].id


def test_a_learning_platform_that_pushes(installation, credentials, monkeypatch):
    """ID and secret in the form body, ``scope=xapi:write``, then Bearer; and again with a new token."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    for line in renamed(LINES[:2]):
        with OAuth2Session(client=BackendApplicationClient(credentials["client_id"], scope="xapi:write")) as platform:
            platform.fetch_token(
                f"{installation.url}/oauth2/token",
                client_id=credentials["client_id"],
                client_secret=credentials["client_secret"],
                include_client_id=True,
            )
            platform.headers.update(VERSION)
            assert post(platform, installation, line) == [json.loads(line)["id"]]


@pytest.mark.parametrize("path", ["/xapi/statements", "/xapi/statements?x=1", "/xapi/about", "/xapi/none"])
def test_head_sends_no_body_and_the_connection_goes_on(installation, credentials, path):
    """A body after HEAD would be read as the next answer by every client that keeps the connection."""
    host = urlsplit(installation.url).netloc
    token = credentials["bearer_token"]
    head = f"Host: {host}\r\nAuthorization: Bearer {token}\r\nX-Experience-API-Version: 1.0.3\r\n"
    with socket.create_connection(host.split(":"), timeout=30) as connection:
        connection.sendall(f"HEAD {path} HTTP/1.1\r\n{head}\r\n".encode())
        first = b""
        while b"\r\n\r\n" not in first:
            first += connection.recv(65536)
        assert first.endswith(b"\r\n\r\n")
        connection.sendall(f"GET /xapi/about HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
        second = b""
        while part := connection.recv(65536):
            second += part
    assert second.startswith(b"HTTP/1.1 200")


def test_a_large_body_with_a_bad_token_is_refused(installation):
    answer = requests.post(
        f"{installation.url}/xapi/statements",
        data=b" " * 8 * 1024 * 1024,
        headers={"Authorization": "Bearer x", "Content-Type": "application/json", **VERSION},
        timeout=60,
    )
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_token"
