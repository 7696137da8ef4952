"""Refused credentials in the audit log: the first at once, then at most one entry a minute for the same cause.

At most MAX_CAUSES different causes are kept a minute; what comes beyond is summed under one.
"""

import atexit
import logging
import threading
import time
from dataclasses import dataclass

from django.core.signals import request_finished
from django.db import Error

from clients import audit, trial

log = logging.getLogger("clients.refusals")

WINDOW_SECONDS = 60
MAX_CAUSES = 1_000


@dataclass(frozen=True, slots=True)
class Cause:
    claimed: str  # a client ID, or empty where nothing of that form was sent: people paste secrets there
    service: str
    reason: str
    address: str


_BEYOND = Cause("", "several", "too many different causes", "")
_lock = threading.Lock()
_waiting: dict[Cause, int] = {}
_written: dict[Cause, float] = {}


def note(cause: Cause) -> None:
    if trial.is_running():
        return
    log.info("refused: service %s, client %s, %s", cause.service, cause.claimed or "unknown", cause.reason)
    with _lock:
        if not (cause in _waiting or cause in _written) and len(_waiting) + len(_written) >= MAX_CAUSES:
            cause = _BEYOND
        _waiting[cause] = _waiting.get(cause, 0) + 1


def _after_response(**_kwargs: object) -> None:
    if _waiting:
        flush()


def flush(*, everything: bool = False) -> None:
    """Write the causes that are new, or were last written a window ago; or all that wait."""
    now = time.monotonic()
    with _lock:
        for cause in [cause for cause, at in _written.items() if now - at > WINDOW_SECONDS]:
            del _written[cause]
        due = {cause: count for cause, count in _waiting.items() if everything or cause not in _written}
        for cause in due:
            del _waiting[cause]
            _written[cause] = now
    try:
        for cause, count in due.items():
            by = audit.Origin(cause.claimed or "unknown", "api", None, cause.address)
            audit.record_refusals(cause.service, claimed=cause.claimed, reason=cause.reason, count=count, by=by)
    except Error:
        log.exception("refusals were not written")


def connect() -> None:
    """Called once, when the app is ready."""
    request_finished.connect(_after_response, dispatch_uid="clients.refusals")
    atexit.register(flush, everything=True)
