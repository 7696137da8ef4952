from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clients.models import AuditEntry, LmsSettings

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("setting", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("shared_events_enabled", "on", True),
        ("blocked_user_retention_months", "24", 24),
        ("public_address", "https://lms.example.org", "https://lms.example.org"),
        ("access_token_lifetime_seconds", "600", 600),
    ],
)
def test_a_setting_is_changed_shown_and_audited(name, value, stored):
    before = getattr(LmsSettings.current(), name)
    assert run(name, value) == value
    assert getattr(LmsSettings.objects.get(), name) == stored
    assert run(name) == value
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name, entry.facts) == (
        "settings_changed",
        "command setting",
        {name: [before, stored]},
    )


def test_the_same_value_again_writes_nothing():
    run("shared_events_enabled", "off")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["colour"], "There are: shared_events_enabled, "),
        (["id", "2"], "No setting 'id'"),
        (["shared_events_enabled", "maybe"], "write on or off"),
        (["access_token_lifetime_seconds", "5"], "greater than or equal to 300"),
        (["access_token_lifetime_seconds", "long"], "must be an integer"),
        (["public_address", "nowhere"], "valid URL"),
    ],
)
def test_what_cannot_be_set_is_said(arguments, message):
    with pytest.raises(CommandError, match=message):
        run(*arguments)
    assert not AuditEntry.objects.exists()
