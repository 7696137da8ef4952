"""Changes of the LMS-wide settings."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from clients import audit
from clients.audit import Origin
from clients.models import LmsSettings

_FIELDS = LmsSettings._meta.concrete_fields  # noqa: SLF001 - the documented way to a model's fields
CHANGEABLE = tuple(field.name for field in _FIELDS if field.name not in {"id", "updated"})


@transaction.atomic
def change_settings(values: Mapping[str, Any], *, by: Origin) -> bool:
    """Set any of CHANGEABLE. False when nothing differed, and then nothing is written. Bad values: ValidationError."""
    row = LmsSettings.objects.select_for_update().get()
    changes = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    if not changes:
        return False
    for name, (_old, new) in changes.items():
        setattr(row, name, new)
    row.full_clean()
    row.save()
    transaction.on_commit(LmsSettings.forget)
    audit.record("settings_changed", row, by=by, **changes)
    return True
