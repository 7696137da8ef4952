"""System > Settings."""

import pytest

from clients.models import AuditEntry, LmsSettings
from tests import builders

URL = "/system/settings/"
FORM = {
    "public_address": "",
    "time_zone": "",
    "language": "en",
    "access_token_lifetime_seconds": "3600",
    "keep_past_days": "365",
}


def test_saved_settings_are_audited(root):
    form = FORM | {
        "shared_events_enabled": "on",
        "public_address": "https://lms.example.org/",
        "time_zone": "Europe/Helsinki",
    }
    assert root.post(URL, form).status_code == 302
    stored = LmsSettings.objects.get()
    assert (stored.shared_events_enabled, stored.public_address) == (True, "https://lms.example.org")
    facts = AuditEntry.objects.get(action="settings_changed").facts
    assert facts["shared_events_enabled"] == [False, True]
    assert set(facts) == {"shared_events_enabled", "public_address", "time_zone"}


def test_turning_shared_events_off_says_how_many_clients_lose_effect(root):
    builders.enable_shared_events()
    for _ in range(3):
        builders.make_client(shared_events=True)
    words = "Turning this off stops the shared events access of 3 clients at once."
    assert words in root.get(URL).content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"public_address": "not an address"}, "Enter an address like https://lms.example.org."),
        ({"public_address": "https://lms.example.org/path"}, "Enter an address like https://lms.example.org."),
        ({"public_address": "ftp://lms.example.org"}, "Enter an address like https://lms.example.org."),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone from the list."),
        ({"access_token_lifetime_seconds": "10"}, "Enter a lifetime of 300 seconds or more."),
        ({"access_token_lifetime_seconds": ""}, "Enter how long an access token lasts."),
    ],
)
def test_refused_settings(root, change, message):
    answer = root.post(URL, FORM | change)
    assert answer.status_code == 422
    assert answer.content.decode().count(message) == 2
    assert not AuditEntry.objects.filter(action="settings_changed").exists()


def test_times_are_in_the_time_zone_of_the_lms(root, world):
    LmsSettings.objects.update(time_zone="Pacific/Auckland")
    LmsSettings.forget()
    assert "(Pacific/Auckland)" in root.get(f"/system/oauth-clients/{world.near.pk}/").content.decode()


def test_a_zone_the_server_does_not_know_breaks_no_page(root, world):
    LmsSettings.objects.update(time_zone="Mars/Olympus")
    LmsSettings.forget()
    assert "(UTC)" in root.get(f"/system/oauth-clients/{world.near.pk}/").content.decode()
