"""Changes of SCIM configurations. Each is one transaction with its audit entry; pages and the command call the same."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify

from clients import audit
from clients.audit import Origin
from clients.locking import lock
from clients.models import PermissionLabel
from scim.models import ScimConfiguration

SETTABLE = (
    "name",
    "slug",
    "short_description",
    "active",
    "paused",
    "read_only",
    "rate",
    "burst",
    "existing_users",
    "flags",
    "mapping",
    "matching",
    "scope_rule",
    "stamps",
)


class SlugTaken(Exception):
    """Another configuration has this slug, or it is reserved."""


class InUse(Exception):
    """OAuth clients use the configuration, or users were provisioned through it."""


def create_configuration(
    *, values: Mapping[str, Any], labels: Iterable[PermissionLabel] = (), by: Origin
) -> ScimConfiguration:
    """``values``: any of SETTABLE. Without a slug the name makes one."""
    if values.get("slug"):
        return _create(values, labels, by)
    base = slugify(values["name"])[:56] or "configuration"
    slug, number = base, 1
    while True:
        try:
            return _create({**values, "slug": slug}, labels, by)
        except SlugTaken:
            number += 1
            slug = f"{base}-{number}"


def _create(values: Mapping[str, Any], labels: Iterable[PermissionLabel], by: Origin) -> ScimConfiguration:
    configuration = ScimConfiguration(**_settable(values), created_by=by.administrator, updated_by=by.administrator)
    with transaction.atomic():
        _save(configuration)
        configuration.labels.set(labels)
        facts = {name: getattr(configuration, name) for name in SETTABLE}
        audit.record("scim_configuration_created", configuration, by=by, **facts, labels=_paths(configuration))
    return configuration


@transaction.atomic
def update_configuration(
    configuration: ScimConfiguration,
    *,
    values: Mapping[str, Any],
    labels: Iterable[PermissionLabel] | None = None,
    by: Origin,
) -> None:
    """Set any of SETTABLE, and the labels unless None. Nothing is written when nothing differs."""
    current = lock(ScimConfiguration.objects.all(), configuration.pk)
    changes = {
        name: [getattr(current, name), value]
        for name, value in _settable(values).items()
        if getattr(current, name) != value
    }
    before = _paths(current)
    if labels is not None:
        current.labels.set(labels)
    if (after := _paths(current)) != before:
        changes["labels"] = [before, after]
    if not changes:
        return
    for name, value in values.items():
        setattr(current, name, value)
    current.updated_by = by.administrator
    current.revision += 1
    _save(current)
    audit.record("scim_configuration_updated", current, by=by, **changes)


@transaction.atomic
def log_reads(configuration: ScimConfiguration, *, until: datetime | None, by: Origin) -> None:
    """Successful reads are in the provisioning log until then; None: from now on no more."""
    times = [None if at is None else at.isoformat() for at in (configuration.log_reads_until, until)]
    ScimConfiguration.objects.filter(pk=configuration.pk).update(log_reads_until=until)
    audit.record("scim_configuration_updated", configuration, by=by, log_reads_until=times)


@transaction.atomic
def delete_configuration(configuration: ScimConfiguration, *, by: Origin) -> None:
    current = lock(ScimConfiguration.objects.all(), configuration.pk)
    audit.record("scim_configuration_deleted", current, by=by, slug=current.slug)
    try:
        current.delete()
    except ProtectedError as error:
        raise InUse from error


def _save(configuration: ScimConfiguration) -> None:
    try:
        with transaction.atomic():
            configuration.save()
    except IntegrityError as error:
        raise SlugTaken from error


def _settable(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(SETTABLE):
        raise TypeError(f"not settable: {', '.join(sorted(unknown))}")
    return dict(values)


def _paths(configuration: ScimConfiguration) -> list[str]:
    return sorted(label.path for label in configuration.labels.select_related("parent"))
