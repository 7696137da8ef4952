"""The one row of settings an administrator may change."""

import time
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

_FRESH_SECONDS = 5.0


class LmsSettings(models.Model):
    """Row 1, made by the first migration. Rights never come from ``current()``, which may be seconds old."""

    shared_events_enabled = models.BooleanField(_("Shared events enabled"), default=False)
    shared_event_registrations_enabled = models.BooleanField(
        _("Registrations for shared events enabled"), default=False
    )
    employee_ids_in_use = models.BooleanField(_("Employee IDs in use"), default=False)
    blocked_user_retention_months = models.PositiveIntegerField(
        _("Months until blocked users are deleted"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    public_address = models.URLField(_("Public address of the LMS"), blank=True)
    access_token_lifetime_seconds = models.PositiveIntegerField(
        _("Access token lifetime (seconds)"),
        default=3600,
        validators=[MinValueValidator(300), MaxValueValidator(86_400)],
    )
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    language = models.CharField(_("Default language"), max_length=8, default="en")
    updated = models.DateTimeField(_("Updated"), auto_now=True)

    _cached: tuple[float, "LmsSettings"] | None = None

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="settings_one_row")]

    def __str__(self) -> str:
        return "LMS settings"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)
        type(self).forget()

    @classmethod
    def current(cls) -> Self:
        """The settings, at most five seconds old."""
        now = time.monotonic()
        if cls._cached is None or now - cls._cached[0] > _FRESH_SECONDS:
            cls._cached = (now, cls.objects.get_or_create(pk=1)[0])
        return cls._cached[1]  # type: ignore[return-value]

    @classmethod
    def forget(cls) -> None:
        cls._cached = None
