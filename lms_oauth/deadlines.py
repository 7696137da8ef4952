"""How long the web server lets the database work on one statement."""

from django.conf import settings
from django.db import connections


def limit_statements() -> None:
    """Of connections opened from now on. A transaction that waits for this server is given up after twice that.

    A pooler shares its connections with others, so there the database's role has to say it.
    """
    seconds, database = settings.DATABASE_STATEMENT_SECONDS, connections.databases["default"]
    if not seconds or settings.DATABASE_POOLER or connections["default"].vendor != "postgresql":
        return
    options = database.setdefault("OPTIONS", {})
    limits = f"-c statement_timeout={seconds}s -c idle_in_transaction_session_timeout={2 * seconds}s"
    options["options"] = f"{options.get('options', '')} {limits}".strip()
