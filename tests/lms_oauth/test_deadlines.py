"""A database that does not answer: 503 with Retry-After in each protocol's own form, and nothing hangs."""

import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client as Browser

from clients import lookup
from clients.models import Administrator
from clients.rights import Service
from lms_oauth import deadlines
from lms_oauth.http import passing_trouble
from tests import builders
from tests.access_cases import make_client_for
from tests.clients.limits.test_answers import ADDRESSES, VERSION
from tests.headers import basic, bearer

TIMED_OUT = "canceling statement due to statement timeout"
AWAY = {"postgresql": TIMED_OUT, "sqlite": "unable to open database file"}


@pytest.fixture
def away(monkeypatch):
    """The database is, from the first statement of a request on."""

    def refuse(*_arguments):
        raise OperationalError(AWAY[connection.vendor])

    return lambda: monkeypatch.setattr(lookup, "_fetch", refuse)


BODIES = {
    Service.SCIM: ("application/scim+json", lambda body: body["status"] == "503"),
    Service.XAPI: ("application/json", lambda body: body["error"]["code"] == "unavailable"),
    Service.SHARED_EVENTS: ("application/problem+json", lambda body: body["retry"] == "after"),
}


@pytest.mark.parametrize("service", Service)
def test_each_protocol_says_it_in_its_own_form(client, db, away, service):
    made = make_client_for(service)
    away()
    answer = client.get(ADDRESSES[service], **VERSION, **bearer(made.bearer))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    media_type, is_expected = BODIES[service]
    assert answer["Content-Type"] == media_type
    assert is_expected(answer.json())
    assert b"statement timeout" not in answer.content


def test_the_token_endpoint_says_it_as_an_oauth_error(client, db, away):
    made = make_client_for(Service.XAPI)
    away()
    form = "grant_type=client_credentials"
    header = basic(made.client_id, made.secret)
    answer = client.post("/oauth2/token", form, "application/x-www-form-urlencoded", **header)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["error"] == "temporarily_unavailable"


def test_a_page_says_it_in_words(db, monkeypatch):
    browser = Browser(raise_request_exception=False)
    browser.force_login(builders.make_superadmin())

    def refuse(*_arguments, **_options):
        raise OperationalError(AWAY[connection.vendor])

    monkeypatch.setattr(Administrator, "reach", refuse)
    answer = browser.get("/system/oauth-clients/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database does not answer" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("database is locked"), "busy"),
        (OperationalError("deadlock detected"), "busy"),
        (OperationalError("database or disk is full"), "unavailable"),
        (ValueError("database is locked"), None),
        (None, None),
    ],
)
def test_what_passes_by_itself(error, code):
    found = passing_trouble(error)
    assert (found and found.code) == code


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "error", [OperationalError("FATAL: sorry, too many clients already"), InterfaceError("connection already closed")]
)
def test_no_connection_left(error):
    assert passing_trouble(error).code == "unavailable"


def test_a_fault_of_ours_stays_one():
    assert connection.vendor == "postgresql" or passing_trouble(OperationalError("no such table: x")) is None


@pytest.fixture
def limited(settings, monkeypatch):
    """A new connection as the web server opens it, which gives up after a second."""
    monkeypatch.setitem(connections.databases, "default", dict(connections.databases["default"]))
    monkeypatch.setitem(
        connections.databases["default"], "OPTIONS", dict(connections.databases["default"].get("OPTIONS", {}))
    )
    settings.DATABASE_STATEMENT_SECONDS = 1
    deadlines.limit_statements()
    opened = connections.create_connection("default")
    yield opened
    opened.close()


@pytest.mark.postgresql
def test_postgresql_gives_up_a_statement_in_time(db, limited):
    with limited.cursor() as cursor, pytest.raises(OperationalError) as caught:
        cursor.execute("SELECT pg_sleep(600)")
    assert passing_trouble(caught.value).code == "unavailable"


def test_zero_is_without_limit(settings):
    before = dict(connections.databases["default"].get("OPTIONS", {}))
    settings.DATABASE_STATEMENT_SECONDS = 0
    deadlines.limit_statements()
    assert connections.databases["default"].get("OPTIONS", {}) == before
