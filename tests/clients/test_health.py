"""What the Health page finds, and for whom it is."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from clients import health as clients_health
from clients import jobs, second_factors
from clients.models import JobState, RevokedToken
from lms_oauth import health
from lrs import health as lrs_health
from tests.builders import BY, make_administrator, make_label, make_superadmin

pytestmark = pytest.mark.django_db
PAGE = "/system/health/"


def advice(name):
    return {finding.name: str(finding.advice) for finding in health.examine(essential=False)}[name]


def test_a_second_superadmin_is_wanted():
    make_superadmin("aino")
    second = make_superadmin("bo")
    assert not advice("superadmins")
    second.is_active = False
    second.save()
    assert "Add a second one" in advice("superadmins")


def test_superadmins_have_a_second_factor(settings):
    bare, held = make_superadmin("aino"), make_superadmin("bo")
    second_factors.add_app(held, "JBSWY3DPEHPK3PXP", by=BY)
    make_administrator(username="anna")
    assert "the account of: aino. Let" in advice("second_factors")
    settings.OIDC_ONLY = True
    assert not advice("second_factors")
    settings.OIDC_ONLY = False
    second_factors.add_app(bare, "JBSWY3DPEHPK3PXP", by=BY)
    assert not advice("second_factors")


@pytest.mark.parametrize(
    ("address", "well"),
    [("https://lms.example.org", True), ("http://127.0.0.1:8000", True), ("http://lms.example.org", False)],
)
def test_the_public_address_is_https(settings, address, well):
    settings.PUBLIC_URL = address
    assert bool(advice("public_address")) is not well


def test_clocks_that_differ(monkeypatch):
    assert not advice("clock")
    monkeypatch.setattr(clients_health.connection, "vendor", "postgresql")
    monkeypatch.setattr(clients_health, "_database_time", lambda: time.time() + 3)
    assert "NTP" in advice("clock")


def test_expired_tokens_nobody_deletes():
    def revoke(expires):
        RevokedToken.objects.create(digest=str(expires).encode(), expires=int(expires.timestamp()))

    now = timezone.now()
    revoke(now - timedelta(days=1))
    assert not advice("clean_up")
    revoke(now - timedelta(days=3))
    assert "clean_tokens" in advice("clean_up")


def test_background_work_that_stands_still_or_fails():
    assert "manage.py worker" in advice("background_work")
    job = JobState.objects.create(name="clean_tokens", due_at=timezone.now() - timedelta(minutes=29))
    assert not advice("background_work")
    JobState.objects.update(due_at=timezone.now() - timedelta(minutes=31))
    assert "manage.py worker" in advice("background_work")
    JobState.objects.update(leased_until=timezone.now() + timedelta(minutes=5))
    assert not advice("background_work")
    job.failures, job.due_at = 3, timezone.now()
    job.save()
    assert "keeps failing" in advice("background_work")


def test_a_writer_that_hangs(monkeypatch):
    assert not advice("lrs_horizon")

    class Stuck:
        def horizon(self):
            return int((time.time() - 61) * 1_000_000)

    monkeypatch.setattr(lrs_health, "clock", Stuck)
    assert "idle in transaction" in advice("lrs_horizon")


def test_a_check_that_fails_is_a_finding(monkeypatch, caplog):
    def broken():
        raise OSError("no route to db.internal")

    monkeypatch.setattr(lrs_health, "clock", broken)
    assert "cannot be read" in advice("lrs_horizon")
    assert "db.internal" in caplog.text


def test_the_page_lists_the_jobs(client):
    client.force_login(make_superadmin())
    text = client.get(PAGE).content.decode()
    assert text.count("Never run") == len(jobs.registered())
    now = timezone.now()
    JobState.objects.create(name="clean_tokens", due_at=now, finished_at=now, failures=2, error="OSError")
    JobState.objects.create(name="purge_blocked_users", due_at=now, leased_until=now + timedelta(minutes=1))
    text = client.get(PAGE).content.decode()
    assert "(OSError)" in text
    assert ">Running<" in text


def test_the_page_says_what_to_do_first(client, settings):
    JobState.objects.create(name="clean_tokens", due_at=timezone.now())
    settings.PUBLIC_URL = "https://lms.example.org"
    user = make_superadmin()
    client.force_login(user)
    text = client.get(PAGE, secure=True).content.decode()
    assert text.index("Add a second one") < text.index(">Good<")
    assert "Everything is as it should be." not in text
    for superadmin in (user, make_superadmin("bo")):
        second_factors.add_app(superadmin, "JBSWY3DPEHPK3PXP", by=BY)
    assert "Everything is as it should be." in client.get(PAGE, secure=True).content.decode()


def test_it_is_for_superadmins(client):
    client.force_login(make_administrator(make_label("HR")))
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/system/").content.decode()
