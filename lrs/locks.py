"""Writers beside whatever takes Statements away.

Taking a Statement away changes rows of those that refer to it, and ends the need for data that others may be about to
name. Writers that refer to something or bring data share one lock; removing holds it alone, for one transaction.
SQLite has one writer at a time and needs neither.
"""

from django.db import connection

_REMOVAL = 1298 << 52  # name space of an advisory lock; migration 0002 has the other two


def share() -> None:
    _take("SELECT pg_advisory_xact_lock_shared(%s)")


def hold_alone() -> None:
    _take("SELECT pg_advisory_xact_lock(%s)")


def _take(statement: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, [_REMOVAL])
