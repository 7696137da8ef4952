"""A SCIM configuration: which users an identity provider sees and keeps current."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.models import Labelled, LabelledQuerySet
from scim.mapping import Row, effective, rows_of
from scim.scope import compiled
from scim.tolerances import Tolerances


class Existing(models.TextChoices):
    """What becomes of users the LMS had before."""

    LINK = "link", _("Link when the directory creates them")
    VISIBLE = "visible", _("Show those in scope to the directory")
    REFUSE = "refuse", _("Refuse to create them again")


class Key(models.TextChoices):
    """What tells who somebody is."""

    EXTERNAL_ID = "externalId", _("External ID")
    USER_NAME = "userName", _("User name")
    EMAIL = "email", _("Email")
    EMPLOYEE_ID = "employeeId", _("Employee ID")


def default_matching() -> list[str]:
    return list(Key.values)


def default_flags() -> dict[str, bool]:
    return Tolerances().flags()


class ScimConfiguration(Labelled):
    object_type = ObjectType.SCIM_CONFIGURATION

    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(_("Slug"), max_length=64, db_index=False)
    short_description = models.CharField(_("Short description"), max_length=200, blank=True)
    active = models.BooleanField(_("Active"), default=True)
    scope_rule = models.JSONField(default=dict, blank=True, editable=False)  # scim.scope; empty: the whole LMS
    stamps = models.JSONField(default=dict, blank=True, editable=False)  # field of a new user: text, {userName} in it
    mapping = models.JSONField(default=list, blank=True, editable=False)  # scim.mapping rows; empty: Standard
    matching = models.JSONField(default=default_matching, blank=True, editable=False)
    existing_users = models.CharField(
        _("Existing users"), max_length=7, choices=Existing.choices, default=Existing.LINK
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    flags = models.JSONField(
        default=default_flags, blank=True, editable=False
    )  # of Tolerances; what is left out is as for Entra
    paused = models.BooleanField(_("Paused"), default=False)
    read_only = models.BooleanField(_("Read-only"), default=False)
    rate = models.PositiveIntegerField(_("Requests a second"), default=100)  # 0: no limit
    burst = models.PositiveIntegerField(_("Requests at once"), default=2000)
    log_reads_until = models.DateTimeField(_("Reads are logged until"), null=True, editable=False)
    created = models.DateTimeField(_("Created"), auto_now_add=True)
    updated = models.DateTimeField(_("Updated"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = LabelledQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="scim_configuration_unique_slug"),
            models.CheckConstraint(condition=~models.Q(slug="v2"), name="scim_configuration_slug_not_reserved"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("scim-configuration", args=[self.pk])

    def scope(self, prefix: str = "") -> models.Q:
        """The users it sees, as a condition on LmsUser or, with ``prefix``, on a model that leads to it."""
        return compiled(self.scope_rule, prefix)

    def stamped(self, user_name: str) -> dict[str, Any]:
        """Fields set on each user it creates; a directory cannot set these."""
        return {field: text.replace("{userName}", user_name) for field, text in self.stamps.items()}

    def logs_reads_at(self, at: datetime) -> bool:
        return self.log_reads_until is not None and at < self.log_reads_until

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is kept of a resource, and where."""
        return effective(rows_of(self.mapping), self.stamps)

    @property
    def tolerances(self) -> Tolerances:
        return Tolerances.of(self.flags)
