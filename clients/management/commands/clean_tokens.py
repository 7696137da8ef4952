"""Deletes what nobody needs any more. Run it daily; nothing goes wrong where it never runs."""

from typing import Any

from django.core.management import BaseCommand

from clients import retention


class Command(BaseCommand):
    help = f"Delete revoked tokens and sessions that have expired, and usage older than {retention.USAGE_DAYS} days."

    def handle(self, **options: Any) -> None:
        self.stdout.write(retention.clean())
