"""Users: the learners of the LMS. They have nothing in common with administrators, no password and no role."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from scim.comparison import key
from scim.models.fields import KeyField

MAX_TEXT = 500  # characters, in every text column of a user


class LmsUserQuerySet(models.QuerySet["LmsUser"]):
    def locked(self, **which: Any) -> "LmsUser | None":
        """The one user; until the transaction ends nobody else changes or links this one."""
        return self.select_for_update(of=("self",), no_key=True).filter(**which).order_by("pk").first()


class LmsUser(models.Model):
    """A user is never deleted by a directory, only blocked.

    The ``*_key`` columns hold the comparison form and are kept by ``save``; bulk updates must not touch their sources.
    """

    class BlockedBy(models.TextChoices):
        DIRECTORY = "directory", _("Directory")
        ADMINISTRATOR = "administrator", _("Administrator")
        IMPORT = "import", _("Import")

    user_name = models.CharField(_("User name"), max_length=MAX_TEXT)
    user_name_key = KeyField(max_length=2 * MAX_TEXT, editable=False)
    email = models.CharField(_("Email"), max_length=MAX_TEXT, blank=True)
    email_key = KeyField(max_length=2 * MAX_TEXT, null=True, editable=False)
    employee_id = models.CharField(_("Employee ID"), max_length=MAX_TEXT, blank=True)
    employee_id_key = KeyField(max_length=2 * MAX_TEXT, null=True, editable=False)
    given_name = models.CharField(_("Given name"), max_length=MAX_TEXT, blank=True)
    middle_name = models.CharField(_("Middle name"), max_length=MAX_TEXT, blank=True)
    family_name = models.CharField(_("Family name"), max_length=MAX_TEXT, blank=True)
    display_name = models.CharField(_("Display name"), max_length=MAX_TEXT, blank=True)
    language = models.CharField(_("Language"), max_length=MAX_TEXT, blank=True)
    phone = models.CharField(_("Phone"), max_length=MAX_TEXT, blank=True)
    title = models.CharField(_("Title"), max_length=MAX_TEXT, blank=True)
    company = models.CharField(_("Company"), max_length=MAX_TEXT, blank=True)
    country = models.CharField(_("Country"), max_length=MAX_TEXT, blank=True)
    location = models.CharField(_("Location"), max_length=MAX_TEXT, blank=True)
    department = models.CharField(_("Department"), max_length=MAX_TEXT, blank=True)
    division = models.CharField(_("Division"), max_length=MAX_TEXT, blank=True)
    business_unit = models.CharField(_("Business unit"), max_length=MAX_TEXT, blank=True)
    job_title = models.CharField(_("Job title"), max_length=MAX_TEXT, blank=True)
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    internal = models.BooleanField(_("Internal"), default=True)
    custom = models.JSONField(default=dict, blank=True)
    blocked = models.BooleanField(_("Blocked"), default=False)
    blocked_at = models.DateTimeField(_("Blocked since"), null=True, editable=False)
    blocked_by = models.CharField(max_length=13, choices=BlockedBy.choices, blank=True, editable=False)
    created = models.DateTimeField(_("Created"), auto_now_add=True)
    updated = models.DateTimeField(_("Updated"), auto_now=True)

    objects = LmsUserQuerySet.as_manager()

    class Meta:
        ordering = ["user_name_key"]
        constraints = [
            models.UniqueConstraint(fields=["user_name_key"], name="lms_user_unique_user_name"),
            models.UniqueConstraint(fields=["email_key"], name="lms_user_unique_email"),
            models.UniqueConstraint(fields=["employee_id_key"], name="lms_user_unique_employee_id"),
            models.CheckConstraint(
                condition=models.Q(blocked=False, blocked_at=None) | models.Q(blocked=True, blocked_at__isnull=False),
                name="lms_user_blocked_since",
            ),
        ]
        indexes = [models.Index(fields=["division"], name="lms_user_by_division")]

    def __str__(self) -> str:
        return self.user_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.user_name_key = key(self.user_name)
        self.email_key = key(self.email) or None
        self.employee_id_key = key(self.employee_id) or None
        super().save(*args, **kwargs)
