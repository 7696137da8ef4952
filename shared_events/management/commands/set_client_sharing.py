"""Changes what a client may do with shared events, as the Shared events tab of its page does."""

from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from django.core.management import BaseCommand, CommandError

from clients.audit import Origin
from clients.management import lookups
from shared_events.models import ClientSharing
from shared_events.sharing import set_sharing


class Command(BaseCommand):
    help = "Let an OAuth client register participants for shared events, or no longer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("--register", action=BooleanOptionalAction)

    def handle(self, *, client_id: str, register: bool | None, **options: Any) -> None:
        if register is None:
            raise CommandError("Nothing to change was named: --register or --no-register.")
        client = lookups.client(client_id)
        sharing = ClientSharing.of(client.pk)
        changed = set_sharing(
            client,
            all_events=sharing.all_events,
            share_labels=list(sharing.share_labels.all()),
            register=register,
            by=Origin.command("set_client_sharing"),
        )
        self.stdout.write(f"{client.name}: {'changed' if changed else 'nothing differed'}.")
