"""A kept connection is not asked at each request whether it lives, and a dead one is still found before it is used."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kept():
    """As in production: the connection outlives the request, and each request begins with a check."""
    connection.ensure_connection()
    connection.health_check_enabled = True
    connection.close_at = None
    yield connection
    connection.health_check_enabled = settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]


def next_request():
    connection.close_if_unusable_or_obsolete()


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def terminate(pid):
    """And wait for the end of the stream."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_nothing_is_asked_of_a_connection_that_lives(kept, monkeypatch):
    monkeypatch.setattr(connection, "is_usable", lambda: pytest.fail("asked"))
    first = backend()
    next_request()
    assert backend() == first


def test_a_terminated_backend_is_replaced(kept):
    first = backend()
    terminate(first)
    next_request()
    assert backend() != first
