"""RFC 7662: active is exactly what the services would accept now."""

import pytest

from clients import actions
from clients.rights import Service
from tests.access_cases import Case, access_token, make_client_for, of, set_active, switch
from tests.builders import BY, make_client_with_credentials, mistyped
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]
INACTIVE = b'{"active": false}'


def test_an_active_token(post, made, issue):
    token = issue(made, scope="scim all/read")
    response = post("introspect", {"token": token}, made)
    content = response.json()
    assert response["Cache-Control"] == "no-store"
    assert content.pop("exp") - content.pop("iat") == 3600
    assert content == {
        "active": True,
        "scope": "scim all/read",
        "client_id": made.client_id,
        "sub": made.client_id,
        "token_type": "Bearer",
        "iss": "http://testserver",
        "aud": ["http://testserver/scim/v2/", "http://testserver/xapi/"],
    }


def test_scope_is_what_is_left_now(post, made, issue):
    token = issue(made)
    switch(Service.XAPI, made.client, on=False)
    assert post("introspect", {"token": token}, made).json()["scope"] == "scim shared_events"
    switch(Service.XAPI, made.client, on=True)
    assert post("introspect", {"token": token}, made).json()["scope"] == "scim xapi:write xapi:read shared_events"


def test_a_bearer_token(post, made):
    content = post("introspect", {"token": made.bearer}, made).json()
    assert (content["active"], content["client_id"]) == (True, made.client_id)
    assert content["scope"] == "scim xapi:write xapi:read shared_events"
    actions.regenerate_token(made.client, by=BY)
    assert post("introspect", {"token": made.bearer}, made).content == INACTIVE


def test_foreign_dead_malformed_and_unknown_read_alike(post, made):
    other = make_client_for(Service.XAPI)
    values = [
        *(access_token(other), other.bearer, other.secret, made.secret),
        *(access_token(made, age_seconds=4000), mistyped(access_token(made)), "lmsat_", "lmsbt_x", "garbage", "ü"),
    ]
    assert {post("introspect", {"token": value}, made).content for value in values} == {INACTIVE}


@pytest.mark.parametrize(
    "case", [case for case in of(Service.XAPI) if case.kind != "secret" and case.switched_on], ids=str
)
def test_active_is_what_the_service_accepts(client, post, case: Case):
    """The caller authenticates with the secret that is live now; where none is, it cannot ask."""
    made = make_client_for(Service.XAPI)
    value = {"access_token": access_token(made), "bearer": made.bearer}[case.kind]
    states = {
        "revoked": lambda: post("revoke", {"token": value}, made),
        "bearer_regenerated": lambda: actions.regenerate_token(made.client, by=BY),
        "reactivated": lambda: (set_active(made.client, active=False), set_active(made.client, active=True)),
    }
    secret = made.secret
    if case.state == "secret_regenerated":
        secret = actions.regenerate_secret(made.client, by=BY).value
    elif case.state in states:
        states[case.state]()
    elif case.state != "live":
        return  # inactive and expired: the next test
    answered = post("introspect", {"token": value}, **basic(made.client_id, secret)).json()["active"]
    accepted = client.get(ADDRESSES[Service.XAPI], **bearer(value)).status_code == 200
    assert answered is accepted


def test_an_inactive_client_is_told_nothing(post, made, issue):
    token = issue(made)
    set_active(made.client, active=False)
    assert post("introspect", {"token": token}, made).status_code == 401
    set_active(made.client, active=True)
    assert post("introspect", {"token": token}, made).content == INACTIVE


@pytest.mark.parametrize("fields", [{}, {"token": ""}])
def test_without_a_token(post, made, fields):
    response = post("introspect", fields, made)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_only_for_clients_and_only_by_post(client, post, made, issue):
    token = issue(made)
    for extra in ({}, bearer(token), bearer(made.bearer)):
        response = post("introspect", {"token": token}, **extra)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Basic realm="OAuth", charset="UTF-8"'
    assert client.get(f"/oauth2/introspect?token={token}", **basic(made.client_id, made.secret)).status_code == 405


def test_a_client_without_rights_may_ask(post):
    made = make_client_with_credentials(lrs_own=True)
    token = access_token(made)
    switch(Service.XAPI, made.client, on=False)
    content = post("introspect", {"token": token}, made).json()
    assert (content["active"], content["scope"]) == (True, "")
