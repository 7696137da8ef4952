"""``/healthz`` and ``/readyz``: what a load balancer decides by."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from lms_oauth import health
from lms_oauth.health import Check


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
    assert (answer.status_code, answer.json()["failing"]) == (503, ["database", "migrations"])
    assert b"internal" not in answer.content
    assert "db.internal" in caplog.text


def test_migrations_are_read_once_they_are_applied(client, db, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


def test_other_methods_are_not_answered_here(client, db):
    assert client.post("/healthz").status_code != 200


def test_what_is_not_essential_is_left_to_the_health_page(monkeypatch, db):
    warning = Check("queue", "Queue", lambda: "It is long.", "?")
    monkeypatch.setattr(health, "_checks", [*health._checks, warning])
    assert [finding.name for finding in health.examine(essential=True)] == ["database", "migrations"]
    queue = health.examine(essential=False)[-1]
    assert (queue.advice, queue.well) == ("It is long.", False)
