"""Stops a client at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from clients.actions import update_client
from clients.audit import Origin
from clients.management import lookups


class Command(BaseCommand):
    help = (
        "Deactivate an OAuth client: its credentials are refused and its tokens end at once. See set_client --active."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")

    def handle(self, *, client_id: str, **options: Any) -> None:
        client = lookups.client(client_id)
        changed = update_client(client, values={"active": False}, by=Origin.command("deactivate_client"))
        self.stdout.write(f"{client.name}: {'deactivated' if changed else 'was not active already'}.")
