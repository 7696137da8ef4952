"""RFC 7009: a client ends its own access tokens, and learns nothing about others'."""

import pytest

from clients.models import RevokedToken
from clients.rights import Service
from tests.access_cases import access_token, make_client_for
from tests.builders import make_client_with_credentials
from tests.headers import bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]


def test_an_own_token_ends_at_once_and_no_other(client, post, made, issue):
    one, two = issue(made), issue(made)
    response = post("revoke", {"token": one}, made)
    assert (response.status_code, response.json()) == (200, {})
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/json", "no-store")
    for service in Service:
        assert client.get(ADDRESSES[service], **bearer(one)).status_code == 401
        assert client.get(ADDRESSES[service], **bearer(two)).status_code == 200
    assert post("introspect", {"token": one}, made).json() == {"active": False}
    assert post("revoke", {"token": one}, made).status_code == 200


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", ""])
def test_any_hint(client, post, made, issue, hint):
    token = issue(made)
    assert post("revoke", {"token": token, "token_type_hint": hint}, made).status_code == 200
    assert client.get(ADDRESSES[Service.SCIM], **bearer(token)).status_code == 401


def test_foreign_unknown_expired_and_garbage_read_alike_and_leave_nothing(client, post, made):
    other = make_client_for(Service.XAPI)
    foreign = access_token(other)
    values = [foreign, access_token(made, age_seconds=4000), "lmsat_x", "garbage", foreign[:-1] + "x", "ü"]
    answers = {post("revoke", {"token": value}, made).content for value in values}
    assert answers == {b"{}"}
    assert not RevokedToken.objects.exists()
    assert client.get(ADDRESSES[Service.XAPI], **bearer(foreign)).status_code == 200


def test_machine_credentials_end_no_credentials(client, post, made):
    for value in (made.secret, made.bearer, "lmscs_", "lmsbt_x"):
        response = post("revoke", {"token": value}, made)
        assert (response.status_code, response.json()["error"]) == (400, "unsupported_token_type")
    assert client.get(ADDRESSES[Service.SCIM], **bearer(made.bearer)).status_code == 200


@pytest.mark.parametrize("fields", [{}, {"token": ""}, {"token_type_hint": "access_token"}])
def test_without_a_token(post, made, fields):
    response = post("revoke", fields, made)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_only_for_clients(client, post, made, issue):
    token = issue(made)
    wrong = make_client_with_credentials()
    for extra in ({}, bearer(token), bearer(made.bearer)):
        response = post("revoke", {"token": token}, **extra)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    response = post("revoke", {"token": token, "client_id": made.client_id, "client_secret": wrong.secret})
    assert response.status_code == 401
    assert client.get(ADDRESSES[Service.SCIM], **bearer(token)).status_code == 200


def test_form_credentials(client, post, made, issue):
    token = issue(made)
    fields = {"token": token, "client_id": made.client_id, "client_secret": made.secret}
    assert post("revoke", fields).status_code == 200
    assert client.get(ADDRESSES[Service.SCIM], **bearer(token)).status_code == 401


def test_what_is_kept_is_a_digest_until_the_token_would_have_expired(post, made, issue):
    token = issue(made)
    exp = post("introspect", {"token": token}, made).json()["exp"]
    post("revoke", {"token": token}, made)
    row = RevokedToken.objects.get()
    assert (len(bytes(row.digest)), row.expires) == (32, exp)
