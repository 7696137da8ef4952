"""Administrators: people who may enter the pages. Learners are other records, in another app."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clients.administration import Action, ObjectType, Rights
from clients.models.label import parents
from clients.models.role import grants_of


class Administrator(AbstractUser):
    """``is_superuser`` is the superadmin; anybody else may do what the roles assigned to them allow."""

    object_type = ObjectType.ADMINISTRATOR

    employee_id = models.CharField(_("Employee ID"), max_length=64, blank=True)
    must_change_password = models.BooleanField(default=False, editable=False)  # it was made for them, for one use
    language = models.CharField(_("Language"), max_length=8, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    theme = models.CharField(_("Theme"), max_length=8, blank=True)
    density = models.CharField(_("Density"), max_length=8, blank=True, db_default="")
    shortcuts = models.BooleanField(_("Keyboard shortcuts"), default=True, db_default=True)

    updated = models.DateTimeField(_("Updated"), auto_now=True, db_default=Now())
    created_by = models.ForeignKey("self", models.SET_NULL, null=True, editable=False, related_name="+")
    updated_by = models.ForeignKey("self", models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("administrator")
        constraints = [models.UniqueConstraint(Lower("username"), name="administrator_unique_username_ignoring_case")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def created(self) -> datetime:
        joined: datetime = self.date_joined
        return joined

    def get_absolute_url(self) -> str:
        return reverse("administrator", args=[self.pk])

    @cached_property
    def rights(self) -> Rights:
        """As they stood when first asked for: each request loads its administrator anew."""
        if not self.is_active:
            return Rights()
        if self.is_superuser:
            return Rights(everything=True)
        return Rights(grants_of(self), parents())

    def reach(self, action: Action, kind: ObjectType | None = None) -> set[int] | None:
        """Ids of the labels whose bearers ``action`` covers; None = no limit; empty = nothing at all.

        Without ``kind``, what holds for every type of object that bears labels.
        """
        return self.rights.reach(kind, action)

    def may(self, action: Action, kind: ObjectType) -> bool:
        """Whether there is any object of this type that ``action`` covers."""
        return self.rights.may(kind, action)
