"""Sessions of events. Who writes one around ``scheduling.set_sessions`` leaves a mark for its event, as 0002 does for events."""

import django.db.models.deletion
import django.db.models.functions.datetime
import shared_events.models.local_time
import uuid
from django.db import migrations, models

SESSIONS, EVENTS, MARKS = "shared_events_eventsession", "shared_events_event", "shared_events_feedmark"

# name, when, which row to name
TRIGGERS = [
    ("shared_events_session_inserted", f"AFTER INSERT ON {SESSIONS} FOR EACH ROW WHEN (NEW.version = 0)", "NEW"),
    ("shared_events_session_updated", f"AFTER UPDATE ON {SESSIONS} FOR EACH ROW WHEN (NEW.version = OLD.version)", "NEW"),
    ("shared_events_session_deleted", f"AFTER DELETE ON {SESSIONS} FOR EACH ROW WHEN (OLD.removed_at IS NULL)", "OLD"),
]


def mark(row):
    return f"INSERT INTO {MARKS} (kind, ref, rebuild) SELECT 'event', uid, true FROM {EVENTS} WHERE id = {row}.event_id;"


def add_triggers(apps, schema_editor):
    for name, when, row in TRIGGERS:
        if schema_editor.connection.vendor == "postgresql":
            body = f"BEGIN {mark(row)} RETURN NULL; END"
            schema_editor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
        else:
            schema_editor.execute(f"CREATE TRIGGER {name} {when} BEGIN {mark(row)} END")


def drop_triggers(apps, schema_editor):
    for name, *_rest in TRIGGERS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {SESSIONS}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):

    dependencies = [
        ('shared_events', '0004_peers_and_mirror'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sid', models.UUIDField(default=uuid.uuid4)),
                ('version', models.PositiveIntegerField(db_default=0, default=0)),
                ('start', shared_events.models.local_time.LocalDateTimeField()),
                ('duration_seconds', models.PositiveIntegerField()),
                ('location_name', models.CharField(blank=True, max_length=255)),
                ('join_url', models.URLField(blank=True, max_length=500)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('removed_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='shared_events.event')),
            ],
            options={
                'ordering': ['start', 'sid'],
                'constraints': [models.UniqueConstraint(fields=('event', 'sid'), name='session_unique_sid'), models.CheckConstraint(condition=models.Q(('duration_seconds__gte', 1)), name='session_has_duration')],
            },
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
