"""No migration stops a running installation: of those that come after the first release."""

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.migration_rules import BIG, faults

pytestmark = pytest.mark.any_database
# Up to these numbers no installation has rows yet. At the release, put the newest ones here.
BEFORE_RELEASE = {"clients": 29, "lrs": 59, "scim": 29, "shared_events": 29}
# "app.name": why it is harmless although a rule says otherwise.
ACCEPTED: dict[str, str] = {}


def of_ours():
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in BEFORE_RELEASE and int(name[:4]) > BEFORE_RELEASE[app] and f"{app}.{name}" not in ACCEPTED:
            yield f"{app}.{name}", migration


def test_every_migration_keeps_to_the_rules():
    assert {name: found for name, migration in of_ours() if (found := list(faults(migration)))} == {}


def migration(app, *operations):
    made = migrations.Migration("0099_invented", app)
    made.operations = list(operations)
    return made


INDEX = models.Index(fields=["at"], name="by_time")
CHECK = models.CheckConstraint(condition=models.Q(pk__gt=0), name="positive")


@pytest.mark.parametrize(
    ("app", "operation", "advice"),
    [
        ("lrs", migrations.AddIndex("statement", INDEX), "AddIndexConcurrently"),
        ("lrs", migrations.AddConstraint("statement", CHECK), "AddConstraintNotValid"),
        ("scim", migrations.AlterField("lmsuser", "title", models.TextField()), "another column"),
        ("scim", migrations.AddField("lmsuser", "x", models.TextField(null=True, db_index=True)), "under a lock"),
        ("clients", migrations.AddField("client", "x", models.TextField(default="")), "db_default"),
        ("clients", migrations.RemoveField("client", "name"), "in the next"),
        ("clients", migrations.RenameField("client", "name", "title"), "in the next"),
        ("clients", migrations.DeleteModel("Client"), "in the next"),
    ],
)
def test_what_locks_or_breaks_is_named_with_what_to_do(app, operation, advice):
    [fault] = faults(migration(app, operation))
    assert advice in fault


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("statement", INDEX),
        migrations.AddField("statement", "x", models.TextField(null=True)),
        migrations.AddField("statement", "x", models.TextField(db_default="")),
        migrations.AddIndex("forwardtarget", INDEX),
    ],
)
def test_what_is_harmless_passes(operation):
    assert list(faults(migration("lrs", operation))) == []


def test_a_table_of_the_same_migration_is_empty():
    table = migrations.CreateModel("Statement", [("at", models.DateTimeField())])
    assert list(faults(migration("lrs", table, migrations.AddIndex("statement", INDEX)))) == []


def test_the_big_tables_exist(settings):
    from django.apps import apps  # noqa: PLC0415 - after settings

    known = {(model._meta.app_label, model._meta.model_name) for model in apps.get_models()}
    assert known >= BIG, BIG - known
