"""Logging in at a real provider on the loopback interface, which is sometimes a hostile one."""

import re
import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.management import CommandError, call_command
from django.test import Client
from joserfc.jwk import ECKey, OctKey

from clients import second_factors
from clients.administration import Action, ObjectType
from clients.models import AuditEntry, Credential, LmsSettings, OidcIdentity
from clients.oidc_checks import check_provider, check_second_factor
from clients.roles import Assigned, Permission
from tests import builders
from tests.clients import oidc_provider

pytestmark = pytest.mark.django_db
START, LOGIN, AGAIN = "/account/oidc/", "/account/login/", "/account/again/"
ROLES = "/system/roles/"


@pytest.fixture(scope="module")
def served():
    with oidc_provider.serve() as provider:
        yield provider


@pytest.fixture
def provider(served, settings):
    port = urlsplit(served.issuer).port
    served.__init__(port)
    settings.OIDC_ISSUER = served.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = oidc_provider.CLIENT_ID, oidc_provider.CLIENT_SECRET
    return served


@pytest.fixture
def anna(db):
    return make("anna", "Anna@Example.org")


def make(username, email, **values):
    person = builders.make_superadmin(username)
    person.email = email
    for name, value in values.items():
        setattr(person, name, value)
    person.save()
    return person


def go(client, url=f"{START}?next={ROLES}"):
    """From the button over the provider to our answer to what it says."""
    return client.get(come_back(client, url))


def come_back(client, url=START):
    """The address to which the provider sends the browser."""
    back = requests.get(client.get(url).url, allow_redirects=False, timeout=30).headers["Location"]
    assert back.startswith("http://testserver/account/oidc/callback/?")
    return back.removeprefix("http://testserver")


def user_of(client):
    return client.session.get("_auth_user_id")


def told(action="login_failed"):
    return AuditEntry.objects.filter(action=action).latest("pk")


def refused(client, answer, reason, words):
    """Nobody is in, the audit log says why, and the login page says what to do."""
    assert (answer.status_code, urlsplit(answer.url).path) == (302, LOGIN)
    assert user_of(client) is None
    assert told().facts == {"by_means_of": ["oidc"], "reason": reason}
    page = client.get(answer.url).content.decode()
    assert words in page
    assert "anna" not in page.lower().replace("example.org", "")
    return True


NO_ACCOUNT = "opens no account here"
UNFIT = "did not answer as it should"


def test_the_first_login_goes_by_address_and_the_later_ones_by_subject(client, provider, anna):
    assert go(client).url == ROLES
    assert user_of(client) == str(anna.pk)
    identity = anna.identities.get()
    assert (identity.issuer, identity.subject) == (provider.issuer, "anna-at-home")
    assert told("identity_linked").object_id == told("logged_in").object_id == str(anna.pk)
    assert told("logged_in").facts == {"by_means_of": ["oidc"]}
    provider.person |= {"email": "anna.married@example.org", "email_verified": False}
    another = Client()
    assert go(another).url == ROLES
    assert user_of(another) == str(anna.pk)
    assert OidcIdentity.objects.count() == 1


def test_what_is_asked_of_the_provider(client, provider, anna):
    go(client)
    asked = provider.asked
    assert (asked["response_type"], asked["scope"], asked["client_id"]) == ("code", "openid email", "gateway")
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == (
        "S256",
        "http://testserver/account/oidc/callback/",
    )
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert not {"prompt", "max_age"} & set(asked)


def test_the_address_comes_from_userinfo_where_the_token_lacks_it(client, provider, anna):
    provider.userinfo = dict(provider.person)
    provider.claims = {"email": None, "email_verified": None}
    assert go(client).url == ROLES
    anna.identities.all().delete()
    provider.userinfo["sub"] = "somebody else"
    another = Client()
    assert refused(another, go(another), "unfit answer", UNFIT)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["another"]},
        {"aud": "another"},
        {"aud": ["gateway", "another"]},
        {"aud": ["gateway", "another"], "azp": "gateway"},
        {"aud": "another", "azp": "gateway"},
        {"azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "never"},
        {"iat": 9_000_000_000},
        {"nbf": 9_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"amr": "mfa"},
        {"at_hash": "wrong"},
        {"auth_time": "today"},
    ],
    ids=lambda claims: str(claims)[:50],
)
def test_a_token_that_is_not_for_this_login_opens_nothing(client, provider, anna, claims, caplog):
    provider.claims = claims
    assert refused(client, go(client), "unfit answer", UNFIT)
    assert re.search("(Claim|Token)Error|ValueError", caplog.text)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "none"}, None),
        ({"alg": "HS256", "kid": "one"}, OctKey.import_key(oidc_provider.CLIENT_SECRET + "0" * 32)),
        ({"alg": "ES256", "kid": "one"}, ECKey.generate_key("P-256")),
        ({"alg": "ES256", "kid": "unknown"}, None),
    ],
    ids=["none", "symmetric", "another key", "unknown key"],
)
def test_a_signature_that_is_not_the_providers_opens_nothing(client, provider, anna, header, key, caplog):
    provider.header, provider.key = header, key or provider.key
    assert refused(client, go(client), "unfit answer", UNFIT)
    assert re.search("(Algorithm|Signature|KeyId)Error", caplog.text)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elsewhere.example"},
        {"jwks_uri": "http://elsewhere.example/keys"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_metadata_that_is_not_fit_opens_nothing(client, provider, anna, metadata):
    address = come_back(client)
    provider.metadata = metadata
    assert refused(client, client.get(address), "unfit answer", UNFIT)


def test_a_provider_out_of_reach_is_told(client, provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    assert refused(client, client.get(f"{START}?next={ROLES}"), "unfit answer", UNFIT)


def test_the_health_page_asks_the_provider(client, provider, anna, settings):
    client.force_login(anna)
    for issuer, told_of in ((provider.issuer, 0), ("http://127.0.0.1:1", 1), ("", 0)):
        settings.OIDC_ISSUER = issuer
        page = client.get("/system/health/").content.decode()
        assert page.count("Organisation’s login") == 1
        assert page.count("nobody can log in there") == told_of


def test_an_answer_of_another_provider_is_none(client, provider, anna):
    provider.answer = {"iss": "https://elsewhere.example"}
    assert refused(client, go(client), "unfit answer", UNFIT)
    provider.answer, provider.metadata = {}, {"authorization_response_iss_parameter_supported": True}
    assert refused(client, go(client), "unfit answer", UNFIT)
    provider.answer = {"iss": provider.issuer}
    assert go(client).url == ROLES


def test_a_state_serves_once_and_in_its_own_session(client, provider, anna):
    address = come_back(client)
    stranger = Client()
    assert refused(stranger, stranger.get(address), "not started here", "Start again")
    assert client.get(address.replace("state=", "state=x")).url.startswith(LOGIN)
    assert client.get(address).url == "/system/"
    client.post("/account/logout/")
    assert refused(client, client.get(address), "not started here", "Start again")


def test_a_login_is_not_finished_the_next_day(client, provider, anna, monkeypatch):
    address, now = come_back(client), time.time()
    monkeypatch.setattr("clients.oidc.time", SimpleNamespace(time=lambda: now + 901))
    assert refused(client, client.get(address), "not started here", "Start again")


def test_a_code_of_another_login_opens_nothing(client, provider, anna):
    """Its verifier and nonce are another's."""
    stolen = parse_qs(urlsplit(come_back(Client())).query)["code"][0]
    provider.answer = {"code": stolen}
    assert refused(client, go(client), "unfit answer", UNFIT)


def test_cancelling_is_no_fault(client, provider):
    provider.answer = {"error": "access_denied"}
    answer = go(client)
    assert refused(client, answer, "cancelled", "cancelled")
    assert parse_qs(urlsplit(answer.url).query) == {"next": [ROLES]}


@pytest.mark.parametrize("verified", [False, None, "true", 1], ids=str)
def test_an_address_that_is_not_verified_opens_nothing(client, provider, anna, verified):
    provider.person["email_verified"] = verified
    assert refused(client, go(client), "unverified address", "has not verified your e-mail address")


@pytest.mark.parametrize("email", ["bo@example.org", "", "ann\u0430@example.org", "ANNA@example.org.example"], ids=repr)
def test_nobody_is_created(client, provider, anna, email):
    make("no-address", "")
    provider.person["email"] = email
    assert refused(client, go(client), "unknown address", NO_ACCOUNT)
    assert not OidcIdentity.objects.exists()


def test_look_alikes_of_letters_are_others(client, provider):
    make("mike", "mike@example.org")
    provider.person["email"] = "m\u0131\u212ae@example.org"
    assert refused(client, go(client), "unknown address", NO_ACCOUNT)


def test_two_with_one_address_are_none(client, provider, anna):
    make("bo", "ANNA@example.org")
    assert refused(client, go(client), "several with this address", NO_ACCOUNT)
    assert told().object_id == ""


def test_nobody_blocked_comes_in_before_or_after_the_first_login(client, provider, anna):
    make("root", "")
    anna.is_active = False
    anna.save()
    assert refused(client, go(client), "blocked", NO_ACCOUNT)
    anna.identities.create(issuer=provider.issuer, subject="anna-at-home")
    assert refused(client, go(client), "blocked", NO_ACCOUNT)
    assert told().object_id == str(anna.pk)


def test_an_address_that_changed_hands_opens_nothing_until_the_identity_is_forgotten(client, provider, anna, capsys):
    go(Client())
    provider.person["sub"] = "the next anna"
    assert refused(client, go(client), "another identity", NO_ACCOUNT)
    call_command("unlink_oidc", "ANNA")
    call_command("unlink_oidc", "anna")
    assert capsys.readouterr().out == "Identity of anna forgotten.\nanna had none.\n"
    assert told("identity_unlinked").object_id == str(anna.pk)
    assert go(client).url == ROLES
    with pytest.raises(CommandError, match=r"There is no administrator nobody\."):
        call_command("unlink_oidc", "nobody")


@pytest.mark.parametrize(
    ("trusted", "claims", "asked"),
    [
        (["mfa"], {}, True),
        (["mfa"], {"amr": ["pwd"]}, True),
        (["mfa"], {"amr": ["pwd", "mfa"]}, False),
        (["urn:strong"], {"amr": ["mfa"]}, True),
        (["urn:strong"], {"acr": "urn:strong"}, False),
        ([], {"amr": ["mfa"], "acr": ""}, True),
        (["any"], {}, False),
    ],
)
def test_the_second_factor_here_is_spared_only_by_one_there(client, provider, anna, settings, trusted, claims, asked):
    settings.OIDC_SECOND_FACTOR = trusted
    codes = second_factors.add_app(anna, "JBSWY3DPEHPK3PXP", by=builders.BY)
    provider.claims = claims
    answer = go(client)
    assert (answer.url, user_of(client)) == (("/account/second-step/", None) if asked else (ROLES, str(anna.pk)))
    if asked:
        assert client.post(answer.url, {"code": codes[0]}).url == ROLES
        assert told("logged_in").facts == {"by_means_of": ["oidc", "recovery_codes"]}


def test_only_here_is_gone_on_to(client, provider, anna):
    assert go(client, f"{START}?next=https://elsewhere.example/").url == "/system/"


def test_attempts_count_as_of_passwords(client, provider, monkeypatch):
    now = time.time()
    monkeypatch.setattr("clients.throttle.time", SimpleNamespace(time=lambda: now))
    statuses = [client.get(START).status_code for _ in range(50)]
    statuses += [Client().get(f"{START}callback/?state=x").status_code for _ in range(51)]
    assert statuses == [302] * 100 + [429]
    assert client.post(LOGIN, {"username": "anna", "password": "x"}).status_code == 429


def test_without_a_provider_there_is_no_such_address(client):
    assert client.get(START).status_code == client.get(f"{START}callback/").status_code == 404
    assert START not in client.get(LOGIN).content.decode()


def test_neither_secret_nor_code_is_written(client, provider, anna, caplog):
    caplog.set_level("DEBUG")
    address = come_back(client)
    provider.claims = {"aud": "another"}
    client.get(address)
    provider.claims = {}
    go(client)
    assert "clients.oidc" in {record.name for record in caplog.records}
    for secret in (oidc_provider.CLIENT_SECRET, parse_qs(urlsplit(address).query)["code"][0], "eyJ"):
        assert secret not in caplog.text
    facts = str(list(AuditEntry.objects.values_list("facts", flat=True)))
    assert "anna@" not in facts


class TestConfirming:
    """Who signs in at the provider only says there once more who he is."""

    @pytest.fixture
    def address(self):
        return f"/system/oauth-clients/{builders.make_client().pk}/credentials/regenerate-secret/"

    @pytest.fixture
    def inside(self, client, provider, anna):
        go(client)
        return client

    def test_a_login_that_the_provider_does_not_date_is_not_fresh(self, inside, address):
        assert inside.get(address).url.startswith(AGAIN)

    @pytest.mark.parametrize(("ago", "status"), [(10, 200), (5_000, 302)])
    def test_a_login_is_as_old_as_at_the_provider(self, client, provider, anna, address, ago, status):
        provider.claims = {"auth_time": time.time() - ago}
        go(client)
        assert client.get(address).status_code == status

    def test_the_provider_asks_again_and_the_secret_is_made(self, inside, provider, address):
        page = inside.get(inside.get(address).url).content.decode()
        start = page.partition(f'href="{START}')[2].partition('"')[0]
        assert go(inside, START + start).url == address
        assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
        assert inside.post(address, {"number": "0"}).status_code == 200
        assert Credential.objects.exists()

    @pytest.mark.parametrize("auth_time", [None, 0, 1, "now"], ids=str)
    def test_a_provider_that_did_not_ask_again_confirms_nothing(self, inside, provider, address, auth_time):
        provider.claims = {"auth_time": auth_time if auth_time != 1 else time.time() - 300}
        answer = go(inside, f"{START}?next={address}")
        assert urlsplit(answer.url).path == AGAIN
        assert told("reauthentication_failed").facts["reason"] in {"not asked anew", "unfit answer"}
        assert "alert" in inside.get(answer.url).content.decode()
        assert inside.get(address).url.startswith(AGAIN)

    def test_somebody_else_at_the_provider_confirms_nothing(self, inside, provider, address):
        make("bo", "bo@example.org")
        provider.person = {"sub": "bo", "email": "bo@example.org", "email_verified": True}
        assert urlsplit(go(inside, f"{START}?next={address}").url).path == AGAIN
        assert told("reauthentication_failed").facts["reason"] == "another identity"
        assert inside.get(address).url.startswith(AGAIN)

    def test_what_was_begun_before_logging_in_confirms_nothing(self, client, provider, anna, address):
        before = come_back(client)
        client.force_login(anna)
        assert client.get(before).url.startswith(AGAIN)


class TestOnly:
    @pytest.fixture(autouse=True)
    def only(self, provider, settings, anna):
        settings.OIDC_ONLY = True

    def test_neither_password_nor_passkey_opens(self, client):
        page = client.get(LOGIN).content.decode()
        assert START in page
        assert "password" not in page.partition("<main")[2]
        assert client.post(LOGIN, {"username": "anna", "password": builders.PASSWORD}).status_code == 403
        assert client.get("/account/passkey/").status_code == client.post("/account/passkey/").status_code == 403

    def test_no_password_confirms(self, client):
        go(client)
        page = client.get(AGAIN).content.decode()
        assert START in page
        assert 'type="password"' not in page
        assert client.post(AGAIN, {"password": builders.PASSWORD}).status_code == 403

    def test_who_was_added_with_a_one_time_password_never_meets_it(self, client, anna):
        anna.must_change_password = True
        anna.save()
        go(client)
        assert client.get(ROLES).status_code == 200
        assert "/account/password/" not in client.get("/account/security/").content.decode().partition("<main")[2]


def test_the_session_is_one_like_the_others(client, provider, anna):
    go(client)
    assert "This session" in client.get("/account/security/").content.decode()
    client.post("/account/logout/")
    assert client.get(ROLES).url.startswith(LOGIN)
    assert not anna.sessions.exists()


def test_the_button_bears_the_name_of_the_login(client, provider, settings):
    assert "Log in with your organisation’s account" in client.get(LOGIN).content.decode()
    settings.OIDC_NAME = "Example <ID>"
    page = client.get(f"{LOGIN}?next={ROLES}%3Fq%3D1%262").content.decode()
    assert "Log in with Example &lt;ID&gt;" in page
    assert f'href="{START}?next=%2Fsystem%2Froles%2F%3Fq%3D1%262"' in page


def test_only_a_superadmin_sets_the_address_that_opens_an_account(client, provider, anna, settings):
    permissions = [Permission(ObjectType.ADMINISTRATOR, action) for action in (Action.VIEW, Action.EDIT)]
    role = builders.make_role("People", *permissions)
    bo = builders.make_holder(Assigned(role), username="bo")
    person = builders.make_holder(username="carl")
    client.force_login(bo)
    form = {"first_name": "Carl", "email": "bo@elsewhere.example"}
    client.post(person.get_absolute_url(), form)
    person.refresh_from_db()
    assert (person.first_name, person.email) == ("Carl", "")
    client.force_login(anna)
    client.post(person.get_absolute_url(), form)
    person.refresh_from_db()
    assert person.email == "bo@elsewhere.example"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, []),
        ({"OIDC_ISSUER": "https://login.example.org"}, ["clients.E001"]),
        ({"OIDC_CLIENT_ID": "gateway"}, ["clients.E001"]),
        ({"OIDC_ONLY": True}, ["clients.E003"]),
        *[
            ({"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "gateway", "OIDC_CLIENT_SECRET": "x"}, found)
            for issuer, found in [
                ("https://login.example.org", []),
                ("https://login.example.org/tenant/", []),
                ("http://localhost:9000", []),
                ("http://login.example.org", ["clients.E002"]),
                ("login.example.org", ["clients.E002"]),
                ("https://login.example.org/.well-known/openid-configuration", ["clients.E002"]),
                ("https://login.example.org?tenant=1", ["clients.E002"]),
            ]
        ],
    ],
    ids=str,
)
def test_what_is_set_wrongly_is_told(settings, values, found):
    for name, value in values.items():
        setattr(settings, name, value)
    assert [each.id for each in check_provider()] == found


def test_trusting_any_provider_login_is_warned_of(settings):
    settings.OIDC_ISSUER = "https://login.example.org"
    assert check_second_factor() == []
    settings.OIDC_SECOND_FACTOR = ["any"]
    assert [each.id for each in check_second_factor()] == ["clients.W001"]


def test_the_address_of_settings_is_come_back_to(client, provider):
    LmsSettings.objects.update(public_address="https://lms.example.org")
    LmsSettings.forget()
    asked = parse_qs(urlsplit(client.get(START).url).query)
    assert asked["redirect_uri"] == ["https://lms.example.org/account/oidc/callback/"]
