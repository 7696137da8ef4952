"""Changes of administrators, each one transaction with its audit entry."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from clients import audit
from clients.audit import Origin
from clients.models import Administrator
from clients.roles import Assigned, store_assignments

SETTABLE = ("first_name", "last_name", "email", "employee_id", "is_superuser", "is_active")


class LastSuperadmin(Exception):
    """Nobody would be left who may do everything. Nothing changed."""


@sensitive_variables()
@transaction.atomic
def create_administrator(
    username: str,
    password: str,
    *,
    superadmin: bool = False,
    one_time: bool = False,
    values: Mapping[str, Any] | None = None,
    roles: Iterable[Assigned] = (),
    by: Origin,
) -> Administrator:
    """An administrator who may log in; with ``one_time``, to choose another password before anything else.

    ``values``: any of SETTABLE. A taken name or a weak password raises ValidationError.
    """
    wanted = {**_settable(values or {}), "is_superuser": superadmin}
    administrator = Administrator(username=username, must_change_password=one_time, **wanted)
    administrator.created_by = administrator.updated_by = by.administrator
    validate_password(password, administrator)
    administrator.set_password(password)
    administrator.full_clean()
    administrator.save()
    roles = list(roles)
    store_assignments(administrator, roles)
    held = sorted(each.words for each in roles)
    audit.record("administrator_created", administrator, by=by, superadmin=superadmin, roles=held)
    return administrator


@transaction.atomic
def update_administrator(administrator: Administrator, *, values: Mapping[str, Any], by: Origin) -> bool:
    """Set any of SETTABLE. False when nothing differed. LastSuperadmin where none would be left."""
    # All superadmins are locked in one order: two of them who block each other do not both succeed.
    superadmins = {row.pk for row in _superadmins().select_for_update().order_by("pk")}
    current = Administrator.objects.select_for_update().get(pk=administrator.pk)
    wanted = _settable(values)
    changes = {name: [getattr(current, name), new] for name, new in wanted.items() if getattr(current, name) != new}
    if not changes:
        return False
    for name, new in wanted.items():
        setattr(current, name, new)
    if superadmins == {current.pk} and not (current.is_superuser and current.is_active):
        raise LastSuperadmin
    current.updated_by = by.administrator
    current.full_clean()
    current.save()
    audit.record("administrator_updated", current, by=by, **changes)
    return True


def superadmin_exists() -> bool:
    return bool(_superadmins().exists())


def _superadmins() -> Any:
    return Administrator.objects.filter(is_superuser=True, is_active=True)


def _settable(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(SETTABLE):
        raise TypeError(f"not settable: {', '.join(sorted(unknown))}")
    return dict(values)
