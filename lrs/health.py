"""What the Health page asks about the record store."""

import time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms_oauth import metrics
from lms_oauth.health import Check, register
from lrs.clock import MICROSECONDS, clock

_SLOW_SECONDS = 60


def connect() -> None:
    failing = _("The record store's clock cannot be read; the server's log has the details.")
    register(Check("lrs_horizon", _("LRS: order of statements"), _horizon, failing))
    about = "Between now and the youngest statement that lists show or may yet show."
    metrics.register(metrics.Gauge("lms_lrs_horizon_age_seconds", about, "", lambda: {"": _age()}))


def _horizon() -> str | Promise:
    """Lists of Statements end where the oldest writer still at work began."""
    if _age() <= _SLOW_SECONDS:
        return ""
    return _(
        "A transaction that writes statements has been open for over a minute, and lists do not show what came after "
        "it began. Look for a session that is idle in transaction, and end it."
    )


def _age() -> float:
    return max(0.0, time.time() - clock().horizon() / MICROSECONDS)  # the clock may be a little ahead
