"""Deletes users who have been blocked for long: the only deletion of users there is."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from clients.audit import Origin
from clients.management.ages import age, before
from clients.models import LmsSettings
from scim import retention


class Command(BaseCommand):
    help = "Delete users who have been blocked longer than the setting says, or than --older-than."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", type=age, help="90d, 12m or 2y; default: the setting")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, older_than: timedelta | None, dry_run: bool, **_options: Any) -> None:
        at = before(older_than or LmsSettings.current().blocked_user_retention_months, timezone.now())
        if dry_run:
            self.stdout.write(f"{retention.blocked_before(at)} users would be deleted.")
            return
        count = retention.purge_users(at, by=Origin.command("purge_blocked_users"))
        self.stdout.write(f"{count} users deleted.")
