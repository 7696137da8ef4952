"""Blocks that administrators set and lift on a user's page."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from lms_oauth.signals import user_blocked, user_changed
from scim.announcements import announce
from scim.models import LmsUser, ScimLink


@transaction.atomic
def set_blocked(user: LmsUser, *, blocked: bool, reason: str, by: Origin) -> None:
    """Nothing happens where it is so already. Directories see it, and the version of their resource moves."""
    current = LmsUser.objects.locked(pk=user.pk)
    if current is None or current.blocked == blocked:
        return
    now = timezone.now()
    current.blocked, current.blocked_at = blocked, now if blocked else None
    current.blocked_by = LmsUser.BlockedBy.ADMINISTRATOR if blocked else ""
    current.save()
    ScimLink.objects.live().filter(user=current).update(version=F("version") + 1, modified=now)
    audit.record("user_blocked" if blocked else "user_unblocked", current, by=by, reason=reason)
    announce(user_blocked if blocked else user_changed, current.pk)
