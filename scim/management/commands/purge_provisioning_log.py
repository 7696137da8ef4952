"""Deletes old entries of the provisioning log."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from clients.management.ages import age, before
from scim import retention


class Command(BaseCommand):
    help = "Delete entries of the provisioning log that are older than --older-than."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", type=age, required=True, help="90d, 12m or 2y")

    def handle(self, *, older_than: timedelta, **_options: Any) -> None:
        self.stdout.write(f"{retention.purge_log(before(older_than, timezone.now()))} entries deleted.")
