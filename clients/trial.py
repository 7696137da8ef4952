"""Requests that the installation makes to itself to try a client out: nobody counts them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_running: ContextVar[bool] = ContextVar("trial", default=False)


def is_running() -> bool:
    return _running.get()


@contextmanager
def running() -> Iterator[None]:
    token = _running.set(True)
    try:
        yield
    finally:
        _running.reset(token)
