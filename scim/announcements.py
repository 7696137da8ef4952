"""What others hear of changed users: after commit, and once a request however many operations it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import transaction
from django.dispatch import Signal

from scim.models import LmsUser

_waiting: ContextVar[dict[Signal, list[int]] | None] = ContextVar("waiting", default=None)


def announce(signal: Signal, user_pk: int) -> None:
    """Call inside the transaction of the change."""
    transaction.on_commit(partial(_note, signal, user_pk), robust=True)


@contextmanager
def together() -> Iterator[None]:
    """What is announced inside goes out at the end, whatever became of the rest."""
    waiting: dict[Signal, list[int]] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
        for signal, user_pks in waiting.items():
            signal.send_robust(sender=LmsUser, user_ids=list(dict.fromkeys(user_pks)))


def _note(signal: Signal, user_pk: int) -> None:
    waiting = _waiting.get()
    if waiting is None:
        signal.send_robust(sender=LmsUser, user_ids=[user_pk])
    else:
        waiting.setdefault(signal, []).append(user_pk)
