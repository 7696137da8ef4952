"""What an installation needs to work, each as one question. Services add theirs when they start.

``/readyz`` asks those without which no request can be served; the Health page asks all.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

log = logging.getLogger("lms_oauth.health")


@dataclass(frozen=True, slots=True)
class Finding:
    """``advice`` says what is wrong and what to do; it is empty where all is well."""

    name: str
    title: str | Promise
    advice: str | Promise = ""

    @property
    def well(self) -> bool:
        return not self.advice


@dataclass(frozen=True, slots=True)
class Check:
    """``ask`` returns the advice, or an empty text. An exception counts as ``failing``."""

    name: str
    title: str | Promise
    ask: Callable[[], str | Promise]
    failing: str | Promise
    essential: bool = False
    ask_ready: Callable[[], str | Promise] | None = None  # what /readyz asks instead, where it is more patient

    def examine(self, *, ready: bool = False) -> Finding:
        ask = self.ask_ready if ready and self.ask_ready else self.ask
        try:
            advice = ask()
        except Exception:
            log.exception("health check %s failed", self.name)
            advice = self.failing
        return Finding(self.name, self.title, advice)


_checks: list[Check] = []


def register(check: Check) -> None:
    _checks.append(check)


def examine(*, essential: bool) -> list[Finding]:
    """The findings of the essential checks, or of all. Each is asked, whatever came of those before it."""
    return [check.examine(ready=essential) for check in _checks if check.essential or not essential]


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


class _Schema:
    """Applied migrations stay applied while a process lives, so only a bad answer is asked for again."""

    def __init__(self) -> None:
        self.applied = False

    def __call__(self) -> str | Promise:
        if not self.applied:
            executor = MigrationExecutor(connection)
            self.applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return "" if self.applied else _("The database is older than the program. Run manage.py migrate.")


schema = _Schema()
register(
    Check(
        "database",
        _("Database"),
        _database,
        _("The database does not answer. Look whether it runs, and at DATABASE_URL."),
        essential=True,
    )
)
register(
    Check(
        "migrations",
        _("Database schema"),
        schema,
        _("The state of the database's schema cannot be read."),
        essential=True,
    )
)
