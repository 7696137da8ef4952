"""Deletes old Statements with all that belongs to them. To be repeated after a break."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from clients.audit import Origin
from clients.management import lookups
from clients.management.ages import age, before
from lrs.management.progress import Progress
from lrs.retention import counts, number_of, purge, purge_all
from lrs.statement.times import written


class Command(BaseCommand):
    help = "Delete Statements that were stored long ago, with their attachments. Documents stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=age, metavar="36m", help="90d, 36m, 3y; without it LRS_RETENTION_MONTHS counts"
        )
        parser.add_argument("--client", metavar="ID", help="only what this client stored")
        parser.add_argument("--dry-run", action="store_true", help="count, delete nothing")

    def handle(self, **options: Any) -> None:
        limit: timedelta | int | None = options["older_than"] or settings.LRS_RETENTION_MONTHS
        if not limit:
            raise CommandError("Statements are kept for ever: give --older-than, or set LRS_RETENTION_MONTHS.")
        only = None if options["client"] is None else lookups.client(options["client"])
        cutoff = number_of(before(limit, timezone.now()))
        found = list(counts(cutoff, only))
        total = sum(count for _, count in found)
        for client, count in found:
            self.stdout.write(f"{client.client_id} {client.name}: {count}")
        if options["dry_run"]:
            self.stdout.write(f"{total} Statements stored before {written(cutoff)} would be deleted.")
            return
        progress = Progress(self.stderr, "deleted", total)
        by = Origin.command("purge_statements")
        for done in purge(only, cutoff, by=by) if only else purge_all(cutoff, by=by):
            progress.add(done)
        progress.end()
        self.stdout.write(f"{progress.done} Statements stored before {written(cutoff)} were deleted.")
