"""Forgets what shared events need no longer: run it daily."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from shared_events import repeating
from shared_events.peers.forgetting import forget_removed_copies, forget_runs
from shared_events.purging import purge_tombstones


class Command(BaseCommand):
    help = "Forget deletions that every reader knows or that are too old to be told, and old runs. Run it once a day."

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"Deletions forgotten: {purge_tombstones(now)}")
        self.stdout.write(f"Removed copies forgotten: {forget_removed_copies(now)}")
        self.stdout.write(f"Runs forgotten: {forget_runs(now)}")
        self.stdout.write(f"Answers of repeated requests forgotten: {repeating.forget(now)}")
