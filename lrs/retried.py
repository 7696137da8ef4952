"""Transactions that lose a race are tried again."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

from lms_oauth.errors import Busy

_TRIES = 4
_LOST_RACES = {"40001", "40P01"}  # serialization failure, deadlock
T = TypeVar("T")


def retried(action: Callable[[], T]) -> T:
    """The same again after a lost race; Busy when it is lost again and again."""
    for attempt in range(1, _TRIES + 1):
        try:
            return action()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _LOST_RACES:
                raise
            time.sleep(random.uniform(0, 0.05 * attempt))  # noqa: S311 - jitter
    raise Busy
