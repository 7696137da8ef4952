"""Counts everything again for LRS activity, from the first Statement on."""

from typing import Any

from django.core.management import BaseCommand

from lrs import counting, measuring


class Command(BaseCommand):
    help = (
        "Count all stored Statements again for LRS activity. Purged and erased ones lose their place in the counts. "
        "Killed, the worker goes on where it stopped."
    )

    def handle(self, **options: Any) -> None:
        counting.restart()
        total = 0
        while counted := counting.advance():
            total += counted
            self.stderr.write(f"\r{total} counted", ending="")
        self.stderr.write("")
        measuring.run()
        self.stdout.write(f"{total} statements counted.")
