"""Faults known of authorization servers, and of the library under ours, each proved absent.

F1 has a file of its own (tests/clients/test_rotation.py), F30 too (tests/clients/test_leaks.py).
"""

from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from clients import lookup, secrets, tokens
from clients.models import Client, Credential, LmsSettings, RevokedToken
from clients.rights import Service
from tests.access_cases import KINDS, access_token, make_client_for, set_active, switch
from tests.builders import make_client_with_credentials
from tests.clients.oauth.cases import GRANT
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]


def test_f02_the_password_grant_tells_nothing_of_users(post, made, django_user_model, monkeypatch):
    django_user_model.objects.create_user("admin", password="right password")
    monkeypatch.setattr("django.contrib.auth.authenticate", None)
    answers = {
        post("token", {"grant_type": "password", "username": "admin", "password": password}, made).content
        for password in ("right password", "wrong")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("grant", [*dict(AbstractApplication.GRANT_TYPES), "device_code", "x" * 500, "é", "{}"])
def test_f03_no_other_grant_reaches_any_code(post, made, django_assert_num_queries, grant):
    LmsSettings.current()
    with django_assert_num_queries(0):
        response = post("token", {"grant_type": grant}, made)
    assert (response.status_code, response.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "scope", "resource", "token"])
@pytest.mark.parametrize("value", ["%00", "a%00b", "x" * 65_536, "%FF", "%ED%A0%80", "%", "%zz"])
@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
def test_f04_hostile_bytes_in_each_parameter(post, name, value, endpoint):
    fields = {"grant_type": "client_credentials", "client_id": "a" * 24, "client_secret": "b", "token": "c"} | {
        name: ""
    }
    body = "&".join(f"{key}={value if key == name else text}" for key, text in fields.items())
    assert post(endpoint, body.encode()).status_code in {400, 413}


@pytest.mark.parametrize("value", ["\0", "Basic \0", "Basic ====", "Basic AAA", "Bearer \0", "\udcff", "x" * 65_536])
@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
def test_f04_hostile_bytes_in_the_header(post, value, endpoint):
    assert post(endpoint, GRANT | {"token": "x"}, HTTP_AUTHORIZATION=value).status_code == 401


def test_f05_a_stored_digest_is_no_secret(post, made):
    for credential in Credential.objects.all():
        digest = bytes(credential.digest)
        for value in (digest.hex(), quote(digest), digest.decode("latin-1"), f"lmscs_{digest.hex()}"):
            fields = GRANT | {"client_id": made.client_id, "client_secret": value}
            assert post("token", fields).status_code in {400, 401}


@pytest.mark.parametrize("secret", ["", " ", "\t", "None", "null"])
def test_f06_an_empty_secret_opens_nothing(client, post, secret):
    bare = make_client_for(Service.XAPI).client
    Credential.objects.filter(client=bare).delete()
    assert post("token", GRANT | {"client_id": bare.client_id, "client_secret": secret}).status_code == 401
    assert post("token", GRANT, **basic(bare.client_id, secret)).status_code == 401
    assert client.get(ADDRESSES[Service.XAPI], **basic(bare.client_id, secret)).status_code == 401


def test_f07_tokens_of_an_inactive_client_are_not_active(post, made):
    token = access_token(made)
    set_active(made.client, active=False)
    assert post("introspect", {"token": token}, made).status_code == 401
    set_active(made.client, active=True)
    assert post("introspect", {"token": token}, made).json() == {"active": False}


def test_f08_foreign_tokens_read_like_unknown_ones(post, client, made):
    foreign = access_token(make_client_for(Service.XAPI))
    answers = {post("introspect", {"token": value}, made).content for value in (foreign, "unknown")}
    assert answers == {b'{"active": false}'}
    assert client.get(f"/oauth2/introspect?token={foreign}", **basic(made.client_id, made.secret)).status_code == 405


@pytest.mark.parametrize(
    ("service", "kind"),
    [(service, kind) for service in Service for kind in KINDS if kind != "secret" or service.accepts_basic],
)
def test_f10_a_withdrawn_right_ends_with_the_next_request(client, service, kind):
    made = make_client_for(service)
    header = {
        "access_token": bearer(access_token(made)),
        "bearer": bearer(made.bearer),
        "secret": basic(made.client_id, made.secret),
    }[kind]
    statuses = []
    for on in (True, False, True):
        switch(service, made.client, on=on)
        statuses.append(client.get(ADDRESSES[service], **header).status_code)
    assert statuses == [200, 403, 200]


@pytest.mark.parametrize("encode", [str, quote, lambda text: "".join(f"%{ord(letter):02X}" for letter in text)])
@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_f13_f14_scheme_in_any_case_and_either_encoding(post, made, encode, scheme):
    header = basic(encode(made.client_id), encode(made.secret))["HTTP_AUTHORIZATION"]
    assert post("token", GRANT, HTTP_AUTHORIZATION=header.replace("Basic", scheme)).status_code == 200


@pytest.mark.parametrize("in_header", [True, False])
@pytest.mark.parametrize("in_body", [True, False])
def test_f16_two_methods_are_refused_whichever_is_right(post, made, in_header, in_body):
    header = basic(made.client_id, made.secret if in_header else made.bearer)
    body = {"client_id": made.client_id, "client_secret": made.secret if in_body else made.bearer}
    response = post("token", GRANT | body, **header)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_f17_basic_of_one_and_the_id_of_another(post, made):
    other = make_client_with_credentials()
    response = post("token", GRANT | {"client_id": other.client_id}, made)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_f20_too_many_fields_are_json(post, made):
    response = post("token", urlencode([(f"f{number}", "x") for number in range(1_500)]).encode(), made)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("service", Service)
def test_f21_a_bad_escape_in_the_address_changes_nothing(client, service):
    made = make_client_for(service)
    assert client.get(ADDRESSES[service] + "?%zz", **bearer(made.bearer)).status_code == 200


def test_f24_issuing_stores_nothing(made):
    holder = lookup.by_digest("secret", secrets.digest(made.secret), timezone.now())
    for _ in range(50_000):
        tokens.issue(holder, scopes=1, services=1, lifetime_seconds=1, now=1)
    assert not RevokedToken.objects.exists()
    for name in ("UnusedAccessToken", "UnusedRefreshToken", "UnusedGrant", "UnusedIDToken", "UnusedDeviceGrant"):
        assert not apps.get_model("clients", name).objects.exists()


def test_f26_unknown_clients_cost_what_wrong_secrets_cost(post, made):
    """The same single look-up for both, so that its time tells nothing."""
    other = make_client_with_credentials()
    LmsSettings.current()
    asked = []
    for client_id in (made.client_id, "a" * 24):
        with CaptureQueriesContext(connection) as queries:
            assert post("token", GRANT | {"client_id": client_id, "client_secret": other.secret}).status_code == 401
        selects = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
        asked.append([sql.rpartition(" WHERE ")[2] for sql in selects])  # before it stands the time
    assert asked[0] == asked[1]
    assert len(asked[0]) == 1


def test_f31_the_resolver_has_these_addresses_and_no_page_of_the_library():
    names = {pattern.name for pattern in get_resolver("clients.oauth.urls").url_patterns}
    assert names == {
        *("oauth-token", "oauth-revoke", "oauth-introspect", "oauth-metadata", None),
        *("scim-metadata", "xapi-metadata", "shared_events-metadata"),
    }
    assert not any("oauth2_provider" in module for module in view_modules(get_resolver("lms_oauth.urls")))
    assert not apps.is_installed("django.contrib.admin")


def view_modules(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from view_modules(pattern)
        else:
            yield getattr(pattern.callback, "__module__", "")


def test_f31_the_librarys_command_refuses():
    with pytest.raises(CommandError):
        call_command("createapplication")


def test_f33_a_public_client_cannot_be_stored(made):
    with pytest.raises(IntegrityError):
        Client.objects.filter(pk=made.client.pk).update(client_type="public")
