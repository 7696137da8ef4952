"""PostgreSQL keeps Statements and Relations in partitions by ``seq``; ``lrs.partitions`` makes those of later months.

What is stored already becomes the first partition as it is: no row is copied. Its bound is proved first, beside writers
and readers; only then both tables are exchanged under a lock, which takes milliseconds whatever they hold. A lock that is
not had at once is given up and asked for again, so that nobody waits behind a long transaction. Not one transaction as a
whole: stopped in the middle and run again it goes on.
"""

import time
from datetime import UTC, datetime, timedelta

from django.db import OperationalError, connections, migrations, transaction

KEYS = {"lrs_statement": "seq", "lrs_relation": "client_id, key, plain, seq, hop"}
TRIES, PAUSE_SECONDS = 120, 1
PROVED_WITHIN = timedelta(days=7)  # no number beyond the bound is drawn while it is proved

EXCHANGE = """
ALTER TABLE {0} RENAME TO {0}_past;
ALTER TABLE {0}_past RENAME CONSTRAINT {0}_pkey TO {0}_past_pkey;
CREATE TABLE {0} (LIKE {0}_past) PARTITION BY RANGE (seq);
ALTER TABLE {0} ADD CONSTRAINT {0}_pkey PRIMARY KEY ({1});
"""
INDEX = """
ALTER INDEX lrs_statement_by_client RENAME TO lrs_statement_past_by_client;
CREATE INDEX lrs_statement_by_client ON lrs_statement (client_id, seq);
"""
ATTACH = """
ALTER TABLE {0} ATTACH PARTITION {0}_past FOR VALUES FROM (MINVALUE) TO ({1});
ALTER TABLE {0}_past DROP CONSTRAINT {0}_bound;
CREATE TABLE {0}_rest PARTITION OF {0} DEFAULT;
"""
JOIN = """
ALTER TABLE {0} RENAME TO {0}_parts;
CREATE TABLE {0} (LIKE {0}_parts);
INSERT INTO {0} SELECT * FROM {0}_parts;
DROP TABLE {0}_parts;
ALTER TABLE {0} ADD CONSTRAINT {0}_pkey PRIMARY KEY ({1});
"""


def divide(apps, schema_editor):
    connection = connections[schema_editor.connection.alias]
    if connection.vendor != "postgresql" or _kind(connection) == "p":
        return
    bound = _bound(connection)
    _briefly(connection, "".join(_proof(table, bound) for table in KEYS))
    for table in KEYS:
        _run(connection, f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_bound")
    exchanges = "".join(EXCHANGE.format(*pair) for pair in KEYS.items())
    attached = "".join(ATTACH.format(table, bound) for table in KEYS)
    _briefly(connection, f"LOCK TABLE {', '.join(KEYS)}; {exchanges} {INDEX} {attached}")
    _run(connection, f"ANALYZE {', '.join(KEYS)}")


def join(apps, schema_editor):
    """Copies everything, while nobody reads or writes."""
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        with transaction.atomic(using=connection.alias):
            _run(connection, "".join(JOIN.format(*pair) for pair in KEYS.items()))
            _run(connection, "CREATE INDEX lrs_statement_by_client ON lrs_statement (client_id, seq)")


def _kind(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind FROM pg_class WHERE oid = 'lrs_statement'::regclass")
        return str(cursor.fetchone()[0])


def _bound(connection):
    """The first of a month that is a week ahead of every number, which a clock set back may have left in the future."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(last_value, lrs_now()) FROM lrs_clock")
        ahead = datetime.fromtimestamp(cursor.fetchone()[0] // 1_000_000, UTC) + PROVED_WITHIN
    month = datetime(ahead.year + ahead.month // 12, ahead.month % 12 + 1, 1, tzinfo=UTC)
    return int(month.timestamp()) * 1_000_000


def _proof(table, bound):
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_bound;"
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_bound CHECK (seq < {bound}) NOT VALID;"
    )


def _briefly(connection, statements):
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic(using=connection.alias):
                _run(connection, f"SET LOCAL lock_timeout = '500ms'; {statements}")
            return
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", "") != "55P03":
                raise
            time.sleep(PAUSE_SECONDS)


def _run(connection, statements):
    with connection.cursor() as cursor:
        cursor.execute(statements)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lrs", "0030_store_one")]
    operations = [migrations.RunPython(divide, join)]
