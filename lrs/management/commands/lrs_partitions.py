"""Makes the partitions of the months to come, on PostgreSQL. The worker does the same."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from lrs.partitions import AHEAD, divided, extend, overflowing, partitions
from lrs.statement.times import written


class Command(BaseCommand):
    help = "Make the monthly partitions of Statements on PostgreSQL, and list all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ahead", type=int, default=AHEAD, metavar="MONTHS", help="after this one")

    def handle(self, **options: Any) -> None:
        if not divided():
            self.stdout.write("This database is not PostgreSQL: its statements are in one table, without partitions.")
            return
        made = extend(options["ahead"])
        for one in partitions():
            new = " (new)" if one.name in made else ""
            self.stdout.write(f"{one.name}: before {written(one.high)}{new}")
        for name in overflowing():
            self.stderr.write(f"{name} holds rows.")
