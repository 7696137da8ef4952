"""A request that waited too long for a thread: 503 in each protocol's own form, and nobody is looked up."""

import pytest

from clients import lookup
from clients.rights import Service
from lms_oauth.waiting import waited_seconds
from tests import builders
from tests.access_cases import make_client_for
from tests.clients.limits.test_answers import ADDRESSES, VERSION
from tests.headers import basic, bearer

pytestmark = pytest.mark.django_db
MOST = 1


@pytest.fixture
def late(settings):
    settings.QUEUE_SECONDS = MOST
    before = waited_seconds.set(MOST + 0.1)
    yield
    waited_seconds.reset(before)


@pytest.fixture
def looks_nobody_up(monkeypatch):
    """From the call on."""
    return lambda: monkeypatch.setattr(lookup, "_fetch", None)


BODIES = {
    Service.SCIM: lambda body: body["status"] == "503",
    Service.XAPI: lambda body: body["error"]["code"] == "busy",
    Service.SHARED_EVENTS: lambda body: body["retry"] == "after",
}


@pytest.mark.parametrize("service", Service)
def test_each_protocol_says_it_in_its_own_form(client, late, looks_nobody_up, service):
    made = make_client_for(service)
    looks_nobody_up()
    answer = client.get(ADDRESSES[service], **VERSION, **bearer(made.bearer))
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert BODIES[service](answer.json())


def test_the_token_endpoint_says_it_as_an_oauth_error(client, late, looks_nobody_up):
    made = make_client_for(Service.XAPI)
    form, header = "grant_type=client_credentials", basic(made.client_id, made.secret)
    looks_nobody_up()
    answer = client.post("/oauth2/token", form, "application/x-www-form-urlencoded", **header)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.json()["error"] == "temporarily_unavailable"


def test_a_page_says_it_in_words(client, late, django_assert_num_queries):
    client.force_login(builders.make_superadmin())
    with django_assert_num_queries(0):
        answer = client.get("/system/oauth-clients/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert "too much to do" in answer.content.decode()
    assert {"Content-Security-Policy", "Content-Length"} <= set(answer.headers)


def test_probes_answer_all_the_same(client, late):
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("most", "waited"), [(1, 0.9), (0, 100)])
def test_others_are_served(client, settings, late, most, waited):
    settings.QUEUE_SECONDS = most
    waited_seconds.set(waited)
    made = make_client_for(Service.XAPI)
    assert client.get(ADDRESSES[Service.XAPI], **VERSION, **bearer(made.bearer)).status_code == 200
