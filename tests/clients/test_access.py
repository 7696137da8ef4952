"""The authentication layer, the same on every service."""

import base64
import contextlib
from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.test import RequestFactory
from django.utils import timezone

from clients import actions, secrets, tokens
from clients.access import authenticate
from clients.models import Credential, LmsSettings
from clients.rights import LRS, LRS_OWN, Right, Service
from lms_oauth.errors import HttpsRequired, InsufficientScope, Unauthenticated
from tests import access_cases
from tests.access_cases import access_token, make_client_for, switch
from tests.builders import BY, enable_shared_events, make_client_with_credentials, make_configuration, mistyped
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]

SERVICES = list(Service)
FORM = "application/x-www-form-urlencoded"
PATHS = {"SCIM": "scim/v2", "xAPI": "xapi", "Shared events": "shared-events/v1"}


def metadata(service):
    base = "http://testserver/.well-known/oauth-protected-resource/"
    return f'resource_metadata="{base}{PATHS[service.realm]}"'


def authenticated(headers, service=Service.XAPI, **extra):
    return authenticate(RequestFactory().get("/", **headers, **extra), service)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("header", [None, "", " ", "Digest x", "Negotiate abc", "lmsbt_x"])
def test_challenge_without_credentials(client, service, header):
    response = client.get(ADDRESSES[service], **({} if header is None else {"HTTP_AUTHORIZATION": header}))
    start = 'Basic realm="xAPI", charset="UTF-8", ' if service is Service.XAPI else ""
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == f'{start}Bearer realm="{service.realm}", {metadata(service)}'


@pytest.mark.parametrize("service", [Service.SCIM, Service.SHARED_EVENTS])
def test_basic_is_a_scheme_not_accepted_outside_xapi(client, service):
    made = make_client_for(service)
    response = client.get(ADDRESSES[service], **basic(made.client_id, made.secret))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == f'Bearer realm="{service.realm}", {metadata(service)}'


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "value", ["", "x", "lmsbt_", "lmsbt_" + "0" * 49, "x" * 10_000, "lmsat_" + "z" * 135, "ÿÿ", 'x", realm="evil']
)
def test_challenge_for_a_bad_token(client, service, value):
    response = client.get(ADDRESSES[service], **bearer(value))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == (
        f'Bearer realm="{service.realm}", error="invalid_token", '
        f'error_description="The token is wrong, expired or revoked.", {metadata(service)}'
    )


@pytest.mark.parametrize(
    "value",
    ["", "!", base64.b64encode(b"no colon").decode(), base64.b64encode(b"id:wrong").decode(), "a" * 10_000, "ÿ"],
)
def test_challenge_for_bad_basic_on_xapi(client, value):
    response = client.get(ADDRESSES[Service.XAPI], HTTP_AUTHORIZATION=f"Basic {value}")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Basic realm="xAPI", charset="UTF-8"'


@pytest.mark.parametrize(
    ("service", "method", "scope"),
    [
        (Service.SCIM, "get", "scim"),
        (Service.XAPI, "get", "statements/read/mine"),
        (Service.XAPI, "post", "statements/write"),
        (Service.SHARED_EVENTS, "get", "shared_events"),
    ],
)
def test_challenge_for_a_missing_right_names_a_scope_that_suffices(client, service, method, scope):
    made = make_client_with_credentials()
    address = ADDRESSES[service]
    response = getattr(client, method)(address, **bearer(made.bearer))
    assert response.status_code == 403
    expected = f'Bearer realm="{service.realm}", error="insufficient_scope", scope="{scope}"'
    assert response["WWW-Authenticate"] == expected
    switch(service, made.client, on=True)
    form = {"grant_type": "client_credentials", "scope": scope}
    token = client.post("/oauth2/token", form_encoded(form), FORM, **basic(made.client_id, made.secret)).json()
    assert getattr(client, method)(address, **bearer(token["access_token"])).status_code == 200


def form_encoded(fields):
    return "&".join(f"{name}={value}" for name, value in fields.items())


def test_no_challenge_for_a_missing_right_with_basic(client):
    made = make_client_with_credentials()
    response = client.get(ADDRESSES[Service.XAPI], **basic(made.client_id, made.secret))
    assert response.status_code == 403
    assert "WWW-Authenticate" not in response


@pytest.mark.parametrize("service", SERVICES)
def test_a_credential_of_another_kind_is_refused(client, service):
    made = make_client_for(service)
    assert client.get(ADDRESSES[service], **bearer(made.secret)).status_code == 401
    for value in (made.bearer, access_token(made)):
        assert client.get(ADDRESSES[service], **basic(made.client_id, value)).status_code == 401


@pytest.mark.parametrize("header", [bearer, lambda value: basic("a" * 24, value)])
def test_stored_digests_open_nothing(client, monkeypatch, header):
    """Whoever has a copy of the database has no credential, and no password hasher is asked."""
    monkeypatch.setattr(hashers, "check_password", None)
    monkeypatch.setattr(hashers, "make_password", None)
    made = make_client_for(Service.XAPI)
    for credential in Credential.objects.filter(client=made.client):
        digest = bytes(credential.digest)
        body = secrets.encode(int.from_bytes(digest), 43)
        for form in (
            digest.hex(),
            base64.b64encode(digest).decode(),
            digest.decode("latin-1"),
            *(secrets.seal(prefix, body) for prefix in ("lmscs_", "lmsbt_", "lmsat_")),
        ):
            assert client.get(ADDRESSES[Service.XAPI], **header(form)).status_code == 401


def test_the_secret_of_one_client_with_the_id_of_another(client):
    one, two = make_client_for(Service.XAPI), make_client_for(Service.XAPI)
    assert client.get(ADDRESSES[Service.XAPI], **basic(one.client_id, two.secret)).status_code == 401
    assert client.get(ADDRESSES[Service.XAPI], **basic(one.client_id.upper(), one.secret)).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR  "])
def test_scheme_in_any_case(client, scheme):
    made = make_client_for(Service.SCIM)
    assert client.get(ADDRESSES[Service.SCIM], HTTP_AUTHORIZATION=f"{scheme} {made.bearer}").status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_header_counts(client, service, caplog):
    """RFC 6750 §2.1: no token in body or address, and a signed-in session is nobody here."""
    made = make_client_for(service)
    for request in (
        {"path": ADDRESSES[service] + "?access_token=" + made.bearer},
        {"path": ADDRESSES[service], "data": {"access_token": made.bearer}},
        {"path": ADDRESSES[service], "data": f"access_token={made.bearer}", "content_type": FORM},
    ):
        assert client.post(**request).status_code == 401
    assert made.bearer not in caplog.text


class Unreadable:
    def read(self, *args):
        raise AssertionError("the body was read before the caller was known")

    readline = read


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("header", [{}, bearer("x"), basic("a", "b")])
def test_the_body_is_not_read_for_strangers(service, header):
    request = RequestFactory().post("/", b"x" * 1_000, "application/json", **header)
    request._stream = Unreadable()
    with pytest.raises(Unauthenticated):
        authenticate(request, service)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", access_cases.KINDS)
@pytest.mark.parametrize("state", ["live", "secret_regenerated", "inactive", "revoked"])
def test_costs_at_most_one_select(service, kind, state, django_assert_max_num_queries):
    case = access_cases.Case(service, kind, state, switched_on=True, status=0)
    header = case.present()
    LmsSettings.current()
    with django_assert_max_num_queries(1), contextlib.suppress(Unauthenticated):
        authenticated(header, service)


@pytest.mark.parametrize("header", [{}, bearer("lmsbt_x"), bearer("lmsat_" + "0" * 135), basic("x", "y")])
def test_a_value_that_cannot_be_ours_costs_no_query(header, django_assert_num_queries):
    LmsSettings.current()
    with django_assert_num_queries(0), pytest.raises(Unauthenticated):
        authenticated(header)


def test_what_services_learn_of_the_caller():
    configuration = make_configuration()
    made = make_client_with_credentials(scim_configuration=configuration, lrs_own=True)
    access = authenticated(bearer(made.bearer), Service.SCIM)
    record = access.client
    assert (record.pk, record.client_id, record.name) == (made.client.pk, made.client_id, made.client.name)
    assert (record.scim_configuration_id, access.rights, access.kind) == (configuration.pk, Right.SCIM, "bearer")
    assert authenticated(bearer(made.bearer), Service.XAPI).rights == LRS_OWN
    assert authenticated(basic(made.client_id, made.secret)).kind == "secret"


@pytest.mark.parametrize(
    ("scope", "rights"),
    [("xapi:write", LRS_OWN), ("statements/write", Right.LRS_WRITE_OWN), ("all/read", Right.LRS_READ_ALL), ("", LRS)],
)
def test_a_token_has_the_rights_of_its_scope(client, scope, rights):
    made = make_client_for(Service.XAPI)
    form = form_encoded({"grant_type": "client_credentials", "scope": scope})
    token = client.post("/oauth2/token", form, FORM, **basic(made.client_id, made.secret)).json()["access_token"]
    assert authenticated(bearer(token)).rights == rights
    actions.update_client(made.client, values={"lrs_full_read": False}, by=BY)
    assert authenticated(bearer(token)).rights == rights & LRS_OWN


def test_a_right_switched_on_reaches_a_bearer_token_at_once_and_an_access_token_when_next_issued():
    made = make_client_with_credentials(lrs_own=True)
    token = access_token(made)
    actions.update_client(made.client, values={"lrs_full_read": True}, by=BY)
    assert authenticated(bearer(made.bearer)).rights == LRS
    assert authenticated(bearer(token)).rights == LRS_OWN
    assert authenticated(bearer(access_token(made))).rights == LRS


def test_scim_needs_an_active_configuration(client):
    made = make_client_for(Service.SCIM)
    configuration = made.client.scim_configuration
    type(configuration).objects.filter(pk=configuration.pk).update(active=False)
    assert client.get(ADDRESSES[Service.SCIM], **bearer(made.bearer)).status_code == 403


def test_shared_events_need_the_switch_of_the_whole_lms_too(client):
    made = make_client_for(Service.SHARED_EVENTS)
    enable_shared_events(enabled=False)
    assert client.get(ADDRESSES[Service.SHARED_EVENTS], **bearer(made.bearer)).status_code == 403
    enable_shared_events()
    assert client.get(ADDRESSES[Service.SHARED_EVENTS], **bearer(made.bearer)).status_code == 200


def test_an_access_token_ends_with_its_lifetime(client):
    made = make_client_for(Service.XAPI)
    assert client.get(ADDRESSES[Service.XAPI], **bearer(access_token(made, age_seconds=3590))).status_code == 200
    assert client.get(ADDRESSES[Service.XAPI], **bearer(access_token(made, age_seconds=3600))).status_code == 401


def test_plain_http_is_refused_where_addresses_are_https():
    LmsSettings.objects.update(public_address="https://lms.example.org")
    LmsSettings.forget()
    made = make_client_for(Service.XAPI)
    with pytest.raises(HttpsRequired) as refused:
        authenticated(bearer(made.bearer))
    assert refused.value.status == 403
    assert "Location" not in refused.value.headers
    assert authenticated(bearer(made.bearer), secure=True)


def test_one_alternative_must_be_held_whole():
    made = make_client_with_credentials(lrs_own=True)
    access = authenticated(bearer(made.bearer))
    access.require_any(Right.LRS_READ_ALL, Right.LRS_READ_OWN)
    access.require_any(LRS_OWN)
    with pytest.raises(InsufficientScope):
        access.require_any(LRS, Right.LRS_READ_ALL)


def test_only_the_narrowed_service_takes_a_narrowed_token(client):
    made = make_client_for(Service.SCIM, Service.XAPI)
    form = "grant_type=client_credentials&resource=http://testserver/scim/v2/"
    token = client.post("/oauth2/token", form, FORM, **basic(made.client_id, made.secret)).json()["access_token"]
    assert client.get(ADDRESSES[Service.SCIM], **bearer(token)).status_code == 200
    assert client.get(ADDRESSES[Service.XAPI], **bearer(token)).status_code == 403


def test_a_token_says_nothing_before_its_signature_holds():
    """Claims of another client and of later generations are found and refused, never believed."""
    made, other = make_client_for(Service.XAPI), make_client_for(Service.XAPI)
    value = access_token(made)
    message = bytearray(secrets.decode(secrets.body(value)).to_bytes(96))
    message[1:9] = other.client.pk.to_bytes(8)
    forged = secrets.seal("lmsat_", secrets.encode(int.from_bytes(message), tokens.BODY_LENGTH))
    assert tokens.read(forged).claims.client_pk == other.client.pk
    with pytest.raises(Unauthenticated):
        authenticated(bearer(forged))


def test_the_reason_is_for_the_log_only(client):
    made = make_client_for(Service.XAPI)
    answers = set()
    for state in ("secret_regenerated", "inactive", "expired"):
        header = access_cases.Case(Service.XAPI, "access_token", state, switched_on=True, status=401).present()
        response = client.get(ADDRESSES[Service.XAPI], **header)
        answers.add((response.content, response["WWW-Authenticate"]))
    response = client.get(ADDRESSES[Service.XAPI], **bearer(mistyped(made.bearer)))
    answers.add((response.content, response["WWW-Authenticate"]))
    assert len(answers) == 1


def test_a_credential_revoked_in_the_future_still_works(client):
    made = make_client_for(Service.XAPI)
    later = timezone.now() + timedelta(hours=1)
    Credential.objects.filter(client=made.client).update(revoked_at=later, expires_at=later)
    assert client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer)).status_code == 200
