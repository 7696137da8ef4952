"""What was ended never works again, also while others are issuing: threads against the real database."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import Client as HttpClient

from clients import actions, tokens
from clients.rights import Service
from tests.access_cases import make_client_for, set_active
from tests.builders import BY
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.probe")]

FORM = "application/x-www-form-urlencoded"
ROTATIONS = 60
ISSUERS = 3


class Issuers:
    """Threads that ask for tokens all the time, each with the newest secret it knows of."""

    def __init__(self, client_id, secret):
        self.client_id = client_id
        self.secret = secret
        self.issued = []
        self.unexpected = []
        self.stop = threading.Event()

    def run(self):
        http = HttpClient()
        try:
            while not self.stop.is_set():
                secret = self.secret
                header = basic(self.client_id, secret)
                response = http.post("/oauth2/token", "grant_type=client_credentials", FORM, **header)
                if response.status_code == 200:
                    self.issued.append((secret, response.json()["access_token"]))
                elif response.status_code not in {401, 429, 503}:
                    self.unexpected.append(response.content)
        finally:
            connections.close_all()

    @contextmanager
    def running(self):
        threads = [threading.Thread(target=self.run) for _ in range(ISSUERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.FAILURES_PER_CLIENT = settings.FAILURES_PER_ADDRESS = (0, 1)


@pytest.fixture
def made():
    return make_client_for(*Service)


def accepted_anywhere(http, made, secret, token):
    """Where ``token`` still works, the caller of introspection using the secret that is live."""
    found = [service.slug for service in Service if http.get(ADDRESSES[service], **bearer(token)).status_code != 401]
    header = basic(made.client_id, secret)
    if http.post("/oauth2/introspect", f"token={token}", FORM, **header).json() != {"active": False}:
        found.append("introspection")
    return found


def secret_accepted_anywhere(http, made, secret):
    header = basic(made.client_id, secret)
    form = f"token=x&grant_type=client_credentials&client_id={made.client_id}&client_secret={secret}"
    answers = [
        http.get(ADDRESSES[Service.XAPI], **header),
        *(http.post(f"/oauth2/{name}", form, FORM) for name in ("token", "revoke", "introspect")),
        *(
            http.post(f"/oauth2/{name}", "token=x&grant_type=client_credentials", FORM, **header)
            for name in ("token", "revoke", "introspect")
        ),
    ]
    return [answer.request["PATH_INFO"] for answer in answers if answer.status_code != 401]


def wait_for_tokens(issuers, wanted):
    deadline = time.monotonic() + 30
    while len(issuers.issued) < wanted and time.monotonic() < deadline:
        time.sleep(0.002)


def test_f01_no_token_and_no_secret_outlives_a_rotation(made):
    """RFC 6749 §10: 60 rotations under parallel issuing; 0 old tokens or secrets are alive."""
    http, issuers, ended = HttpClient(), Issuers(made.client_id, made.secret), []
    with issuers.running():
        for _ in range(ROTATIONS):
            wait_for_tokens(issuers, len(issuers.issued) + 1)
            old = issuers.secret
            issuers.secret = actions.regenerate_secret(made.client, by=BY).value
            ended.append(old)
            alive = [token for secret, token in issuers.issued[-ISSUERS * 2 :] if secret == old and works(http, token)]
            assert not alive
    assert not issuers.unexpected
    assert len({secret for secret, _token in issuers.issued}) > ROTATIONS // 2
    for secret in ended:
        assert secret_accepted_anywhere(http, made, secret) == []
    assert_dead(http, made, issuers.secret, [item for item in issuers.issued if item[0] != issuers.secret])
    assert_newest_works(http, made, issuers.secret)


def assert_dead(http, made, secret, ended):
    """``ended``: pairs of what they were issued with and the token. The last of each, those in the race, everywhere."""
    assert not any(works(http, token) for _with, token in ended)
    for token in dict(ended).values():
        assert accepted_anywhere(http, made, secret, token) == []


def works(http, token):
    return http.get(ADDRESSES[Service.SCIM], **bearer(token)).status_code != 401


def assert_newest_works(http, made, secret):
    header = basic(made.client_id, secret)
    token = http.post("/oauth2/token", "grant_type=client_credentials", FORM, **header).json()["access_token"]
    assert accepted_anywhere(http, made, secret, token) == ["scim", "xapi", "shared_events", "introspection"]


def test_f01_no_token_outlives_deactivation(made):
    """Tokens issued before stay dead after the client is active again, also those being issued at that moment."""
    http, issuers = HttpClient(), Issuers(made.client_id, made.secret)
    with issuers.running():
        for _ in range(ROTATIONS // 2):
            wait_for_tokens(issuers, len(issuers.issued) + 1)
            set_active(made.client, active=False)
            before = list(issuers.issued)
            assert not any(works(http, token) for _secret, token in before[-ISSUERS * 2 :])
            set_active(made.client, active=True)
            assert not any(works(http, token) for _secret, token in before[-ISSUERS * 2 :])
    assert not issuers.unexpected
    made.client.refresh_from_db()
    generations = [tokens.read(token).claims.generation for _secret, token in issuers.issued]
    assert len(set(generations)) > 5
    dead = zip(generations, [token for _secret, token in issuers.issued], strict=True)
    assert_dead(http, made, made.secret, [item for item in dead if item[0] != made.client.generation])
    assert_newest_works(http, made, made.secret)


def test_two_administrators_regenerate_at_once(made):
    """One wins, the other is told; one live secret remains."""
    outcomes, barrier = [], threading.Barrier(4)

    def click():
        try:
            barrier.wait()
            outcomes.append(actions.regenerate_secret(made.client, by=BY, number=1).value)
        except actions.CredentialConflict as conflict:
            outcomes.append(conflict)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert (len(outcomes), len(won)) == (4, 1)
    assert secret_accepted_anywhere(HttpClient(), made, made.secret) == []
    assert_newest_works(HttpClient(), made, won[0])
