"""The lock that triggers of the database keep on the audit log, and the one way to lift it: manage.py flush."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.backends.signals import connection_created

_locked: ContextVar[bool] = ContextVar("audit_log_locked", default=True)


@contextmanager
def lifted() -> Iterator[None]:
    """While everything is emptied by the operator's explicit word. Only SQLite asks; PostgreSQL truncates."""
    token = _locked.set(False)
    try:
        yield
    finally:
        _locked.reset(token)


def _give_function(connection: Any, **_kwargs: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("audit_log_locked", 0, _locked.get)


def connect() -> None:
    """Called once, when the app is ready."""
    connection_created.connect(_give_function, dispatch_uid="clients.audit_lock")
