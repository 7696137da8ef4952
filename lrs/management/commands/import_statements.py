"""Reads Statements from a file into the store, as if the client had sent them."""

import sys
import time
import zlib
from argparse import ArgumentParser
from typing import IO, Any

from django.core.management import BaseCommand, CommandError

from clients.access import ClientRecord
from clients.audit import Origin, record
from clients.management import lookups
from lms_oauth.errors import ApiError
from lrs import importing
from lrs.import_files import opened
from lrs.importing import Report
from lrs.management.progress import Progress
from lrs.statement.types import Version


class Command(BaseCommand):
    help = (
        "Import Statements: JSON, JSON Lines, or multipart/mixed with the data of attachments; also as .gz. "
        "Run it again after a break: what is stored is known."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file, or - for standard input")
        parser.add_argument("--client", required=True, metavar="ID", help="whose Statements they become")
        parser.add_argument("--xapi-version", choices=[one.value for one in Version], default=Version.V1.value)

    def handle(self, **options: Any) -> None:
        found = lookups.client(options["client"])
        client = ClientRecord(found.pk, found.client_id, found.name, None)
        started, report, progress = time.monotonic(), Report(), Progress(self.stderr, "read")
        try:
            with _open(options["file"]) as raw:
                for report in importing.run(opened(raw), client, Version(options["xapi_version"])):
                    progress.add(report.read - progress.done)
        except (OSError, EOFError, zlib.error, ApiError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        facts = {"stored": report.stored, "known": report.known, "refused": len(report.refused)}
        record("statements_imported", found, by=Origin.command("import_statements"), **facts)
        progress.end()
        self._tell(report, time.monotonic() - started)

    def _tell(self, report: Report, seconds: float) -> None:
        for number, reason in report.refused:
            self.stdout.write(f"line {number}: {reason}")
        self.stdout.write(
            f"{report.stored} stored, {report.known} known already, {len(report.refused)} refused "
            f"({report.read / max(seconds, 0.001):.0f} a second)"
        )
        if report.refused:
            raise CommandError("Some Statements were refused; all others are stored.")


def _open(name: str) -> IO[bytes]:
    return sys.stdin.buffer if name == "-" else open(name, "rb")  # noqa: PTH123 - the caller closes it
