"""Begins a new history of this LMS's feed: after a planned restore, and where a copy becomes its own LMS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from clients.audit import Origin
from shared_events.renewal import become_another_lms, begin_epoch


class Command(BaseCommand):
    help = "Begin a new epoch of the feed: every reader reads it from its start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        about = "this is a copy that becomes an LMS of its own: it gets another name, and its peers are paused"
        parser.add_argument("--new-origin", action="store_true", help=about)

    def handle(self, **options: Any) -> None:
        renew = become_another_lms if options["new_origin"] else begin_epoch
        instance = renew(by=Origin.command("shared_events_new_epoch"))
        self.stdout.write(f"Origin {instance.origin}, epoch {instance.epoch}. Readers read the feed from its start.")
