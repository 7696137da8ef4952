"""What ``erase_actor`` and ``pseudonymise_actor`` share."""

import re
from argparse import ArgumentParser
from secrets import token_hex
from typing import Any

from django.core.management import BaseCommand, CommandError

from clients.addresses import public_url
from clients.audit import Origin
from lrs.erasure import Erasure, Report, bearer
from lrs.management.progress import Progress
from lrs.statement.identifiers import Identifier, read


class ErasingCommand(BaseCommand):
    removes: bool
    name: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "identifier",
            metavar="IFI",
            help="mbox=mailto:ann@example.org, mbox_sha1sum=HEX, openid=URI or account=HOMEPAGE|NAME",
        )
        parser.add_argument(
            "--as", dest="pseudonym", metavar="NAME", help="go on with the name of a run that broke off"
        )
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, **options: Any) -> None:
        identifier = _identifier(options["identifier"])
        name = options["pseudonym"] or f"pseudonym-{token_hex(16)}"
        if not re.fullmatch(r"pseudonym-[0-9a-f]{32}", name):
            raise CommandError("--as: a name that an earlier run has printed expected.")
        pseudonym = Identifier("account", {"homePage": public_url(), "name": name})
        erasure = Erasure(identifier, pseudonym, remove=self.removes)
        if options["dry_run"]:
            self._tell(erasure.planned(), "There would be")
            return
        self.stdout.write(f"Where it stays referred to, the person is now {name}.")
        report, progress = Report(), Progress(self.stderr, "statements")
        for done in erasure.run(by=Origin.command(self.name)):
            report.add(done)
            progress.add(done.removed + done.rewritten)
        progress.end()
        self._tell(report, "There were")

    def _tell(self, report: Report, front: str) -> None:
        self.stdout.write(
            f"{front} {report.removed} Statements deleted, {report.rewritten} rewritten, {report.documents} documents "
            f"{'deleted' if self.removes else 'rewritten'}, {report.attachments} attachments deleted."
        )
        for statement in report.signed:
            self.stdout.write(f"{statement}: was signed; the signature no longer fits and its data is deleted.")
        for statement in report.mentioned:
            self.stdout.write(f"{statement}: the identifier's text still occurs in it, as part of something else.")


def _identifier(text: str) -> Identifier:
    try:
        identifier = read(text)
    except ValueError:
        raise CommandError("That is no identifier. --help shows the four forms.") from None
    if client := bearer(identifier):
        raise CommandError(f"This is the account under which the client {client.client_id} stores Statements.")
    return identifier
