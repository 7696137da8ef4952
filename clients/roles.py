"""Changes of roles and of who holds them. Each is one transaction with its audit entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from clients import audit
from clients.administration import LIMITABLE, PERMISSIONS, Action, Grant, ObjectType, Rights
from clients.audit import Origin
from clients.locking import lock
from clients.models import Administrator, PermissionLabel, Role, RoleAssignment, RolePermission
from clients.models.label import parents
from clients.models.role import grant

SETTABLE = ("name", "short_description", "description")


class RoleHeld(Exception):
    """Somebody holds the role. Nothing changed."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What a role allows. ``labels`` None: without a limit, which is the only way for objects that bear no labels."""

    type: ObjectType
    action: Action
    labels: tuple[PermissionLabel, ...] | None = None

    def __post_init__(self) -> None:
        if self.action not in PERMISSIONS[self.type]:
            raise ValueError(f"there is no permission to {self.action} {self.type}")
        if self.labels is not None and self.type not in LIMITABLE:
            raise ValueError(f"{self.type} bears no labels")

    @property
    def grant(self) -> Grant:
        """As whoever holds the role without a narrowing has it."""
        limit = None if self.labels is None else frozenset(label.pk for label in self.labels)
        return Grant(self.type, self.action, 0, "", limit, None)

    @property
    def words(self) -> str:
        """For the audit log: ``client edit`` or ``client edit: HR / Helsinki``."""
        return f"{self.type} {self.action}" + _limited(self.labels)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A role as an administrator shall hold it. ``labels`` None: as wide as the role itself."""

    role: Role
    labels: tuple[PermissionLabel, ...] | None = field(default=None)

    @property
    def words(self) -> str:
        return self.role.name + _limited(self.labels)


def _limited(labels: Iterable[PermissionLabel] | None) -> str:
    if labels is None:
        return ""
    return ": " + (", ".join(sorted(label.path for label in labels)) or "nothing")


@transaction.atomic
def create_role(*, values: Mapping[str, Any], permissions: Iterable[Permission] = (), by: Origin) -> Role:
    """``values``: any of SETTABLE. A name that another role has raises ValidationError."""
    role = Role(**_settable(values), created_by=by.administrator, updated_by=by.administrator)
    role.full_clean()
    role.save()
    permissions = list(permissions)
    _store_permissions(role, permissions)
    audit.record("role_created", role, by=by, **_settable(values), permissions=_words(permissions))
    return role


@transaction.atomic
def update_role(role: Role, *, values: Mapping[str, Any], by: Origin) -> bool:
    """Set any of SETTABLE. False when nothing differed, and then nothing is written."""
    current = lock(Role.objects.all(), role.pk)
    wanted = _settable(values)
    changes = {name: [getattr(current, name), new] for name, new in wanted.items() if getattr(current, name) != new}
    if not changes:
        return False
    for name, new in wanted.items():
        setattr(current, name, new)
    current.updated_by = by.administrator
    current.full_clean()
    current.save()
    audit.record("role_updated", current, by=by, **changes)
    return True


@transaction.atomic
def set_permissions(role: Role, permissions: Iterable[Permission], *, by: Origin) -> bool:
    """Replace what the role allows, for all who hold it at once. False when nothing differed."""
    current = lock(Role.objects.all(), role.pk)
    before, permissions = permissions_of(current), list(permissions)
    change = [_words(before), _words(permissions)]
    if change[0] == change[1]:
        return False
    current.permissions.all().delete()
    _store_permissions(current, permissions)
    current.updated_by = by.administrator
    current.save()
    audit.record("role_permissions_changed", current, by=by, permissions=change)
    return True


@transaction.atomic
def delete_role(role: Role, *, by: Origin) -> None:
    """Raises RoleHeld while anybody holds it, so no deletion ever changes anybody's access."""
    current = lock(Role.objects.all(), role.pk)
    if current.assignments.exists():
        raise RoleHeld
    audit.record("role_deleted", current, by=by, permissions=_words(permissions_of(current)))
    current.delete()


@transaction.atomic
def assign_roles(administrator: Administrator, assigned: Iterable[Assigned], *, by: Origin) -> bool:
    """Replace the roles that ``administrator`` holds. False when nothing differed."""
    Administrator.objects.select_for_update().get(pk=administrator.pk)
    before, assigned = assigned_to(administrator), list(assigned)
    change = [sorted(each.words for each in before), sorted(each.words for each in assigned)]
    if change[0] == change[1]:
        return False
    administrator.assignments.all().delete()
    store_assignments(administrator, assigned)
    audit.record("administrator_roles_changed", administrator, by=by, roles=change)
    return True


def exceeding(rights: Rights, assigned: Iterable[Assigned]) -> list[str]:
    """Names of roles that, assigned like this, allow more than ``rights`` do."""
    return [each.role.name for each in assigned if not all(map(rights.covers, _grants(each)))]


def rights_of(role: Role) -> Rights:
    """What the role alone allows, as wide as it is."""
    return Rights(_grants(Assigned(role)), parents())


def _grants(assigned: Assigned) -> list[Grant]:
    narrowing = None if assigned.labels is None else frozenset(label.pk for label in assigned.labels)
    return [grant(row, assigned.role, narrowing) for row in assigned.role.permissions.prefetch_related("labels")]


def store_assignments(administrator: Administrator, assigned: Iterable[Assigned]) -> None:
    for each in assigned:
        row = RoleAssignment.objects.create(administrator=administrator, role=each.role, unlimited=each.labels is None)
        row.labels.set(each.labels or ())


def permissions_of(role: Role) -> list[Permission]:
    rows = role.permissions.prefetch_related("labels__parent")
    return [Permission(ObjectType(row.object_type), Action(row.action), _labels(row)) for row in rows]


def assigned_to(administrator: Administrator) -> list[Assigned]:
    rows = administrator.assignments.select_related("role").prefetch_related("labels__parent").order_by("role__name")
    return [Assigned(row.role, _labels(row)) for row in rows]


def _labels(row: RolePermission | RoleAssignment) -> tuple[PermissionLabel, ...] | None:
    return None if row.unlimited else tuple(row.labels.all())


def _store_permissions(role: Role, permissions: Iterable[Permission]) -> None:
    for each in permissions:
        row = RolePermission.objects.create(
            role=role, object_type=each.type, action=each.action, unlimited=each.labels is None
        )
        row.labels.set(each.labels or ())


def _words(permissions: Iterable[Permission]) -> list[str]:
    return sorted(each.words for each in permissions)


def _settable(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(SETTABLE):
        raise TypeError(f"not settable: {', '.join(sorted(unknown))}")
    return dict(values)
