"""Adds another LMS whose shared events this one mirrors."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.views.decorators.debug import sensitive_variables

from clients.audit import Origin
from clients.management import lookups
from shared_events.models import Peer
from shared_events.peers.actions import SETTABLE, add_peer


class Command(BaseCommand):
    help = "Add a peer. The client ID and secret are those that the other LMS gave out for this one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--url", required=True, help="public address of the other LMS")
        parser.add_argument("--client-id", required=True)
        parser.add_argument("--client-secret", required=True, metavar="S|-", help="- reads it from standard input")
        parser.add_argument("--label", action="append", default=[], help="permission label: name or path")
        parser.add_argument("--poll-seconds", type=int, default=60)

    @sensitive_variables()
    def handle(self, **options: Any) -> None:
        given = options["client_secret"]
        secret = sys.stdin.readline().strip() if given == "-" else given
        if not secret:
            raise CommandError("--client-secret: empty.")
        values = {
            "name": options["name"],
            "base_url": options["url"].rstrip("/"),
            "client_id": options["client_id"],
            "poll_seconds": options["poll_seconds"],
        }
        _check(values)
        labels = lookups.labels(options["label"])
        peer = add_peer(values=values, secret=secret, labels=labels, by=Origin.command("add_shared_event_peer"))
        self.stdout.write(f"Peer added: {peer.name}. Read its events with: manage.py sync_shared_events")


def _check(values: dict[str, Any]) -> None:
    others = {field.name for field in Peer._meta.get_fields()} - set(SETTABLE)  # noqa: SLF001 - the documented way
    try:
        Peer(**values).full_clean(exclude=others)
    except ValidationError as error:
        problems = (f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise CommandError(" ".join(problems)) from None
