"""One Statement by its id, in one call of PostgreSQL that plans and locks no partition but the one it lies in."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION lrs_find_one(
    the_id uuid, the_client bigint,
    OUT horizon bigint, OUT seq bigint, OUT uuid uuid, OUT flags smallint, OUT authority text, OUT json bytea
) LANGUAGE plpgsql AS $$
-- Each statement has its own snapshot: what is read comes after the horizon. A client that is null reads everything.
-- EXECUTE plans for this one number, and so for one partition; a plan that is kept would lock them all.
DECLARE
    found_seq bigint;
    bearer bigint;
BEGIN
    horizon := lrs_horizon();
    SELECT i.seq INTO found_seq FROM lrs_statementid i
    WHERE i.id = the_id AND (the_client IS NULL OR i.client_id = the_client);
    IF found_seq IS NOT NULL THEN
        EXECUTE 'SELECT s.seq, s.uuid, s.flags, s.authority_id, s.json FROM lrs_statement s WHERE s.seq = $1'
        INTO seq, uuid, flags, bearer, json USING found_seq;
        SELECT a.json INTO authority FROM lrs_authority a WHERE a.id = bearer;
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
