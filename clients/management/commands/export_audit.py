"""Writes the audit log to standard output, oldest entry first."""

import csv
import json
from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from clients.audit import as_row
from clients.models import AuditEntry


class Command(BaseCommand):
    help = "Write the audit log as lines of JSON, or as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="from this day on")
        parser.add_argument("--csv", action="store_true", help="CSV in place of JSON")

    def handle(self, *, since: date | None, **options: Any) -> None:
        entries = AuditEntry.objects.order_by("at", "pk")
        if since:
            entries = entries.filter(at__gte=timezone.make_aware(datetime.combine(since, time.min)))
        rows = (as_row(entry) for entry in entries.iterator(chunk_size=1000))
        if options["csv"]:
            writer = csv.DictWriter(self.stdout, list(as_row(AuditEntry())))
            writer.writeheader()
            writer.writerows(rows)
            return
        for row in rows:
            self.stdout.write(json.dumps(row, ensure_ascii=False))
