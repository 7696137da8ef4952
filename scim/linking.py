"""Links for users the LMS already has, so that a directory's look-ups find them."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import audit
from clients.audit import Origin
from clients.jobs import Job, register
from lms_oauth.signals import user_blocked, user_changed
from scim import mapping
from scim.comparison import key
from scim.models import LmsUser, ScimConfiguration, ScimLink
from scim.models.configuration import Existing
from scim.protocol.exchange import shape_of
from scim.protocol.provider import published
from scim.storage import index

_BY = Origin.command("link_visible_users")
_OFTEN, _AT_ONCE = timedelta(minutes=5), 2_000


def connect() -> None:
    user_changed.connect(_look_at, dispatch_uid="scim.linking.changed")
    user_blocked.connect(_look_at, dispatch_uid="scim.linking.blocked")
    register(Job("link_visible_users", _("Show directories the users who entered their scope"), _OFTEN, _link_some))


def link_existing(configuration: ScimConfiguration, *, by: Origin, limit: int | None = None) -> int:
    """How many users in scope got a link whom nobody keeps. Whom this configuration removed comes back by a POST."""
    pks = list(_entering(configuration).order_by("pk").values_list("pk", flat=True)[:limit])
    return _link_all(configuration, pks, by)


def _entering(configuration: ScimConfiguration) -> QuerySet[LmsUser]:
    known = ScimLink.objects.filter(user=OuterRef("pk"), configuration=configuration)
    users = LmsUser.objects.filter(configuration.scope()).exclude(Exists(known))
    if configuration.tolerances.shared_users:
        return users
    return users.exclude(Exists(ScimLink.objects.live().filter(user=OuterRef("pk"))))


def _showing() -> QuerySet[ScimConfiguration]:
    return ScimConfiguration.objects.filter(existing_users=Existing.VISIBLE, active=True).order_by("pk")


def _look_at(user_ids: list[int], **_kwargs: Any) -> None:
    """Users changed: those who entered a scope by it are linked at once."""
    for configuration in _showing():
        pks = list(_entering(configuration).filter(pk__in=user_ids).values_list("pk", flat=True))
        _link_all(configuration, pks, _BY)


def _link_some() -> str:
    """For whatever else moves users or scopes: a changed rule, a user deleted elsewhere, a process that died."""
    linked = sum(link_existing(one, by=_BY, limit=_AT_ONCE) for one in _showing())
    return f"Linked {linked} users." if linked else ""


def _link_all(configuration: ScimConfiguration, pks: list[int], by: Origin) -> int:
    exact = published(shape_of(configuration)).case_exact if pks else frozenset()
    return sum(_link(configuration, pk, exact, by) for pk in pks)


def _link(configuration: ScimConfiguration, pk: int, exact: frozenset[str], by: Origin) -> int:
    """One transaction, so that nobody waits; 0 where somebody was quicker."""
    try:
        with transaction.atomic():
            LmsUser.objects.locked(pk=pk)
            user = _entering(configuration).get(pk=pk)
            now, data = timezone.now(), resource_of(user, configuration.rows)
            link = ScimLink(configuration=configuration, kind=ScimLink.Kind.USER, user=user, created=now, modified=now)
            link.data, link.key = data, key(user.user_name)
            link.save()
            index.write(link, exact)
            audit.record("user_linked", user, by=by, scim_configuration=configuration.name, scim_id=str(link.scim_id))
    except (IntegrityError, LmsUser.DoesNotExist):
        return 0
    return 1


def resource_of(user: LmsUser, rows: mapping.Rows) -> dict[str, Any]:
    """The resource that says of ``user`` what ``rows`` map."""
    data: dict[str, Any] = {"schemas": [mapping.USER]}
    for row in rows:
        if row.target not in ("", "manager") and (text := getattr(user, row.target)):
            mapping.restate(data, row.path, text)
    return data
