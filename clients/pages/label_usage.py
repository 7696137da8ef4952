"""What bears a label, as far as the administrator may see it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.labels import bearers
from clients.models import Administrator, PermissionLabel, Role
from clients.models.label import Action, labelled_models
from clients.pages.text import Text

SHOWN_PER_TYPE = 200


@dataclass(frozen=True, slots=True)
class Bearer:
    """``active`` is None where the type knows no such state; ``url`` is empty where there is no page."""

    name: str
    type: Text
    active: bool | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """``left_off`` counts what is not listed for length; ``hidden``: somebody out of sight depends on it too."""

    bearers: list[Bearer]
    left_off: int
    hidden: bool


def usage_of(label: PermissionLabel, user: Administrator) -> Usage:
    found: list[Bearer] = []
    left_off = 0
    for model in labelled_models():
        rows = bearers(model, label).in_reach_of(user, Action.VIEW).order_by("pk")
        found += [_bearer(row) for row in rows[:SHOWN_PER_TYPE]]
        left_off += max(rows.count() - SHOWN_PER_TYPE, 0)
    found += [Bearer(below.name, _("Label below it")) for below in label.children.all()]
    limited, hidden = _limited_by(label, user)
    return Usage(found + limited, left_off, hidden)


def _limited_by(label: PermissionLabel, user: Administrator) -> tuple[list[Bearer], bool]:
    """Roles and administrators that the label limits, and whether some are out of sight."""
    roles = Role.objects.filter(permissions__labels=label).distinct()
    people = Administrator.objects.filter(assignments__labels=label).distinct().order_by("username")
    found: list[Bearer] = []
    hidden = False
    if user.may(Action.VIEW, ObjectType.ROLE):
        found += [Bearer(role.name, _("Role"), None, role.get_absolute_url()) for role in roles]
    else:
        hidden = roles.exists()
    if user.may(Action.VIEW, ObjectType.ADMINISTRATOR):
        found += [_person(person) for person in people]
    else:
        hidden = hidden or people.exists()
    return found, hidden


def _person(person: Administrator) -> Bearer:
    return Bearer(str(person), _("Administrator"), person.is_active, person.get_absolute_url())


def _bearer(row: Any) -> Bearer:
    verbose_name = row._meta.verbose_name or ""  # noqa: SLF001 - the documented way to a model's name
    return Bearer(str(row), verbose_name, getattr(row, "active", None), row.get_absolute_url())
