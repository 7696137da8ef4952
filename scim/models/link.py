"""What one SCIM configuration knows of a user or a group: its own id, externalId, version, and the resource as sent."""

import uuid
from typing import Any, Self

from django.db import models

from scim.models.configuration import ScimConfiguration
from scim.models.fields import KeyField
from scim.models.user import MAX_TEXT, LmsUser


class ScimLinkQuerySet(models.QuerySet["ScimLink"]):
    def live(self) -> Self:
        return self.filter(gone_at__isnull=True)

    def visible_to(self, configuration: ScimConfiguration) -> Self:
        """Where every read and write of a configuration begins: its own live groups and users in its scope."""
        own, scope = self.live().filter(configuration=configuration), configuration.scope("user__")
        return own.filter(models.Q(kind=ScimLink.Kind.GROUP) | scope) if scope else own


class ScimLink(models.Model):
    """Ids are never reused: a removed link stays as a tombstone (``gone_at``), and its user may get another one."""

    class Kind(models.TextChoices):
        USER = "User"
        GROUP = "Group"

    configuration = models.ForeignKey(ScimConfiguration, models.PROTECT, related_name="links")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    scim_id = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey(LmsUser, models.SET_NULL, null=True, related_name="links")
    key = KeyField(max_length=2 * MAX_TEXT)  # userName or displayName in comparison form
    external_id = KeyField(max_length=MAX_TEXT, blank=True)  # case-exact, RFC 7643 §3.1
    data = models.JSONField(default=dict)  # as served, without id, externalId, meta, active, groups and members
    version = models.PositiveIntegerField(default=1)
    gone_at = models.DateTimeField(null=True)
    created = models.DateTimeField()
    modified = models.DateTimeField()

    objects = ScimLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["configuration", "scim_id"], name="scim_link_unique_id"),
            models.UniqueConstraint(
                fields=["configuration", "kind", "key"],
                condition=models.Q(gone_at__isnull=True),
                name="scim_link_unique_key",
            ),
            models.UniqueConstraint(
                fields=["configuration", "user"],
                condition=models.Q(gone_at__isnull=True),
                name="scim_link_unique_user",
            ),
        ]
        indexes = [
            models.Index(fields=["configuration", "kind", "external_id"], name="scim_link_by_external_id"),
            models.Index(
                fields=["configuration", "kind", "id"],
                condition=models.Q(gone_at__isnull=True),
                name="scim_link_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scim_id}"

    @property
    def etag(self) -> str:
        """RFC 7644 §3.14."""
        return f'W/"{self.version}"'


def served(link: ScimLink) -> dict[str, Any]:
    """The resource without id and meta. ``active`` is read from the user, so it is never stale."""
    resource = dict(link.data)
    if link.external_id:
        resource["externalId"] = link.external_id
    if link.kind == ScimLink.Kind.GROUP:
        return resource
    assert link.user is not None, "only tombstones lose their user"
    return resource | {"active": not link.user.blocked}
