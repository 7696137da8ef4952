"""Protocols answer in English, whatever Accept-Language says: their readers are programs."""

import pytest

from clients.models import LmsSettings
from tests import builders

SAME = {"HTTP_X_REQUEST_ID": "the-same-request"}
FINNISH = SAME | {"HTTP_ACCEPT_LANGUAGE": "fi"}
JSON = {"content_type": "application/json"}
XAPI = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
ASKED = {
    "token endpoint, no grant": ("/oauth2/token", {"grant_type": "nothing"}, {}),
    "token endpoint, wrong secret": (
        "/oauth2/token",
        {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
        {},
    ),
    "SCIM, not JSON": ("/scim/v2/Users", "{", {"content_type": "application/scim+json"}),
    "SCIM, no user name": ("/scim/v2/Users", "{}", {"content_type": "application/scim+json"}),
    "xAPI, no statement": ("/xapi/statements", '{"actor": 1}', JSON | XAPI),
    "xAPI, not JSON": ("/xapi/statements", "{", JSON | XAPI),
    "shared events, no such method": ("/shared-events/v1/changes", "{}", JSON),
    "no such address": ("/xapi/no-such-address", "{}", JSON),
}


@pytest.fixture
def caller(db):
    builders.enable_shared_events()
    configuration = builders.make_configuration()
    return builders.make_client_with_credentials(
        scim_configuration=configuration, lrs_own=True, lrs_full_read=True, shared_events=True
    )


@pytest.mark.parametrize("name", ASKED)
def test_refusals_are_in_english(client, caller, name):
    address, body, headers = ASKED[name]
    bearer = {} if "token endpoint" in name else caller.bearer_header
    told = [client.post(address, body, **headers, **bearer, **language) for language in (SAME, FINNISH)]
    assert told[0].status_code >= 400
    assert told[0].content
    assert told[0].content == told[1].content
    assert "Content-Language" not in told[1]


@pytest.mark.parametrize(
    "address", ["/shared-events/v1/changes?limit=x", "/xapi/statements?limit=x", "/scim/v2/Users?filter=x"]
)
def test_refused_queries_are_in_english(client, caller, address):
    told = [client.get(address, **caller.bearer_header, **XAPI, **language) for language in (SAME, FINNISH)]
    assert told[0].status_code == 400
    assert told[0].content == told[1].content


def test_the_language_of_the_lms_is_not_that_of_the_apis(client, caller):
    LmsSettings.objects.update(language="fi")
    LmsSettings.forget()
    answer = client.post("/xapi/statements", '{"actor": 1}', **JSON, **XAPI, **caller.bearer_header)
    assert b"actor" in answer.content
    assert answer.content.isascii()
