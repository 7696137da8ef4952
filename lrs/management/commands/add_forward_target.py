"""Adds another LRS that Statements are forwarded to."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.views.decorators.debug import sensitive_variables

from clients.audit import Origin
from clients.management import lookups
from lrs.forwarding.actions import add_target
from lrs.forwarding.remote import is_allowed
from lrs.models import ForwardTarget
from lrs.statement.identifiers import read


class Command(BaseCommand):
    help = "Add another LRS. Name and password are those of a Basic credential that it gave out. Filters must all fit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--endpoint", required=True, metavar="URL", help="what /statements follows there")
        parser.add_argument("--username", required=True)
        parser.add_argument("--password", required=True, metavar="P|-", help="- reads it from standard input")
        parser.add_argument("--client", metavar="ID", help="only what this client stored")
        parser.add_argument("--verb", default="", metavar="IRI")
        parser.add_argument("--activity", default="", metavar="IRI", help="the object")
        parser.add_argument("--agent", default="", metavar="IFI", help="mbox=mailto:ann@example.org and so on")
        parser.add_argument("--from-now", action="store_true", help="nothing that is stored already")

    @sensitive_variables()
    def handle(self, **options: Any) -> None:
        given = options["password"]
        password = sys.stdin.readline().strip() if given == "-" else given
        _check(options, password)
        values = {name: options[name] for name in ("name", "endpoint", "username", "verb", "activity", "agent")}
        values["client"] = None if options["client"] is None else lookups.client(options["client"])
        by = Origin.command("add_forward_target")
        target = add_target(values, password, from_now=options["from_now"], by=by)
        self.stdout.write(f"Target added: {target.name}. The worker forwards to it, or: manage.py forward_statements")


@sensitive_variables()
def _check(options: dict[str, Any], password: str) -> None:
    if not password:
        raise CommandError("--password: empty.")
    if not is_allowed(options["endpoint"]):
        raise CommandError("--endpoint: an https address expected; http only for this machine.")
    if ForwardTarget.objects.filter(name=options["name"]).exists():
        raise CommandError(f"There is a target {options['name']!r} already.")
    if options["agent"]:
        try:
            read(options["agent"])
        except ValueError:
            raise CommandError("--agent: mbox=…, mbox_sha1sum=…, openid=… or account=HOMEPAGE|NAME expected.") from None
