"""An administrator's sessions: listing and ending them."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from clients.models import Administrator, AdministratorSession


def sessions_of(user: Administrator) -> "QuerySet[AdministratorSession]":
    rows = AdministratorSession.objects.filter(administrator=user, expire_date__gt=timezone.now())
    return rows.order_by("-last_seen", "name")


@transaction.atomic
def end_others(user: Administrator, key: str, *, by: Origin, name: UUID | None = None) -> int:
    """End every session of the user but the one with ``key``, or of these only the one called ``name``."""
    rows = sessions_of(user).exclude(session_key=key)
    if name is not None:
        rows = rows.filter(name=name)
    count, _each = rows.delete()
    if count:
        audit.record("sessions_ended", user, by=by, count=count)
    return count
