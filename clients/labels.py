"""Changes of permission labels, each one transaction with its audit entry."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from clients import audit
from clients.administration import Action, Grant, ObjectType, Rights
from clients.audit import Origin
from clients.locking import Gone, lock
from clients.models import Administrator, PermissionLabel
from clients.models.label import Labelled, descendants, labelled_models, parents
from clients.models.role import grants_of


class LabelInUse(Exception):
    """Something bears the label, it limits a role or who holds one, or it has labels below it. Nothing changed."""


@transaction.atomic
def create_label(
    name: str,
    *,
    parent: PermissionLabel | None = None,
    short_description: str = "",
    description: str = "",
    by: Origin,
) -> PermissionLabel:
    """A name that a sibling has raises ValidationError."""
    label = PermissionLabel(name=name, parent=parent, short_description=short_description, description=description)
    label.created_by = label.updated_by = by.administrator
    keep(label)
    audit.record("label_created", label, by=by, path=label.path)
    return label


@transaction.atomic
def update_label(label: PermissionLabel, *, by: Origin, **values: Any) -> bool:
    """Set any of its fields. False when nothing differed. A cycle or a sibling's name raises ValidationError."""
    # Moves are rare and each may close a cycle with another: they run one after the other.
    rows = {row.pk: row for row in PermissionLabel.objects.select_for_update().order_by("pk")}
    current = rows.get(label.pk)
    if current is None:
        raise Gone
    changes = change(current, values, inside=descendants([label.pk]))
    if not changes:
        return False
    current.updated_by = by.administrator
    keep(current)
    audit.record("label_updated", current, by=by, **changes)
    return True


def change(label: Any, values: Mapping[str, Any], *, inside: Collection[int]) -> dict[str, Any]:
    """Set ``values`` of a label of any sort, not saved; what changed, as the audit log tells it.

    ``inside``: ids of the label and of those below it. A parent among them raises ValidationError.
    """
    changed = {name: value for name, value in values.items() if getattr(label, name) != value}
    if (parent := changed.get("parent")) and parent.pk in inside:
        raise ValidationError({"parent": "A label cannot be below itself."}, code="cycle")
    facts = {name: [_plain(getattr(label, name)), _plain(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(label, name, value)
    return facts


def keep(label: Any) -> None:
    """Save a label of any sort. A sibling's name raises ValidationError, also one that came after the check."""
    label.full_clean()
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError as error:
        raise ValidationError({"name": "A label beside it has this name already."}, code="unique") from error


@transaction.atomic
def delete_label(label: PermissionLabel, *, by: Origin) -> None:
    """Raises LabelInUse while anything depends on it, so no deletion ever changes anybody's access."""
    current = lock(PermissionLabel.objects.all(), label.pk)
    if in_use(current):
        raise LabelInUse
    audit.record("label_deleted", current, by=by, path=current.path)
    current.delete()


def in_use(label: PermissionLabel) -> bool:
    bearing = any(bearers(model, label).exists() for model in labelled_models())
    limiting = label.rolepermissions.exists() or label.roleassignments.exists()
    return bearing or limiting or label.children.exists()


def bearers(model: type[Labelled], label: PermissionLabel) -> Any:
    """The objects of ``model`` that bear the label itself."""
    return model._default_manager.filter(labels=label)  # noqa: SLF001 - each model names its manager objects


def moved_access(
    label: PermissionLabel, parent: PermissionLabel | None
) -> tuple[list[Administrator], list[Administrator]]:
    """Administrators who would gain, and who would lose, any access if the label moved below ``parent``."""
    now = parents()
    moved = {**now, label.pk: parent.pk if parent else None}
    gain, lose = [], []
    for person in Administrator.objects.filter(is_superuser=False, is_active=True).order_by("username"):
        grants = grants_of(person)
        before, after = _covered(grants, now), _covered(grants, moved)
        gain += [person] if after - before else []
        lose += [person] if before - after else []
    return gain, lose


def _covered(grants: list[Grant], tree: Mapping[int, int | None]) -> set[tuple[ObjectType, Action, int]]:
    """Each label that a limited permission covers, with the permission."""
    rights = Rights(grants, tree)
    held = {(grant.type, grant.action) for grant in grants}
    return {(kind, action, pk) for kind, action in held for pk in rights.reach(kind, action) or ()}


def _plain(value: Any) -> Any:
    return value.path if isinstance(value, Model) else value  # type: ignore[attr-defined]
