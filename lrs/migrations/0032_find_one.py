"""One Statement by its id. Its partition is known before the plan is made, so the others are neither planned nor locked."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION lrs_find_one(
    the_id uuid, the_client bigint,
    OUT horizon bigint, OUT seq bigint, OUT uuid uuid, OUT flags smallint, OUT authority text, OUT json bytea
) LANGUAGE plpgsql AS $$
-- Each statement has its own snapshot: what is read comes after the horizon. A client that is null reads everything.
DECLARE
    found_seq bigint;
BEGIN
    horizon := lrs_horizon();
    SELECT i.seq INTO found_seq FROM lrs_statementid i
    WHERE i.id = the_id AND (the_client IS NULL OR i.client_id = the_client);
    IF found_seq IS NOT NULL THEN
        SELECT s.seq, s.uuid, s.flags, a.json, s.json INTO seq, uuid, flags, authority, json
        FROM lrs_statement s JOIN lrs_authority a ON a.id = s.authority_id WHERE s.seq = found_seq;
    END IF;
END
$$;
"""
BACK = "DROP FUNCTION lrs_find_one(uuid, bigint);"


def _run(statement):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("lrs", "0031_partitions")]
    operations = [migrations.RunPython(_run(POSTGRESQL), _run(BACK))]
