"""Fills an installation with invented data to look around in. Run again, it adds only what is missing."""

import secrets
from typing import Any

from django.core.management import BaseCommand, call_command
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from clients.actions import create_client
from clients.administration import LABELLED, PERMISSIONS
from clients.administrators import create_administrator
from clients.audit import Origin
from clients.labels import create_label
from clients.lms_settings import change_settings
from clients.management import lookups
from clients.models import Administrator, Client, PermissionLabel, Role
from clients.roles import Assigned, Permission, create_role

BY = Origin.command("load_demo")
# Commands of the services above this layer. The first makes the SCIM configuration of the first client below.
SERVICES = ("load_demo_users", "load_demo_events")

LABELS = {
    "Demo group": "Everything that the invented Demo Group administers in common",
    "Demo group / Helsinki": "Office in Helsinki",
    "Demo group / Tampere": "Office in Tampere",
    "Demo partners": "Integrations run with partners",
    "Demo partners / Suppliers": "Suppliers of course content",
}
ADMINISTRATORS = {"demo-helsinki": "Demo group / Helsinki", "demo-partners": "Demo partners"}
ROLE = "Demo integration administrator"
CLIENTS: list[tuple[dict[str, Any], str]] = [
    (
        {
            "name": "Demo identity provider",
            "short_description": "Provisions the learners of the Demo Group",
            "scim_configuration": "demo",
        },
        "Demo group",
    ),
    (
        {
            "name": "Demo course platform",
            "short_description": "Stores statements about completed courses",
            "lrs_own": True,
        },
        "Demo group / Helsinki",
    ),
    (
        {
            "name": "Demo partner LMS",
            "short_description": "Reads results and synchronizes events",
            "lrs_full_read": True,
            "shared_events": True,
        },
        "Demo partners / Suppliers",
    ),
]


class Command(BaseCommand):
    help = "Add invented labels, administrators, clients, learners and events. What is there already stays."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if not Client.objects.filter(name__in=[values["name"] for values, _label in CLIENTS]).exists():
            change_settings({"shared_events_enabled": True}, by=BY)
        for path, description in LABELS.items():
            _ensure_label(path, description)
        for username, path in ADMINISTRATORS.items():
            self._ensure_administrator(username, path)
        for command in SERVICES:
            call_command(command, stdout=self.stdout)
        for values, path in CLIENTS:
            _ensure_client(values, path)

    @sensitive_variables()
    def _ensure_administrator(self, username: str, path: str) -> None:
        if Administrator.objects.filter(username__iexact=username).exists():
            return
        password = secrets.token_urlsafe(15)
        held = [Assigned(_ensure_role(), tuple(lookups.labels([path])))]
        create_administrator(username, password, one_time=True, roles=held, by=BY)
        self.stdout.write(f"Administrator {username}, limited to {path}. One-time password: {password}")


def _ensure_role() -> Role:
    """Everything that bears labels; who holds it is limited to some."""
    if found := Role.objects.filter(name__iexact=ROLE).first():
        return found
    about = "Manages what bears the permission labels that the assignment is limited to"
    permissions = [Permission(kind, action) for kind in LABELLED for action in PERMISSIONS[kind]]
    return create_role(values={"name": ROLE, "short_description": about}, permissions=permissions, by=BY)


def _ensure_label(path: str, description: str) -> None:
    above, _, name = path.rpartition(" / ")
    parent = lookups.labels([above])[0] if above else None
    if not PermissionLabel.objects.filter(name__iexact=name, parent=parent).exists():
        create_label(name, parent=parent, short_description=description, by=BY)


def _ensure_client(values: dict[str, Any], path: str) -> None:
    if Client.objects.filter(name=values["name"]).exists():
        return
    if slug := values.get("scim_configuration"):
        values = values | {"scim_configuration": lookups.scim_configuration(slug)}
    create_client(values=values, labels=lookups.labels([path]), by=BY)
