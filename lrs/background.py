"""What the worker does for the record store, beside ``retention``."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from clients.jobs import Job, register
from lrs import counting, learners, measuring, partitions


def connect() -> None:
    register(Job("count_statements", _("Count statements for LRS activity"), timedelta(seconds=30), counting.run))
    register(Job("measure_lrs_storage", _("Measure the storage of LRS clients"), timedelta(hours=1), measuring.run))
    register(Job("link_learners", _("Find the learners that statements name"), timedelta(minutes=10), learners.run))
    register(Job("lrs_partitions", _("Prepare the months to come in the LRS"), timedelta(days=1), _extend))


def _extend() -> str:
    made = partitions.extend()
    return f"Made partitions {', '.join(made)}." if made else ""
