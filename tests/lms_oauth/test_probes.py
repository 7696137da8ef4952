"""``/healthz`` and ``/readyz``: what a load balancer decides by."""

import time
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from clients import health as clients_health
from clients import usage
from lms_oauth import health
from lms_oauth.health import Check
from lrs import health as lrs_health
from tests.builders import make_client


@pytest.fixture(autouse=True)
def ask_again(monkeypatch):
    monkeypatch.setattr(health.schema, "applied", False)


def test_alive_without_a_database(client):
    """Also by an address that is not among ALLOWED_HOSTS."""
    answer = client.get("/healthz", HTTP_HOST="10.0.0.7:8000")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["get", "head"])
def test_ready_with_database_and_schema(client, db, method):
    answer = getattr(client, method)("/readyz", HTTP_HOST="10.0.0.7:8000")
    assert answer.status_code == 200


def test_plain_http_is_neither_refused_nor_redirected(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/readyz").status_code == 200


def test_not_ready_before_migrate(client, db):
    MigrationRecorder.Migration.objects.filter(app="lrs").delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "failing": ["migrations"]})


def test_not_ready_without_a_database_and_it_names_no_reason(client, db, monkeypatch, caplog):
    def refuse(*_args, **_options):
        raise connection.Database.OperationalError("could not connect to server: db.internal")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", refuse)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert {"database", "migrations"} <= set(answer.json()["failing"]) <= {"database", "migrations", "clock"}
    assert b"internal" not in answer.content
    assert "db.internal" in caplog.text


def test_migrations_are_read_once_they_are_applied(client, db, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 1):  # one asks for its clock
        client.get("/readyz")


def test_other_methods_are_not_answered_here(client, db):
    assert client.post("/healthz").status_code != 200


def test_what_is_not_essential_is_left_to_the_health_page(monkeypatch, db):
    warning = Check("queue", "Queue", lambda: "It is long.", "?")
    monkeypatch.setattr(health, "_checks", [*health._checks, warning])
    essential = ["clock", "counters", "database", "migrations", "storage"]
    assert sorted(finding.name for finding in health.examine(essential=True)) == essential
    queue = health.examine(essential=False)[-1]
    assert (queue.advice, queue.well) == ("It is long.", False)


@pytest.mark.parametrize(("apart", "ready", "well"), [(1, True, True), (30, True, False), (3600, False, False)])
def test_clocks_that_are_far_apart(client, db, monkeypatch, apart, ready, well):
    monkeypatch.setattr(clients_health, "connection", SimpleNamespace(vendor="postgresql"))
    monkeypatch.setattr(clients_health, "_database_time", lambda: time.time() + apart)
    answer = client.get("/readyz")
    assert answer.json().get("failing", []) == ([] if ready else ["clock"])
    advice = {finding.name: finding.advice for finding in health.examine(essential=False)}["clock"]
    assert (not advice) is well


def test_attachments_need_a_directory_that_can_be_written(client, db, settings, tmp_path, monkeypatch):
    settings.LRS_ATTACHMENT_STORAGE = str(tmp_path / "not" / "made" / "yet")
    assert client.get("/readyz").status_code == 200
    with monkeypatch.context() as patched:
        patched.setattr(lrs_health.os, "access", lambda *_arguments: False)
        assert client.get("/readyz").json()["failing"] == ["storage"]
    monkeypatch.setattr(lrs_health.shutil, "disk_usage", lambda _path: SimpleNamespace(free=1_000_000))
    assert client.get("/readyz").json()["failing"] == ["storage"]
    settings.LRS_ATTACHMENT_STORAGE = "storages.backends.s3.S3Storage"
    assert client.get("/readyz").status_code == 200


def test_counters_that_cannot_be_written(client, db, monkeypatch):
    def refuse(_rows):
        raise DatabaseError("cannot execute INSERT in a read-only transaction")

    with monkeypatch.context() as patched:
        patched.setattr(usage, "_write_counts", refuse)
        usage._counts[1, timezone.now(), "scim", "ok"] = 1
        usage.flush()
    assert client.get("/readyz").json()["failing"] == ["counters"]
    made = make_client()
    usage._counts[made.pk, timezone.now(), "scim", "ok"] = 1
    usage.flush()
    assert client.get("/readyz").status_code == 200
