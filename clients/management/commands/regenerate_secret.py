"""Replaces a client's client secret and prints the new one once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.views.decorators.debug import sensitive_variables

from clients.actions import regenerate_secret
from clients.audit import Origin
from clients.management import lookups
from clients.management.output import show_once


class Command(BaseCommand):
    help = "Make a new client secret and print it once. The old one and all access tokens issued with it end at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @sensitive_variables()
    def handle(self, *, client_id: str, json: bool, **options: Any) -> None:
        generated = regenerate_secret(lookups.client(client_id), by=Origin.command("regenerate_secret"))
        show_once(self.stdout, {"client_id": client_id, "client_secret": generated.value}, as_json=json)
