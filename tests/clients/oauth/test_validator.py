"""Behind the library's machinery stand our functions: the same requests get the same answers there."""

import json
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth import authenticate as backends
from oauth2_provider.settings import oauth2_settings

from clients import tokens
from clients.oauth.validator import ClientValidator
from clients.rights import Service
from tests.access_cases import access_token, make_client_for, set_active
from tests.builders import make_client, mistyped
from tests.clients.oauth.cases import BODY, CASES, GRANT
from tests.headers import bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]

UNUSED = ["UnusedAccessToken", "UnusedRefreshToken", "UnusedIDToken", "UnusedGrant", "UnusedDeviceGrant"]


@pytest.fixture
def server():
    validator = oauth2_settings.OAUTH2_VALIDATOR_CLASS()
    return oauth2_settings.OAUTH2_SERVER_CLASS(validator, **oauth2_settings.server_kwargs)


def ask(server, fields, header=""):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "HTTP_AUTHORIZATION": header}
    _headers, body, status = server.create_token_response("http://testserver/", "POST", urlencode(fields), headers)
    return status, json.loads(body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_parity_with_our_endpoint(server, made, case):
    status, content = ask(server, *case.filled(made))
    assert status == case.status
    assert content.get("error", "") == case.error
    if not case.error:
        assert content["scope"] == case.scope
        assert (content["token_type"], content["expires_in"]) == ("Bearer", 3600)


def test_its_tokens_are_ours_and_nothing_is_stored(server, client, made):
    fields = {name: value.format(id=made.client_id, secret=made.secret) for name, value in (GRANT | BODY).items()}
    _status, content = ask(server, fields)
    for service in Service:
        assert client.get(ADDRESSES[service], **bearer(content["access_token"])).status_code == 200
    for name in UNUSED:
        assert not apps.get_model("clients", name).objects.exists()


@pytest.mark.parametrize("name", UNUSED)
def test_its_tables_cannot_be_written(name):
    with pytest.raises(TypeError):
        apps.get_model("clients", name)().save()


def test_no_user_is_ever_looked_up(monkeypatch):
    monkeypatch.setattr("django.contrib.auth.authenticate", None)
    assert backends is not None
    validator = ClientValidator()
    assert not validator.validate_user("admin", "password", None, None)
    assert not validator.authenticate_client_id("a" * 24, None)


@pytest.mark.parametrize(("ended", "valid"), [(False, True), (True, False)])
def test_bearer_tokens(made, ended, valid):
    token = access_token(made)
    if ended:
        set_active(made.client, active=False)
        set_active(made.client, active=True)
    validator = ClientValidator()
    assert validator.validate_bearer_token(token, ["scim"], None) is valid
    assert validator.validate_bearer_token(token, None, None) is valid
    for other in ("", None, "garbage", mistyped(access_token(make_client_for(Service.XAPI)))):
        assert not validator.validate_bearer_token(other, [], None)


def test_a_scope_that_was_withdrawn(made):
    assert not ClientValidator().validate_bearer_token(access_token(make_client_for(Service.SCIM)), ["xapi:read"], None)


def test_revocation_of_own_tokens_only(made):
    token, validator = access_token(made), ClientValidator()
    other = make_client()
    validator.revoke_token(token, "", SimpleNamespace(client=SimpleNamespace(client_pk=other.pk)))
    assert validator.validate_bearer_token(token, [], None)
    validator.revoke_token("garbage", "", SimpleNamespace(client=SimpleNamespace(client_pk=made.client.pk)))
    validator.revoke_token(token, "", SimpleNamespace(client=SimpleNamespace(client_pk=made.client.pk)))
    assert not validator.validate_bearer_token(token, [], None)


def test_what_the_library_loads(made):
    validator = ClientValidator()
    holder = validator._load_access_token(access_token(made))
    assert holder.client_id == made.client_id
    assert validator._load_application(made.client_id, SimpleNamespace(client=holder)) is holder
    assert validator._load_application(made.client_id, SimpleNamespace(client=None)) is None
    assert tokens.read(access_token(made)).claims.client_pk == holder.client_pk
