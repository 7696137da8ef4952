"""Adds an administrator who holds roles, and prints a one-time password."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.views.decorators.debug import sensitive_variables

from clients.administrators import create_administrator
from clients.audit import Origin
from clients.management import lookups
from clients.roles import Assigned


class Command(BaseCommand):
    help = "Add an administrator and print a one-time password. See also create_superadmin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--role", action="append", default=[], help="name of a role; may be repeated")
        parser.add_argument(
            "--label", action="append", default=[], help="narrows the roles: name or path (HR / Helsinki)"
        )

    @sensitive_variables()
    def handle(self, **options: Any) -> None:
        labels = tuple(lookups.labels(options["label"])) or None
        password = secrets.token_urlsafe(15)
        try:
            create_administrator(
                options["username"],
                password,
                one_time=True,
                values={name: options[name] for name in ("first_name", "last_name", "email")},
                roles=[Assigned(role, labels) for role in lookups.roles(options["role"])],
                by=Origin.command("create_administrator"),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Administrator {options['username']} added. One-time password: {password}")
