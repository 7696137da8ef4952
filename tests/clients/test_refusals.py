"""Refused credentials in the audit log: soon, bounded, with the real reason and no secret."""

import pytest
from django.db import DatabaseError

from clients import audit, refusals
from clients.models import AuditEntry
from clients.refusals import Cause
from clients.rights import Service
from tests.access_cases import Case, make_client_for
from tests.builders import make_client_with_credentials
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1_000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(refusals, "time", clock)
    return clock


def cause(number=0):
    return Cause("c" * 24, "xapi", "wrong secret", f"192.0.2.{number}")


def entries():
    return AuditEntry.objects.filter(action="credential_refused").order_by("pk")


def test_the_first_at_once_then_one_a_minute_with_a_count(clock):
    refusals.note(cause())
    refusals.flush()
    assert [entry.facts["count"] for entry in entries()] == [1]
    for _ in range(5):
        clock.now += 10
        refusals.note(cause())
        refusals.flush()
    assert entries().count() == 1
    clock.now += 11
    refusals.note(cause())
    refusals.flush()
    assert [entry.facts["count"] for entry in entries()] == [1, 6]


def test_causes_are_told_apart(clock):
    for number in range(3):
        refusals.note(cause(number))
    refusals.flush()
    assert entries().count() == 3


def test_at_most_a_thousand_causes_a_minute(clock, monkeypatch):
    monkeypatch.setattr(refusals, "MAX_CAUSES", 3)
    for number in range(3):
        refusals.note(cause(number))
    refusals.flush()
    for number in range(100, 150):
        refusals.note(cause(number))
        refusals.flush()
    assert entries().count() == 4
    clock.now += 61
    refusals.note(cause(0))
    refusals.flush()
    assert entries().last().facts["count"] == 1
    assert {entry.facts["reason"]: entry.facts["count"] for entry in entries()}["too many different causes"] == 49


def test_what_waits_is_written_at_exit(clock):
    for _ in range(3):
        refusals.note(cause())
        refusals.flush()
    refusals.flush(everything=True)
    assert sum(entry.facts["count"] for entry in entries()) == 3


def test_a_failing_database_fails_no_request(client, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(audit, "record_refusals", fail)
    assert client.get(ADDRESSES[Service.SCIM], **bearer("x")).status_code == 401
    assert "refusals were not written" in caplog.text


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("bearer", "inactive", "inactive client"),
        ("bearer", "bearer_regenerated", "old credential"),
        ("bearer", "expired", "expired credential"),
        ("access_token", "secret_regenerated", "old credential"),
        ("access_token", "reactivated", "expired or ended"),
        ("access_token", "revoked", "unknown or revoked"),
        ("secret", "inactive", "inactive client"),
        ("secret", "secret_regenerated", "old credential"),
        ("secret", "expired", "expired credential"),
    ],
)
def test_the_real_reason(client, kind, state, reason):
    header = Case(Service.XAPI, kind, state, switched_on=True, status=401).present()
    client.get(ADDRESSES[Service.XAPI], **header)
    assert entries().last().facts == {"service": "xapi", "reason": reason, "count": 1}


def test_a_missing_right(client):
    made = make_client_with_credentials()
    client.get(ADDRESSES[Service.SCIM], REMOTE_ADDR="192.0.2.7", **bearer(made.bearer))
    entry = entries().get()
    assert (entry.object_id, entry.address, entry.facts["reason"]) == (made.client_id, "192.0.2.7", "no right")


def test_a_claimed_id_is_written_only_if_it_has_the_form_of_one(client):
    """People paste secrets there."""
    made = make_client_for(Service.XAPI)
    for claimed in (made.secret, made.bearer, "x" * 23, "X" * 24, made.client_id):
        client.get(ADDRESSES[Service.XAPI], **basic(claimed, made.bearer))
        form = f"grant_type=client_credentials&client_id={claimed}&client_secret=wrong"
        client.post("/oauth2/token", form, FORM)
    assert {entry.object_id for entry in entries()} == {"", made.client_id}
    stored = str([entry.__dict__ for entry in AuditEntry.objects.all()])
    assert made.secret not in stored
    assert made.bearer not in stored


def test_one_log_line_each_without_values(client, caplog):
    caplog.set_level("INFO")
    made = make_client_for(Service.XAPI)
    client.get(ADDRESSES[Service.XAPI], **basic(made.client_id, "lmscs_wrong"))
    lines = [record.getMessage() for record in caplog.records if record.name == "clients.refusals"]
    assert lines == [f"refused: service xapi, client {made.client_id}, malformed"]
    assert "lmscs_" not in caplog.text


def test_missing_credentials_are_no_refused_ones(client):
    client.get(ADDRESSES[Service.XAPI])
    client.post("/oauth2/token", "grant_type=client_credentials", FORM)
    assert not entries().exists()
