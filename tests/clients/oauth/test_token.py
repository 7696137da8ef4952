"""The token endpoint, step by step (RFC 6749 §4.4, §5)."""

import json
import re
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import LmsSettings
from clients.oauth.errors import InvalidClient
from clients.oauth.form import parse
from clients.oauth.grant import authenticate_client
from clients.rights import SCOPES, Service
from tests.access_cases import access_token, make_client_for, set_active, switch
from tests.builders import make_client_with_credentials
from tests.clients.oauth.cases import BODY, CASES, GRANT
from tests.clients.oauth.conftest import FORM
from tests.headers import basic, bearer

pytestmark = pytest.mark.django_db

DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")  # RFC 6749 §5.2


def assert_error(response, status, error):
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert set(response.json()) == {"error", "error_description"}
    assert DESCRIPTION.fullmatch(response.json()["error_description"])
    assert_headers(response)


def assert_headers(response):
    assert response["Content-Type"] == "application/json"
    assert (response["Cache-Control"], response["Pragma"]) == ("no-store", "no-cache")
    challenge = 'Basic realm="OAuth", charset="UTF-8"' if response.status_code == 401 else None
    assert response.headers.get("WWW-Authenticate") == challenge


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_requests_and_answers(post, made, case):
    fields, header = case.filled(made)
    response = post("token", fields, **{"HTTP_AUTHORIZATION": header} if header else {})
    if case.error:
        assert_error(response, case.status, case.error)
        return
    content = response.json()
    assert response.status_code == 200
    assert (content["token_type"], content["expires_in"], content["scope"]) == ("Bearer", 3600, case.scope)
    assert set(content) == {"access_token", "token_type", "expires_in", "scope"}
    assert len(content["access_token"]) <= 255
    assert_headers(response)


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/token/"])
def test_with_or_without_final_slash(client, made, path):
    response = client.post(path, "grant_type=client_credentials", FORM, **basic(made.client_id, made.secret))
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
def test_only_post(client, endpoint, method):
    response = client.generic(method, f"/oauth2/{endpoint}?grant_type=client_credentials")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    if method != "HEAD":
        assert_error(response, 405, "invalid_request")


@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=b", "text/plain", ""])
def test_only_forms(post, made, endpoint, content_type):
    body = json.dumps(GRANT).encode()
    assert_error(post(endpoint, body, made, content_type=content_type), 415, "invalid_request")


@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
def test_bounded_bodies(post, made, endpoint):
    assert_error(post(endpoint, b"a=" + b"x" * 70_000, made), 413, "invalid_request")
    many = b"&".join(b"f%d=1" % number for number in range(21))
    assert_error(post(endpoint, many, made), 400, "invalid_request")


@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
def test_nothing_of_oauth_in_the_address(post, made, endpoint):
    fields = GRANT | {"token": "x"}
    for name in ("client_id", "client_secret", "grant_type", "scope", "resource", "token", "access_token"):
        assert_error(post(f"{endpoint}?{name}=x", fields, made), 400, "invalid_request")
    assert post(f"{endpoint}?tenant=x&%zz", fields, made).status_code == 200


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "scope", "audience"])
@pytest.mark.parametrize("equal", [True, False])
def test_each_parameter_once(post, made, name, equal):
    fields = GRANT | {"client_id": made.client_id, "client_secret": made.secret, "scope": "scim", "audience": "x"}
    twice = urlencode([*fields.items(), (name, fields[name] if equal else "y")])
    assert_error(post("token", twice.encode()), 400, "invalid_request")


@pytest.mark.parametrize("secret_first", [True, False])
def test_a_made_client_that_is_inactive_reads_like_a_wrong_secret(post, made, secret_first):
    wrong = post("token", GRANT | {"client_id": made.client_id, "client_secret": made.secret + "x"})
    set_active(made.client, active=False)
    inactive = post("token", GRANT, made)
    assert (inactive.status_code, inactive.content) == (wrong.status_code, wrong.content)
    set_active(made.client, active=True)
    assert post("token", GRANT, made).status_code == 200


@pytest.mark.parametrize("scope", list(SCOPES))
def test_a_scope_needs_every_right_it_carries(post, scope):
    for switched_on in (*Service, None):
        made = make_client_for(*([switched_on] if switched_on else []))
        response = post("token", GRANT | {"scope": scope}, made)
        if switched_on and scope in switched_on.scopes:
            assert response.json()["scope"] == scope
        else:
            assert_error(response, 400, "invalid_scope")


def test_no_silent_narrowing(post):
    made = make_client_with_credentials(lrs_own=True)
    assert_error(post("token", GRANT | {"scope": "xapi:all"}, made), 400, "invalid_scope")
    assert_error(post("token", GRANT | {"scope": "xapi:write xapi:read"}, made), 400, "invalid_scope")
    assert post("token", GRANT | {"scope": "xapi:write xapi:write"}, made).json()["scope"] == "xapi:write"


def test_a_client_without_any_right_is_told_so(post):
    response = post("token", GRANT, make_client_with_credentials())
    assert_error(response, 400, "invalid_scope")
    assert "no access switched on" in response.json()["error_description"]


@pytest.mark.parametrize(
    ("resources", "scope"),
    [
        (["http://testserver/scim/v2/"], "scim"),
        (["http://testserver/xapi"], "xapi:write xapi:read"),
        (["http://testserver/xapi/", "http://testserver/shared-events/v1"], "xapi:write xapi:read shared_events"),
        (["http://testserver/scim/v2/", "http://testserver/scim/v2/"], "scim"),
    ],
)
def test_resource_narrows(post, made, resources, scope):
    body = urlencode([*GRANT.items(), *(("resource", resource) for resource in resources)])
    response = post("token", body.encode(), made)
    assert response.json()["scope"] == scope


@pytest.mark.parametrize(
    "resource", ["x", "http://testserver", "https://testserver/xapi/", "http://testserver/xapi//", "//testserver/xapi/"]
)
def test_an_unknown_resource(post, made, resource):
    assert_error(post("token", GRANT | {"resource": resource}, made), 400, "invalid_target")


def test_a_resource_the_scope_does_not_reach(post, made):
    fields = GRANT | {"scope": "scim", "resource": "http://testserver/xapi/"}
    assert_error(post("token", fields, made), 400, "invalid_scope")


def test_the_lifetime_is_that_of_the_settings_and_touches_new_tokens_only(post, made, issue, client):
    before = issue(made)
    LmsSettings.objects.update(access_token_lifetime_seconds=300)
    LmsSettings.forget()
    assert post("token", GRANT, made).json()["expires_in"] == 300
    described = post("introspect", {"token": before}, made).json()
    assert described["exp"] - described["iat"] == 3600


def test_https(post, made):
    LmsSettings.objects.update(public_address="https://lms.example.org")
    LmsSettings.forget()
    for endpoint in ("token", "revoke", "introspect"):
        response = post(endpoint, GRANT, made)
        assert_error(response, 403, "invalid_request")
        assert "Location" not in response
    assert post("token", GRANT, made, secure=True).status_code == 200


def test_queries(post, made, django_assert_num_queries):
    post("token", GRANT, made)
    for fields, count in [
        (GRANT, 1),
        ({"grant_type": "password"}, 0),
        ({}, 0),
        (GRANT | {"scope": "x"}, 1),
        (GRANT | {"resource": "x"}, 1),
    ]:
        with django_assert_num_queries(count):
            post("token", fields, made)


def test_wrong_credentials_cost_one_query_or_none(made, django_assert_num_queries):
    other = make_client_with_credentials()
    for client_id, secret, count in [
        (made.client_id, other.secret, 1),
        ("a" * 24, other.secret, 1),
        (made.client_id, "wrong", 0),
        ("a" * 24, "wrong", 0),
    ]:
        form = parse(urlencode({"client_id": client_id, "client_secret": secret}).encode())
        with django_assert_num_queries(count), pytest.raises(InvalidClient):
            authenticate_client(RequestFactory().post("/"), form, timezone.now())


def test_another_credential_of_the_client_gets_no_token(post, made):
    for value in (made.bearer, access_token(made)):
        assert_error(
            post("token", GRANT | {"client_id": made.client_id, "client_secret": value}), 401, "invalid_client"
        )
        assert_error(post("token", GRANT, **bearer(value)), 401, "invalid_client")


def test_answers_never_echo_what_was_sent(post, made):
    for fields in (
        {"grant_type": "<script>"},
        GRANT | {"scope": "<script>"},
        GRANT | {"resource": "<script>"},
        {"<script>": "x", **GRANT, "client_id": "<script>", "client_secret": "<script>"},
    ):
        response = post("token", fields, made)
        assert b"<script" not in response.content
        assert not any("<script" in value for value in response.headers.values())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.dictionaries(st.sampled_from([*GRANT, *BODY, "scope", "resource", "token"]), st.text(max_size=20)).map(
            lambda fields: urlencode(fields, errors="replace").encode()
        ),
    ),
    header=st.one_of(st.none(), st.text(st.characters(max_codepoint=255), max_size=60)),
    endpoint=st.sampled_from(["token", "revoke", "introspect"]),
)
def test_whatever_comes_the_answer_is_json_and_never_stored(post, body, header, endpoint):
    response = post(endpoint, body, **{} if header is None else {"HTTP_AUTHORIZATION": header})
    assert response.status_code in {400, 401, 413, 429}
    response.json()
    assert_headers(response)


def test_one_log_line_for_an_issue_without_values(post, made, issue, caplog):
    caplog.set_level("INFO")
    value = issue(made, scope="scim")
    lines = [record.getMessage() for record in caplog.records if record.name == "clients.oauth"]
    assert lines == [f"access token issued: client {made.client_id}, scope scim"]
    post("token", {"grant_type": "password"}, made)
    assert "TokenEndpoint refused: unsupported_grant_type" in caplog.messages
    assert value not in caplog.text
    assert made.secret not in caplog.text


def test_a_scim_switch_without_effect_gives_no_scope(post):
    made = make_client_for(Service.SCIM)
    configuration = made.client.scim_configuration
    type(configuration).objects.update(active=False)
    assert_error(post("token", GRANT | {"scope": "scim"}, made), 400, "invalid_scope")
    switch(Service.XAPI, made.client, on=True)
    assert post("token", GRANT, made).json()["scope"] == "xapi:write xapi:read"
