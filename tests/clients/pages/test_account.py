"""Signing in and out, password, preferences."""

import pytest

from clients.models import AuditEntry
from tests import builders

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
NO_MATCH = "together they match no account"


def log_in(client, username, password=builders.PASSWORD):
    return client.post(LOGIN, {"username": username, "password": password})


def test_login_leads_to_the_system_menu(client):
    builders.make_superadmin("root")
    assert log_in(client, "root").url == "/system/"
    assert client.get("/").url == "/system/"


def test_blocked_administrator_reads_the_same_as_with_a_wrong_password(client):
    blocked = builders.make_administrator(username="blocked")
    blocked.is_active = False
    blocked.save()
    builders.make_administrator(username="open")
    answers = [log_in(client, "blocked"), log_in(client, "open", "wrong"), log_in(client, "nobody")]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert all(NO_MATCH in answer.content.decode() for answer in answers)


def test_guessing_is_slowed_down_by_name_and_address(client):
    builders.make_superadmin("root")
    for _ in range(10):
        assert NO_MATCH in log_in(client, "root", "wrong").content.decode()
    assert "Too many attempts." in log_in(client, "ROOT").content.decode()
    elsewhere = {"username": "root", "password": builders.PASSWORD}
    assert client.post(LOGIN, elsewhere, REMOTE_ADDR="203.0.113.9").url == "/system/"


def test_every_page_asks_who_you_are(client):
    answer = client.get("/system/oauth-clients/?q=x")
    assert answer.url == "/account/login/?next=/system/oauth-clients/%3Fq%3Dx"


def test_logout_needs_a_post(client):
    client.force_login(builders.make_superadmin())
    assert client.get("/account/logout/").status_code == 405
    assert client.post("/account/logout/").url == "/account/login/"


def test_password_change_is_audited_without_the_password(client):
    client.force_login(builders.make_superadmin())
    new = "a wholly different phrase"
    form = {"old_password": builders.PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", form | {"old_password": "wrong"}).status_code == 422
    assert client.post("/account/password/", form).url == "/system/"
    entry = AuditEntry.objects.get(action="password_changed")
    assert entry.facts == {}


def test_preferences_set_theme_language_and_time_zone(client):
    user = builders.make_superadmin()
    client.force_login(user)
    sent = {"theme": "dark", "language": "fi", "time_zone": "America/New_York", "density": "compact"}
    answer = client.post("/account/preferences/", sent, follow=True)
    page = answer.content.decode()
    assert '<html lang="fi" data-theme="dark" data-density="compact">' in page
    assert "Muutokset tallennettu." in page
    user.refresh_from_db()
    assert (user.language, user.theme, user.time_zone) == ("fi", "dark", "America/New_York")
    assert (user.density, user.shortcuts) == ("compact", False)  # a switch that is off sends nothing
    assert 'id="keys"' not in page
    assert 'id="keys"' in client.post("/account/preferences/", {"shortcuts": "on"}, follow=True).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"theme": "pink"}, {"language": "xx"}, {"time_zone": "Mars/Olympus"}, {"density": "x"}]
)
def test_preferences_take_only_what_they_offer(client, wrong):
    client.force_login(builders.make_superadmin())
    assert client.post("/account/preferences/", wrong).status_code == 422
