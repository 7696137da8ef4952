"""What the Health page asks about the record store."""

import os
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lms_oauth import metrics
from lms_oauth.health import Check, register
from lrs import partitions
from lrs.clock import MICROSECONDS, clock

_SLOW_SECONDS = 60
_LEAST_FREE_BYTES = 64 * 1024 * 1024
_PREPARED_DAYS = 5


def connect() -> None:
    failing = _("The record store's clock cannot be read; the server's log has the details.")
    register(Check("lrs_horizon", _("LRS: order of statements"), _horizon, failing))
    failing = _("It could not be found out whether attachments can be stored; the server's log has the details.")
    register(Check("storage", _("Storage of attachments"), _storage, failing, essential=True))
    unknown = _("The record store's partitions cannot be read; the server's log has the details.")
    register(Check("lrs_partitions", _("LRS: partitions by month"), _partitions, unknown))
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


def _storage() -> str | Promise:
    """A directory is looked at. A storage class is not asked: it may be far away, and a probe comes every second."""
    if "/" not in settings.LRS_ATTACHMENT_STORAGE:
        return ""
    directory = Path(settings.LRS_ATTACHMENT_STORAGE)
    while not directory.exists():  # it is made with the first attachment
        directory = directory.parent
    if not os.access(directory, os.W_OK | os.X_OK):
        return _("The server may not write to the directory of attachments, LRS_ATTACHMENT_STORAGE.")
    if shutil.disk_usage(directory).free < _LEAST_FREE_BYTES:
        return _("Less than 64 MB are free where attachments are stored, LRS_ATTACHMENT_STORAGE. Make room.")
    return ""


def _partitions() -> str | Promise:
    if tables := partitions.overflowing():
        advice = _(
            "Statements of a month without a partition gather in {tables}. Run manage.py lrs_partitions, and let "
            "manage.py worker run, which prepares months ahead."
        )
        return format_lazy(advice, tables=", ".join(tables))
    if partitions.divided() and partitions.days_left() < _PREPARED_DAYS:
        return _("Next month has no partition yet. Run manage.py lrs_partitions, and let manage.py worker run.")
    return ""


def _age() -> float:
    return max(0.0, time.time() - clock().horizon() / MICROSECONDS)  # the clock may be a little ahead
