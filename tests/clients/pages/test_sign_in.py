"""Which addresses there are for signing in, what is limited, and what the audit log tells."""

import time
from types import SimpleNamespace

import pytest
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from clients import throttle
from clients.models import AuditEntry
from tests import builders

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
ADDRESSES = {
    "filters/add/",
    "filters/<int:pk>/remove/",
    "login/",
    "second-step/",
    "passkey/",
    "oidc/",
    "oidc/callback/",
    "again/",
    "logout/",
    "password/",
    "preferences/",
    "security/",
    "security/app/",
    "security/sessions/",
    "security/app/remove/",
    "security/recovery-codes/",
    "security/passkeys/add/",
    "security/passkeys/<int:pk>/",
    "security/passkeys/<int:pk>/remove/",
}
OFF = [
    "account_signup",
    "account_email",
    "account_set_password",
    "account_reset_password",
    "account_confirm_email",
    "account_inactive",
    "account_change_password",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "socialaccount_connections",
    "socialaccount_signup",
]


@pytest.fixture
def at_once(monkeypatch):
    """Nothing is forgotten meanwhile, however slow the machine."""
    now = time.time()
    monkeypatch.setattr("clients.throttle.time", SimpleNamespace(time=lambda: now))


def log_in(client, username, password=builders.PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def told(action):
    return AuditEntry.objects.filter(action=action)


def _addresses(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path, pattern
        else:
            yield from _addresses(pattern.url_patterns, path)


def test_no_other_address_of_the_library_is_served():
    served = dict(_addresses(get_resolver().url_patterns))
    assert {path.removeprefix("account/") for path in served if path.startswith("account/")} == ADDRESSES
    library = [path for path, pattern in served.items() if pattern.callback.__module__.startswith("allauth.")]
    assert library == []


@pytest.mark.parametrize("name", OFF)
def test_what_is_off_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "social/connections/", "2fa/", ""])
def test_what_is_off_answers_404(client, path):
    client.force_login(builders.make_superadmin())
    assert client.get(f"/account/{path}").status_code == 404


def test_logging_in_is_told(client):
    root = builders.make_superadmin("root")
    log_in(client, "root")
    entry = told("logged_in").get()
    assert (entry.actor, entry.object_id, entry.facts) == (root, str(root.pk), {"by_means_of": ["password"]})


def test_a_failure_is_told_of_whom_it_concerns_and_a_name_that_is_nobodys_is_not_kept(client):
    root = builders.make_superadmin("root")
    log_in(client, "Root", "wrong")
    log_in(client, "my password by mistake", "wrong")
    nobodys, known = told("login_failed")
    assert (known.object_id, known.object_name, known.actor_name) == (str(root.pk), "root", "anonymous")
    assert (nobodys.object_id, nobodys.object_name, nobodys.facts) == ("", "", {})


def test_too_many_attempts_answer_429_and_are_told_once(client, at_once):
    builders.make_superadmin("root")
    answers = [log_in(client, "root", "wrong") for _ in range(13)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 3
    assert "Wait a few minutes" in answers[-1].content.decode()
    assert log_in(client, "root").status_code == 429
    for number in range(100):  # other names spend what the address has, and add no entry for each
        log_in(client, f"name {number}", "wrong")
    assert (told("login_failed").count(), told("login_limited").count()) == (10 + 100 - 14, 1)


def test_one_name_is_not_guessed_from_everywhere(client, at_once):
    builders.make_superadmin("root")
    for number in range(100):
        throttle.spend_login("Root", f"198.51.100.{number}")
    assert log_in(client, "root", REMOTE_ADDR="203.0.113.9").status_code == 429


def test_login_leads_to_where_one_wanted_to_go_and_nowhere_else(client):
    builders.make_superadmin("root")
    form = {"username": "root", "password": builders.PASSWORD}
    assert client.post(LOGIN, form | {"next": "/system/roles/"}).url == "/system/roles/"
    client.post("/account/logout/")
    assert client.post(LOGIN, form | {"next": "https://elsewhere.example/"}).url == "/system/"
