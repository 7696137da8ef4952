"""The order of the store.

PostgreSQL: numbers are drawn under a lock of microseconds and committed in any order.

``lrs_draw`` first shows, by a shared advisory lock that lasts until the transaction's rows are visible, a floor below
everything it is about to draw. Then, inside a block that always ends in an exception, it takes the drawing lock and moves
the sequence: the exception frees the lock at once, and a sequence never rolls back. ``lrs_horizon`` moves the sequence to
the clock and answers with the lowest floor shown, or the sequence's value where there is none. A writer whose floor is not
yet seen draws after the sequence was moved, so above the horizon told.

Advisory locks have 64-bit keys: the upper 12 bits are the name space, the lower 52 the floor (enough until 2112).
"""

from django.db import migrations

POSTGRESQL = """
CREATE SEQUENCE lrs_clock AS bigint MINVALUE 1;

CREATE FUNCTION lrs_now() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;

CREATE FUNCTION lrs_advance(n bigint, OUT last bigint) LANGUAGE plpgsql AS $$
-- Moves the sequence n numbers on, at least to the clock, and returns its new value. The lock is free on return.
BEGIN
    PERFORM pg_advisory_xact_lock(1297::bigint << 52);
    SELECT greatest(last_value + n, lrs_now() + greatest(n - 1, 0)) INTO last FROM lrs_clock;
    PERFORM setval('lrs_clock', last);
    RAISE EXCEPTION USING ERRCODE = 'LRS01';
EXCEPTION WHEN SQLSTATE 'LRS01' THEN
    NULL;  -- variables keep their values, the sequence too; the lock is rolled back
END
$$;

CREATE FUNCTION lrs_draw(n integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    floor bigint;
BEGIN
    SELECT last_value INTO floor FROM lrs_clock;
    PERFORM pg_advisory_xact_lock_shared((1296::bigint << 52) | floor);
    RETURN lrs_advance(n) - n + 1;
END
$$;

CREATE FUNCTION lrs_horizon() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    reached bigint;
    floor bigint;
BEGIN
    SELECT last_value INTO reached FROM lrs_clock;
    IF lrs_now() - reached > 1000 THEN
        PERFORM set_config('synchronous_commit', 'off', true);
        reached := lrs_advance(0);
    END IF;
    SELECT min(((classid::bigint << 32) | objid::bigint) & ((1::bigint << 52) - 1)) INTO floor
    FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND pid <> pg_backend_pid()  -- own rows can be read
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid::bigint >> 20 = 1296;
    RETURN least(reached, floor);
END
$$;
"""
POSTGRESQL_BACK = """
DROP FUNCTION lrs_horizon(), lrs_draw(integer), lrs_advance(bigint), lrs_now();
DROP SEQUENCE lrs_clock;
"""
SQLITE = ["CREATE TABLE lrs_clock (last integer NOT NULL)", "INSERT INTO lrs_clock VALUES (0)"]
SQLITE_BACK = ["DROP TABLE lrs_clock"]


def _run(postgresql, sqlite):
    def run(apps, schema_editor):
        for statement in [postgresql] if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("lrs", "0001_initial")]
    operations = [migrations.RunPython(_run(POSTGRESQL, SQLITE), _run(POSTGRESQL_BACK, SQLITE_BACK))]
