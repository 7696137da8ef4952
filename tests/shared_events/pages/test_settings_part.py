"""How long past events stay shared, on the Settings page."""

import pytest

from clients.models import AuditEntry
from shared_events.models import Instance
from tests.builders import make_superadmin
from tests.clients.pages.test_lms_settings import FORM, URL

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client):
    client.force_login(make_superadmin())
    return client


def test_the_days_are_shown_saved_and_audited(root):
    assert root.get(URL).context["form"]["keep_past_days"].value() == 365
    assert root.post(URL, FORM | {"keep_past_days": "30"}).status_code == 302
    assert Instance.current().keep_past_days == 30
    assert AuditEntry.objects.get(action="shared_events_settings_changed").facts == {"keep_past_days": [365, 30]}
    assert not AuditEntry.objects.filter(action="settings_changed").exists()


def test_other_settings_leave_them_alone(root):
    root.post(URL, FORM | {"shared_events_enabled": "on"})
    assert AuditEntry.objects.filter(action="settings_changed").exists()
    assert not AuditEntry.objects.filter(action="shared_events_settings_changed").exists()


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ("", "Enter for how many days past events stay shared."),
        ("x", "Enter the days as a whole number."),
        ("-1", "Enter 0 days or more."),
        ("3651", "Enter at most 3650 days."),
    ],
)
def test_refused_days_change_no_setting(root, days, message):
    answer = root.post(URL, FORM | {"shared_events_enabled": "on", "keep_past_days": days})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert Instance.current().keep_past_days == 365
    assert not AuditEntry.objects.filter(action="settings_changed").exists()
