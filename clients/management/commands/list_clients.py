"""Lists OAuth clients: ID, state, rights and name."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from clients import lookup
from clients.models import Client
from clients.rights import default_scopes


class Command(BaseCommand):
    help = "List OAuth clients, with the scopes that each may use now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")

    def handle(self, **options: Any) -> None:
        for client in Client.objects.existing().prefetch_related("labels__parent").order_by("name", "pk"):
            row = _row(client)
            self.stdout.write(json.dumps(row, ensure_ascii=False) if options["json"] else _line(row))


def _row(client: Client) -> dict[str, Any]:
    rights = lookup.switches_of(client.pk).rights
    return {
        "client_id": client.client_id,
        "name": client.name,
        "active": client.active,
        "scopes": default_scopes(rights) if client.active else [],
        "labels": sorted(label.path for label in client.labels.all()),
    }


def _line(row: dict[str, Any]) -> str:
    state = "active" if row["active"] else "inactive"
    return f"{row['client_id']}  {state:<8}  {' '.join(row['scopes']) or '-':<44}  {row['name']}"
