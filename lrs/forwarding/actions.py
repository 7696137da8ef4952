"""Targets are added and removed here, and the worker's turn."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients import audit
from clients.audit import Origin
from clients.jobs import Job, register
from lrs.clock import clock
from lrs.forwarding.engine import Stopped, due, turn
from lrs.forwarding.secrets import sealer
from lrs.models import ForwardTarget

_BATCHES = 20  # of one target in one turn of the worker


def connect() -> None:
    register(Job("forward_statements", _("Forward statements to other LRSes"), timedelta(minutes=1), forward_due))


def forward_due() -> str:
    """What was delivered; a target that fails does not hold up the others."""
    told = []
    for target in due():
        delivered = 0
        try:
            for outcome in turn(target, batches=_BATCHES):
                delivered += outcome.delivered
        except Stopped as stop:
            told.append(f"{target.name}: {stop}")
        if delivered:
            told.append(f"{target.name}: {delivered} statements delivered.")
    return " ".join(told)


@transaction.atomic
def add_target(values: dict[str, Any], password: str, *, from_now: bool, by: Origin) -> ForwardTarget:
    position = clock().horizon() if from_now else 0
    target = ForwardTarget.objects.create(**values, password=sealer.seal(password), position=position)
    filters = {name: values[name] for name in ("verb", "activity") if values[name]}
    audit.record("forward_target_added", target, by=by, endpoint=target.endpoint, **filters)
    return target


@transaction.atomic
def remove_target(target: ForwardTarget, *, by: Origin) -> None:
    audit.record("forward_target_removed", target, by=by, endpoint=target.endpoint, delivered=target.delivered)
    target.delete()
