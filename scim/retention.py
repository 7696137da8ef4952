"""What ends by age: users blocked long ago, and old entries of the log. In batches, so no writer waits long."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import audit
from clients.audit import Origin
from clients.jobs import Job, register
from clients.models import LmsSettings
from lms_oauth.signals import user_purged
from scim.announcements import announce
from scim.models import LmsUser, ProvisioningEntry, ScimAttribute, ScimLink
from scim.storage import groups

BATCH = 500
_MONTH = timedelta(days=30)


def connect() -> None:
    daily = timedelta(days=1)
    register(
        Job("purge_blocked_users", _("Delete users who have been blocked for long"), daily, _purge_users_by_setting)
    )
    register(
        Job("purge_provisioning_log", _("Delete old entries of the provisioning log"), daily, _purge_log_by_setting)
    )


def _purge_users_by_setting() -> str:
    at = timezone.now() - LmsSettings.current().blocked_user_retention_months * _MONTH
    return _told(purge_users(at, by=Origin.command("worker")), "users")


def _purge_log_by_setting() -> str:
    return _told(
        purge_log(timezone.now() - settings.PROVISIONING_LOG_MONTHS * _MONTH), "entries of the provisioning log"
    )


def _told(count: int, what: str) -> str:
    return f"Deleted {count} {what}." if count else ""


def blocked_before(at: datetime) -> int:
    return LmsUser.objects.filter(blocked=True, blocked_at__lt=at).count()


def purge_users(at: datetime, *, by: Origin) -> int:
    """Delete users blocked before ``at``: the only deletion of users. Their links keep id and tombstone alone."""
    return sum(_purged(at, by))


def _purged(at: datetime, by: Origin) -> Iterator[int]:
    while count := _purge_some(at, by):
        yield count


@transaction.atomic
def _purge_some(at: datetime, by: Origin) -> int:
    users = list(LmsUser.objects.select_for_update().filter(blocked=True, blocked_at__lt=at).order_by("pk")[:BATCH])
    pks = [user.pk for user in users]
    _empty(pks, at)
    for user in users:
        audit.record("user_purged", user, by=by)
        announce(user_purged, user.pk)
    LmsUser.objects.filter(pk__in=pks).delete()
    return len(pks)


def _empty(user_pks: list[int], at: datetime) -> None:
    links = ScimLink.objects.filter(user__in=user_pks)
    pks = list(links.values_list("pk", flat=True))
    ScimAttribute.objects.filter(link__in=pks).delete()
    groups.leave(pks, timezone.now())
    links.filter(gone_at__isnull=True).update(gone_at=at)
    ScimLink.objects.filter(pk__in=pks).update(user=None, key="", external_id="", data={})
    ProvisioningEntry.objects.filter(user_pk__in=user_pks).empty()


def purge_log(at: datetime) -> int:
    """Delete entries older than ``at``."""
    return sum(_purged_entries(at))


def _purged_entries(at: datetime) -> Iterator[int]:
    old = ProvisioningEntry.objects.filter(at__lt=at)
    while count := ProvisioningEntry.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[: 10 * BATCH])
    ).purge():
        yield count
