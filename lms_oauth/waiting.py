"""How long the request at hand waited for a thread. gunicorn's master imports this and keeps it over an upgrade."""

from contextvars import ContextVar

waited_seconds: ContextVar[float] = ContextVar("waited_seconds", default=0.0)
