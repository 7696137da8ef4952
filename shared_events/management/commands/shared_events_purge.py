"""Forgets what shared events need no longer: run it daily."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from shared_events.purging import purge_tombstones


class Command(BaseCommand):
    help = "Forget deletions that every reader knows or that are too old to be told. Run it once a day."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Deletions forgotten: {purge_tombstones(timezone.now())}")
