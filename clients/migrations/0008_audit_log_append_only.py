"""The database itself refuses to change or remove what the audit log says.

On SQLite a removal asks a function that only a connection of this installation knows (clients.audit_lock): any other
program is refused too. A migration that makes SQLite rebuild the table has to make these triggers again:
tests/clients/test_audit_lock.py tells. On PostgreSQL, TRUNCATE stays with the owner of the table.
"""

from django.db import migrations

TABLE, REASON = "clients_auditentry", "the audit log is append-only"
POSTGRESQL = [
    f"CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$BEGIN RAISE EXCEPTION '{REASON}' USING ERRCODE = 'integrity_constraint_violation'; END$$",
    f"CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION audit_log_append_only()",
]
SQLITE = [
    f"CREATE TRIGGER audit_log_not_changed BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REASON}'); END",
    f"CREATE TRIGGER audit_log_not_removed BEFORE DELETE ON {TABLE} WHEN audit_log_locked() "
    f"BEGIN SELECT RAISE(ABORT, '{REASON}'); END",
]


def add_triggers(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER audit_log_append_only ON {TABLE}")
        schema_editor.execute("DROP FUNCTION audit_log_append_only()")
    else:
        schema_editor.execute("DROP TRIGGER audit_log_not_changed")
        schema_editor.execute("DROP TRIGGER audit_log_not_removed")


class Migration(migrations.Migration):
    dependencies = [("clients", "0007_administrators_without_labels")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
