"""The provisioning log: what directories asked for and what came of it."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from scim.models.configuration import ScimConfiguration


class AppendOnly(TypeError):
    """Entries are written once; only the purge commands take them away, or a person out of them."""


class ProvisioningEntryQuerySet(models.QuerySet["ProvisioningEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly

    def purge(self) -> int:
        """For the purge command."""
        return super().delete()[0]

    def empty(self) -> int:
        """Take away what tells of a person; for the purge of users."""
        return super().update(external_id="", changes={}, body="", warnings=[], user_pk=None)


class ProvisioningEntry(models.Model):
    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        UNCHANGED = "unchanged", _("Nothing to change")
        READ = "read", _("Read")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    at = models.DateTimeField(_("Time"))
    configuration = models.ForeignKey(ScimConfiguration, models.CASCADE, related_name="entries", db_index=False)
    client_name = models.CharField(_("OAuth client"), max_length=200)
    credential = models.CharField(max_length=20)
    request_id = models.CharField(_("Request"), max_length=64)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)  # with the query, without the values of a filter
    kind = models.CharField(_("Type"), max_length=5, blank=True)
    scim_id = models.CharField(_("SCIM ID"), max_length=36, blank=True)
    external_id = models.CharField(_("External ID"), max_length=500, blank=True)
    user_pk = models.BigIntegerField(null=True)  # of LmsUser; the entry outlives the user
    status = models.PositiveSmallIntegerField(_("Status"))
    scim_type = models.CharField(max_length=30, blank=True)
    detail = models.TextField(blank=True)
    outcome = models.CharField(_("Outcome"), max_length=9, choices=Outcome.choices)
    duration_ms = models.PositiveIntegerField()
    user_agent = models.CharField(max_length=200, blank=True)
    warnings = models.JSONField(default=list)
    changes = models.JSONField(default=dict)  # old and new value by SCIM path, redacted
    body = models.TextField(blank=True)  # of the request, redacted, at most 8 KiB

    objects = ProvisioningEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["configuration", "-id"], name="scim_entry_by_configuration"),
            models.Index(fields=["scim_id"], name="scim_entry_by_scim_id"),
            models.Index(fields=["user_pk"], name="scim_entry_by_user"),
            models.Index(fields=["at"], name="scim_entry_by_time"),
            models.Index(fields=["configuration", "at", "outcome"], name="scim_entry_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly
