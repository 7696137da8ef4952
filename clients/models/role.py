"""Roles: named sets of permissions, and which administrators hold them."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.administration import Action, Grant, ObjectType
from clients.models.label import PermissionLabel

if TYPE_CHECKING:
    from clients.models.administrator import Administrator


_TYPES, _ACTIONS = [kind.value for kind in ObjectType], [action.value for action in Action]


class Role(models.Model):
    object_type = ObjectType.ROLE

    name = models.CharField(_("Name"), max_length=120)
    short_description = models.CharField(_("Short description"), max_length=200, blank=True)
    description = models.TextField(_("Description"), blank=True)
    created = models.DateTimeField(_("Created"), auto_now_add=True)
    updated = models.DateTimeField(_("Updated"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("role")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="role_unique_name_ignoring_case")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("role", args=[self.pk])


class Limited(models.Model):
    """Without a limit by an explicit flag: where the last label goes, nothing is left and not everything."""

    unlimited = models.BooleanField(default=False)
    labels = models.ManyToManyField(PermissionLabel, blank=True, related_name="%(class)ss")

    class Meta:
        abstract = True

    @property
    def limit(self) -> frozenset[int] | None:
        return None if self.unlimited else frozenset(label.pk for label in self.labels.all())


class RolePermission(Limited):
    role = models.ForeignKey(Role, models.CASCADE, related_name="permissions", db_index=False)
    object_type = models.CharField(max_length=32)
    action = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "object_type", "action"], name="role_permission_once"),
            models.CheckConstraint(
                condition=models.Q(object_type__in=_TYPES),
                name="role_permission_known_type",
            ),
            models.CheckConstraint(condition=models.Q(action__in=_ACTIONS), name="role_permission_known_action"),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.action}"


class RoleAssignment(Limited):
    """A role that an administrator holds, narrowed to ``labels`` unless ``unlimited``."""

    administrator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments", db_index=False
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["administrator", "role"], name="role_assigned_once")]

    def __str__(self) -> str:
        return f"{self.role} of {self.administrator}"


def grants_of(administrator: "Administrator") -> list[Grant]:
    """One for each permission of each role held. The number of queries does not depend on how many there are."""
    held = administrator.assignments.select_related("role")
    return [
        grant(permission, assignment.role, assignment.limit)
        for assignment in held.prefetch_related("labels", "role__permissions__labels")
        for permission in assignment.role.permissions.all()
    ]


def grant(permission: RolePermission, role: Role, narrowing: Any) -> Grant:
    """``narrowing``: ids of labels, or None."""
    kind, action = ObjectType(permission.object_type), Action(permission.action)
    return Grant(kind, action, role.pk, role.name, permission.limit, narrowing)
