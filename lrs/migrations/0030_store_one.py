"""One Statement with all its rows in one call of PostgreSQL. Inside a function plans are made once a connection."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION lrs_store(
    the_client bigint, the_id uuid, the_digest bytea, the_authority bigint, the_flags smallint, the_moment bigint,
    the_json bytea, keys uuid[], plains boolean[], all_roles integer[],
    told_keys uuid[], variants uuid[], identifiers text[], contents text[]
) RETURNS boolean LANGUAGE plpgsql AS $$
-- False, and nothing stored, where the id is taken or awaited. Arrays are columns of rows.
DECLARE
    drawn bigint := lrs_draw(1);
BEGIN
    INSERT INTO lrs_statementid (id, seq, client_id, digest) VALUES (the_id, drawn, the_client, the_digest)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO lrs_statement (seq, client_id, authority_id, flags, happened, uuid, json)
    VALUES (drawn, the_client, the_authority, the_flags, coalesce(the_moment, drawn), the_id, the_json);
    INSERT INTO lrs_relation (client_id, key, plain, seq, hop, roles)
    SELECT the_client, f.key, f.plain, drawn, 0, f.roles FROM unnest(keys, plains, all_roles) AS f (key, plain, roles);
    IF cardinality(told_keys) > 0 THEN
        INSERT INTO lrs_description (key, client_id, variant, seq, identifier, content)
        SELECT t.key, the_client, t.variant, drawn, t.identifier, t.content
        FROM unnest(told_keys, variants, identifiers, contents) AS t (key, variant, identifier, content)
        ORDER BY t.key, t.variant ON CONFLICT DO NOTHING;
    END IF;
    RETURN true;
END
$$;
"""
BACK = """
DROP FUNCTION lrs_store(
    bigint, uuid, bytea, bigint, smallint, bigint, bytea, uuid[], boolean[], integer[], uuid[], uuid[], text[], text[]
);
"""


def _run(statement):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("lrs", "0024_forwarding")]
    operations = [migrations.RunPython(_run(POSTGRESQL), _run(BACK))]
