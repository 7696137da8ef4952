"""Writes that do not go through publish (bulk updates, a shell, SQL) leave a mark too.

publish raises an event's version with each write, so a row whose version stays was written by somebody else. A migration
that makes SQLite rebuild the event table has to make these triggers again: tests/shared_events/test_marks.py tells.
"""

from django.db import migrations

EVENTS, MARKS = "shared_events_event", "shared_events_feedmark"

# name, when, which row to name, whether its document has to be made anew
TRIGGERS = [
    ("shared_events_inserted", f"AFTER INSERT ON {EVENTS} FOR EACH ROW WHEN (NEW.version = 0)", "NEW", True),
    ("shared_events_updated", f"AFTER UPDATE ON {EVENTS} FOR EACH ROW WHEN (NEW.version = OLD.version)", "NEW", True),
    ("shared_events_deleted", f"AFTER DELETE ON {EVENTS} FOR EACH ROW", "OLD", False),
]


def mark(row, rebuild):
    return f"INSERT INTO {MARKS} (kind, ref, rebuild) VALUES ('event', {row}.uid, {str(rebuild).lower()});"


def add_triggers(apps, schema_editor):
    for name, when, row, rebuild in TRIGGERS:
        if schema_editor.connection.vendor == "postgresql":
            body = f"BEGIN {mark(row, rebuild)} RETURN NULL; END"
            schema_editor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
        else:
            schema_editor.execute(f"CREATE TRIGGER {name} {when} BEGIN {mark(row, rebuild)} END")


def drop_triggers(apps, schema_editor):
    for name, *_rest in TRIGGERS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {EVENTS}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("shared_events", "0001_events_and_feed")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
