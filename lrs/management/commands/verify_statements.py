"""Checks the store against itself. Ends with 1 where something is wrong."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from lrs.management.progress import Progress
from lrs.verification import verify


class Command(BaseCommand):
    help = "Check digests, relations, references, attachments and the clock; list what is wrong. Changes nothing."

    def handle(self, **options: Any) -> None:
        wrong, progress = 0, Progress(self.stderr, "rows read")
        for step in verify():
            progress.add(step.rows)
            wrong += len(step.wrong)
            for one in step.wrong:
                self.stdout.write(f"{one.what}: {one.where}")
        progress.end()
        if wrong:
            raise CommandError(f"{wrong} things are wrong, {progress.done} rows were read.")
        self.stdout.write(f"Nothing is wrong, {progress.done} rows were read.")
