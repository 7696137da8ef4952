"""OAuth clients as others wrote them work unchanged: in Python and JavaScript, by header and by body."""

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import BackendApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from clients.rights import SCOPES
from tests.real_clients import run_script


@pytest.fixture(scope="module")
def client(installation):
    return installation.create_client("Course platform", "--lrs-own", "--lrs-full-read")


def introspected(installation, client, token):
    return requests.post(
        installation.url + "/oauth2/introspect",
        data={"token": token},
        auth=(client["client_id"], client["client_secret"]),
        timeout=10,
    ).json()


@pytest.mark.parametrize("method", ["basic", "post"])
def test_oauth4webapi(installation, client, method):
    seen = run_script("oauth4webapi.mjs", installation.url, client, method=method)
    assert seen["server"]["token_endpoint"] == installation.url + "/oauth2/token"
    assert seen["server"]["scopes_supported"] == list(SCOPES)
    assert (seen["token"]["token_type"], seen["token"]["scope"]) == ("bearer", "xapi:write")
    assert seen["before"]["active"]
    assert seen["before"]["client_id"] == client["client_id"]
    assert seen["before"]["aud"] == [installation.url + "/xapi/"]
    assert seen["after"] == {"active": False}
    assert seen["refused"] == {"error": "invalid_scope", "status": 400}


@pytest.mark.parametrize("method", ["basic", "post"])
def test_simple_oauth2(installation, client, method):
    seen = run_script("simple-oauth2.mjs", installation.url, client, method=method)
    assert seen["token"]["scope"] == "xapi:write"
    assert not seen["expired"]
    assert seen["refused"] == {"error": "invalid_client", "status": 401}
    assert introspected(installation, client, seen["token"]["access_token"]) == {"active": False}


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib(installation, client, method):
    address = installation.url + "/oauth2/token"
    session = AuthlibSession(
        client["client_id"],
        client["client_secret"],
        token_endpoint=address,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        grant_type="client_credentials",
        scope="xapi:read",
    )
    with session:
        token = session.fetch_token(address)
        assert introspected(installation, client, token["access_token"])["scope"] == "xapi:read"
        session.token = token | {"expires_at": 1}
        assert session.ensure_active_token(session.token)  # an expired token is renewed without a refresh token
        assert introspected(installation, client, session.token["access_token"])["active"]
        assert session.revoke_token(installation.url + "/oauth2/revoke", session.token["access_token"]).json() == {}
    assert introspected(installation, client, session.token["access_token"]) == {"active": False}


@pytest.mark.parametrize("include_client_id", [False, True])
def test_requests_oauthlib(installation, client, include_client_id, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the library insists on https
    address, client_id, secret = installation.url + "/oauth2/token", client["client_id"], client["client_secret"]
    with OAuth2Session(client=BackendApplicationClient(client_id, scope="xapi:write xapi:read")) as session:
        if include_client_id:
            token = session.fetch_token(address, client_secret=secret, include_client_id=True)
        else:
            token = session.fetch_token(address, auth=HTTPBasicAuth(client_id, secret))
    assert token["scope"] == ["xapi:write", "xapi:read"]
    assert introspected(installation, client, token["access_token"])["active"]


def test_a_client_that_waits_for_the_challenge(installation, client):
    """RFC 9110 §11.6.1: Basic is sent only after the server asked for it."""
    address = installation.url + "/oauth2/token"
    asked = requests.post(address, data={"grant_type": "client_credentials"}, timeout=10)
    assert asked.status_code == 401
    assert asked.headers["WWW-Authenticate"].startswith("Basic ")
    answered = requests.post(
        address,
        data={"grant_type": "client_credentials"},
        auth=(client["client_id"], client["client_secret"]),
        timeout=10,
    )
    assert answered.json()["scope"] == "xapi:write xapi:read"


def test_a_learning_platform_that_sends_all_in_the_form(installation, client):
    """The request as a well-known platform makes it."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        "scope": "xapi:write",
    }
    answer = requests.post(installation.url + "/oauth2/token", data=form, timeout=10)
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
