"""The database keeps the audit log append-only, whoever asks."""

import sqlite3

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from clients import audit
from clients.models import AuditEntry
from tests.builders import BY, make_client

TABLE = AuditEntry._meta.db_table


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", [f"UPDATE {TABLE} SET action = 'nothing'", f"DELETE FROM {TABLE}", f"DELETE FROM {TABLE} WHERE id > 0"]
)
def test_sql_cannot_change_or_remove_an_entry(statement):
    audit.record("something", make_client(), by=BY)
    before = list(AuditEntry.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(AuditEntry.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_another_program_cannot_remove_an_entry_from_sqlite_either():
    if connection.vendor != "sqlite":
        return  # PostgreSQL runs the same trigger for every program
    audit.record("something", make_client(), by=BY)
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
    with pytest.raises(sqlite3.OperationalError, match="audit_log_locked"):
        other.execute(f"DELETE FROM {TABLE}")
    other.close()


@pytest.mark.django_db(transaction=True)
def test_flush_empties_everything_by_the_operators_word():
    audit.record("something", make_client(), by=BY)
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEntry.objects.exists()
