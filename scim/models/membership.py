"""Who belongs to a directory group. A membership never leaves its configuration."""

from typing import Self

from django.db import models

from scim.models.configuration import ScimConfiguration
from scim.models.link import ScimLink


class ScimMembershipQuerySet(models.QuerySet["ScimMembership"]):
    def visible_to(self, configuration: ScimConfiguration) -> Self:
        """Those whose member the configuration sees now."""
        return self.filter(configuration.scope("member__user__"), member__gone_at__isnull=True)


class ScimMembership(models.Model):
    group = models.ForeignKey(ScimLink, models.CASCADE, related_name="memberships", db_index=False)
    member = models.ForeignKey(ScimLink, models.CASCADE, related_name="member_of")

    objects = ScimMembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="scim_membership_unique")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.group_id}"
