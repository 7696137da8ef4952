"""Adds an OAuth client and prints its credentials once."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from clients.actions import create_client, regenerate_secret, regenerate_token
from clients.audit import Origin
from clients.management import lookups
from clients.management.output import show_once
from clients.models import Client


class Command(BaseCommand):
    help = "Add an OAuth client with a client secret and a bearer token, and print both once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--description", default="", help="short description")
        parser.add_argument(
            "--label", action="append", default=[], help="permission label: name or path (HR / Helsinki)"
        )
        parser.add_argument("--scim-configuration", metavar="SLUG")
        parser.add_argument("--lrs-own", action="store_true", help="read and write its own statements")
        parser.add_argument("--lrs-full-read", action="store_true", help="read all statements")
        parser.add_argument("--shared-events", action="store_true")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @sensitive_variables()
    @transaction.atomic
    def handle(self, **options: Any) -> None:
        by = Origin.command("create_client")
        slug = options["scim_configuration"]
        values = {
            "name": options["name"],
            "short_description": options["description"],
            "scim_configuration": lookups.scim_configuration(slug) if slug else None,
            **{name: options[name] for name in ("lrs_own", "lrs_full_read", "shared_events")},
        }
        check(Client(**values))
        client = create_client(values=values, labels=lookups.labels(options["label"]), by=by)
        credentials = {
            "client_id": client.client_id,
            "client_secret": regenerate_secret(client, by=by).value,
            "bearer_token": regenerate_token(client, by=by).value,
        }
        show_once(self.stdout, credentials, as_json=options["json"])


def check(client: Client) -> None:
    """Refuses what the page's form would refuse: an empty or too long name, a too long description."""
    try:
        client.clean_fields(exclude=["scim_configuration"])
    except ValidationError as error:
        problems = (f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise CommandError(" ".join(problems)) from None
