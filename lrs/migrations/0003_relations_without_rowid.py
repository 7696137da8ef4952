"""SQLite keeps relations in their primary key, which is the only way they are read, instead of in a table beside it."""

from django.db import migrations

COLUMNS = """(
    client_id bigint NOT NULL, key char(32) NOT NULL, plain bool NOT NULL, seq bigint NOT NULL, hop smallint NOT NULL,
    roles integer NOT NULL, PRIMARY KEY (client_id, key, plain, seq, hop)
)"""


def _rebuild(ending):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute("ALTER TABLE lrs_relation RENAME TO lrs_relation_old", params=None)
            schema_editor.execute(f"CREATE TABLE lrs_relation {COLUMNS} {ending}", params=None)
            schema_editor.execute("INSERT INTO lrs_relation SELECT * FROM lrs_relation_old", params=None)
            schema_editor.execute("DROP TABLE lrs_relation_old", params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("lrs", "0002_clock")]
    operations = [migrations.RunPython(_rebuild("WITHOUT ROWID"), _rebuild(""))]
