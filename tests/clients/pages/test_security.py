"""The own second factors: adding, using, removing; and what of it the database, pages and the audit log hold."""

import json
import re
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from clients import second_factors
from clients.models import AdministratorSession, AuditEntry
from clients.second_factors import SEALER
from tests import builders

pytestmark = pytest.mark.django_db
LOGIN, SECOND, AGAIN = "/account/login/", "/account/second-step/", "/account/again/"
SECURITY, APP, CODES = "/account/security/", "/account/security/app/", "/account/security/recovery-codes/"
KEY = re.compile(r"data-select>([A-Z2-7 ]{30,})</textarea>")
SHOWN = re.compile(r"data-select data-secret>([0-9\n]+)</textarea>")


@pytest.fixture(autouse=True)
def any_second(settings):
    """A code made in the last moment of its half minute still fits in the next one."""
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def root(client):
    user = builders.make_superadmin("root")
    client.force_login(user)
    return user


def code_of(secret):
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret.replace(" ", ""), now))


def set_up(client):
    secret = KEY.search(client.get(APP).content.decode())[1]
    answer = client.post(APP, {"code": code_of(secret)})
    return SimpleNamespace(secret=secret, answer=answer, codes=SHOWN.search(answer.content.decode())[1].split())


def log_in(client):
    return client.post(LOGIN, {"username": "root", "password": builders.PASSWORD})


def told(action):
    return [entry.facts for entry in AuditEntry.objects.filter(action=action).order_by("pk")]


def test_setting_up_an_app_shows_recovery_codes_once(client, root):
    made = set_up(client)
    assert (made.answer.status_code, len(made.codes)) == (200, 10)
    assert "no-store" in made.answer["Cache-Control"]
    assert told("second_factor_added") == [{"kind": "authenticator app"}]
    page = client.get(SECURITY).content.decode()
    assert "10 of 10 are left." in page
    assert not any(code in page for code in made.codes)


def test_the_picture_holds_no_style_and_no_data_address(client, root):
    page = client.get(APP).content.decode()
    assert '<svg class="qr"' in page
    assert not re.search(r"style=|data:", page.partition("<main")[2])


def test_a_wrong_code_sets_up_nothing_and_keeps_the_key(client, root):
    secret = KEY.search(client.get(APP).content.decode())[1]
    answer = client.post(APP, {"code": "abc"})
    assert (answer.status_code, KEY.search(answer.content.decode())[1]) == (422, secret)
    assert not Authenticator.objects.exists()
    assert client.post(APP, {"code": code_of(secret)}).status_code == 200


def test_secrets_are_sealed_in_the_database_and_in_the_session(client, root):
    secret = KEY.search(client.get(APP).content.decode())[1].replace(" ", "")
    assert secret not in json.dumps([dict(row.get_decoded()) for row in AdministratorSession.objects.all()])
    client.post(APP, {"code": code_of(secret)})
    held = second_factors.factors(root).get(type="totp").data["secret"]
    assert SEALER.unseal(held.encode()) == secret
    assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_after_the_password_a_code_is_asked_for(client, root):
    made = set_up(client)
    client.logout()
    assert log_in(client).url == SECOND
    assert client.get("/system/").url.startswith(LOGIN)
    assert client.post(SECOND, {"code": "000"}).status_code == 422
    assert client.post(SECOND, {"code": code_of(made.secret)}).url == "/system/"
    assert client.get("/system/").status_code == 200
    assert told("logged_in")[-1] == {"by_means_of": ["password", "totp"]}
    assert told("login_failed") == [{"step": "second"}]


def test_a_code_works_once(client, root):
    made = set_up(client)
    code = code_of(made.secret)
    for status in (302, 422):
        client.logout()
        log_in(client)
        assert client.post(SECOND, {"code": code}).status_code == status


def test_a_recovery_code_works_once(client, root):
    made = set_up(client)
    for status in (302, 422):
        client.logout()
        log_in(client)
        assert client.post(SECOND, {"code": made.codes[3]}).status_code == status
    log_in(client)
    client.post(SECOND, {"code": made.codes[4]})
    assert "8 of 10 are left." in client.get(SECURITY).content.decode()


def test_codes_cannot_be_guessed(client, root):
    set_up(client)
    client.logout()
    log_in(client)
    answers = [client.post(SECOND, {"code": "abc"}).status_code for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_who_was_blocked_after_the_password_comes_no_further(client, root):
    made = set_up(client)
    client.logout()
    log_in(client)
    root.is_active = False
    root.save()
    assert client.post(SECOND, {"code": code_of(made.secret)}).url == LOGIN
    assert "together they match no account" in client.get(LOGIN).content.decode()
    assert client.get("/system/").url.startswith(LOGIN)


def test_after_a_change_of_the_key_no_code_fits(client, root, settings):
    made = set_up(client)
    client.logout()
    settings.SECRET_KEY = "another key " + "1" * 40
    log_in(client)
    assert client.post(SECOND, {"code": code_of(made.secret)}).status_code == 422


def test_new_recovery_codes_end_the_former_ones(client, root):
    made = set_up(client)
    assert "stop working" in client.get(CODES).content.decode()
    shown = SHOWN.search(client.post(CODES).content.decode())[1].split()
    assert not set(shown) & set(made.codes)
    assert told("recovery_codes_made") == [{}, {}]


def test_without_a_second_factor_there_are_no_recovery_codes(client, root):
    assert client.get(CODES).status_code == client.post(CODES).status_code == 404


def test_removing_the_app_removes_the_codes_too(client, root):
    set_up(client)
    assert "asks for no code" in client.get(f"{APP}remove/").content.decode()
    assert client.post(f"{APP}remove/").url == SECURITY
    assert not Authenticator.objects.exists()
    assert told("second_factor_removed") == [{"kind": "authenticator app"}]
    client.logout()
    assert log_in(client).url == "/system/"
    assert client.get(f"{APP}remove/").status_code == 404


def test_a_passkey_of_somebody_else_is_not_there(client, root):
    other = Authenticator.objects.create(
        user=builders.make_superadmin(), type="webauthn", data={"name": "Theirs", "credential": {}}
    )
    for address in (f"{SECURITY}passkeys/{other.pk}/", f"{SECURITY}passkeys/{other.pk}/remove/"):
        assert client.get(address).status_code == client.post(address, {"name": "x"}).status_code == 404


@pytest.mark.parametrize("credential", ["", "x", "[]", "{}", "null", '{"id": 1}', '{"response": {"userHandle": "MQ"}}'])
def test_what_is_no_passkey_is_refused(client, root, credential):
    client.get(f"{SECURITY}passkeys/add/")
    assert client.post(f"{SECURITY}passkeys/add/", {"name": "x", "credential": credential}).status_code == 422
    assert client.post(AGAIN, {"credential": credential}).status_code == 422
    client.logout()
    assert client.get("/account/passkey/").json()["userVerification"] == "required"
    assert client.post("/account/passkey/", {"credential": credential}).url == LOGIN
    assert "opens no account" in client.get(LOGIN).content.decode()
