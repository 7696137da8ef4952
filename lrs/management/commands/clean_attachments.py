"""Deletes what writers that were killed have left in the storage of attachments. Safe beside running writers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from lrs.attachment_cleaning import clean, planned


class Command(BaseCommand):
    help = "Delete attachments that no Statement names, and files of a day ago or more that no row names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, delete nothing")

    def handle(self, **options: Any) -> None:
        if options["dry_run"]:
            self.stdout.write(f"There are {planned()}.")
        else:
            self.stdout.write(f"Deleted {clean()}.")
