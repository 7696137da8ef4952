"""The own sessions: told apart without their keys, and ended."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from clients.models import AdministratorSession, AuditEntry
from clients.pages import seen
from clients.pages.device import in_words
from tests import builders

pytestmark = pytest.mark.django_db
SECURITY, END = "/account/security/", "/account/security/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
EDGE = f"{CHROME} Edg/140.0.0.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def log_in(agent, address="192.0.2.1"):
    http = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    http.post("/account/login/", {"username": "root", "password": builders.PASSWORD})
    return http


@pytest.fixture
def two(db):
    builders.make_superadmin("root")
    return log_in(FIREFOX), log_in(SAFARI, "2001:db8::7")


def alive(http):
    return http.get("/system/").status_code == 200


def name_of(http):
    return AdministratorSession.objects.get(pk=http.session.session_key).name


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("curl/8.14.1", "curl"),
        ("", "Unknown device"),
        ("<b>", "Unknown device"),
    ],
)
def test_devices_in_words(agent, words):
    assert in_words(agent) == words


def test_the_page_tells_them_apart_without_a_key(two):
    first, second = two
    page = first.get(SECURITY).content.decode()
    for words in ("Firefox on Linux", "Safari on iPhone", "192.0.2.1", "2001:db8::7", "This session"):
        assert words in page
    assert str(name_of(second)) in page
    for row in AdministratorSession.objects.all():
        assert row.session_key not in page


def test_one_is_ended(two):
    first, second = two
    assert first.post(END, {"session": name_of(second)}).url == SECURITY
    assert (alive(first), alive(second)) == (True, False)
    assert AuditEntry.objects.get(action="sessions_ended").facts == {"count": 1}


def test_all_others_are_ended(two):
    first, second = two
    third = log_in(CHROME)
    first.post(END, {"session": "others"})
    assert [alive(http) for http in (first, second, third)] == [True, False, False]


def test_the_current_one_and_those_of_others_stay(two, client):
    first, _second = two
    client.force_login(builders.make_superadmin())
    for name in (name_of(first), name_of(client), uuid4()):
        assert client.post(END, {"session": name}).status_code == 302
    assert alive(first)
    assert alive(client)
    assert not AuditEntry.objects.filter(action="sessions_ended").exists()


@pytest.mark.parametrize("name", ["", "x", "1"])
def test_what_names_no_session_is_404(two, name):
    assert two[0].post(END, {"session": name}).status_code == 404
    assert alive(two[1])


def test_a_new_password_ends_the_others(two):
    first, _second = two
    new = "a wholly different phrase"
    form = {"old_password": builders.PASSWORD, "new_password1": new, "new_password2": new}
    assert first.post("/account/password/", form).status_code == 302
    assert [row.session_key for row in AdministratorSession.objects.all()] == [first.session.session_key]
    assert alive(first)


def test_last_seen_is_noted_every_five_minutes_and_keeps_the_name(two, monkeypatch, django_assert_num_queries):
    first, _second = two
    before = AdministratorSession.objects.get(pk=first.session.session_key)
    first.get("/system/")
    with django_assert_num_queries(2):  # session, administrator
        first.get("/system/")
    later = time.time() + 301
    monkeypatch.setattr(seen, "time", SimpleNamespace(time=lambda: later))
    first.get("/system/")
    after = AdministratorSession.objects.get(pk=before.pk)
    assert (after.name, after.last_seen.timestamp()) == (before.name, pytest.approx(later))


@pytest.fixture
def at(monkeypatch):
    """Pages are asked for so many seconds from now; sessions are read at that time, too."""

    def move(seconds):
        later = time.time() + seconds
        monkeypatch.setattr(seen, "time", SimpleNamespace(time=lambda: later))
        monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(later, UTC))

    return move


def test_a_login_that_is_not_used_ends(two, at):
    used, idle = two
    for minutes in (25, 50, 75):
        at(minutes * 60)
        assert alive(used)
    assert not alive(idle)
    assert "Safari" not in used.get(SECURITY).content.decode()
    at(75 * 60 + 3601)
    assert used.get("/system/").url.startswith("/account/login/")


def test_a_short_time_is_noted_more_often(two, at, settings):
    settings.SESSION_IDLE_SECONDS = 60
    for seconds in (7, 60, 115):
        at(seconds)
        assert alive(two[0])


def test_without_that_setting_only_the_time_of_the_login_counts(two, at, settings):
    settings.SESSION_IDLE_SECONDS = 0
    at(301)
    assert alive(two[0])
    at(11 * 3600)
    assert alive(two[0])
    at(12 * 3600 + 1)
    assert not alive(two[0])


def test_a_login_ends_at_its_time_however_much_it_is_used(two, monkeypatch, settings):
    http = two[0]
    begun = http.session.get_expiry_date()
    monkeypatch.setattr(seen, "_EVERY_SECONDS", -1)  # each request notes, and so saves, the session
    assert alive(http)
    assert http.session.get_expiry_date() == begun
    settings.SESSION_IDLE_SECONDS = 24 * 3600
    assert alive(http)
    row = AdministratorSession.objects.get(pk=http.session.session_key)
    assert row.expire_date == begun
