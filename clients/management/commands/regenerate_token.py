"""Replaces a client's bearer token and prints the new one once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.views.decorators.debug import sensitive_variables

from clients.actions import regenerate_token
from clients.audit import Origin
from clients.management import lookups
from clients.management.output import show_once


class Command(BaseCommand):
    help = "Make a new bearer token and print it once. The old one ends at once; secret and access tokens live on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @sensitive_variables()
    def handle(self, *, client_id: str, json: bool, **options: Any) -> None:
        generated = regenerate_token(lookups.client(client_id), by=Origin.command("regenerate_token"))
        show_once(self.stdout, {"client_id": client_id, "bearer_token": generated.value}, as_json=json)
