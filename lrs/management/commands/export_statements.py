"""Writes Statements as JSON Lines, oldest first, each exactly as the LRS would answer it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from clients.management import lookups
from lrs.clock import clock
from lrs.query import exact, find, whole_range
from lrs.statement.parameters import ListQuery
from lrs.statement.times import instant
from lrs.statement.types import Version

_PAGE = 500


class Command(BaseCommand):
    help = "Export Statements as JSON Lines, without voided ones and without attachment data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client", metavar="ID", help="only what this client stored")
        parser.add_argument("--since", metavar="TIME", help="stored after; to resume, the last `stored` that came out")
        parser.add_argument("--until", metavar="TIME", help="stored at or before")

    def handle(self, **options: Any) -> None:
        owner = None if options["client"] is None else lookups.client(options["client"]).pk
        query = ListQuery(since=_moment(options["since"]), until=_moment(options["until"]), ascending=True)
        part = whole_range(query, clock().horizon())
        while rows := find(query, part, owner, count=_PAGE):
            for row in rows:
                self.stdout.write(_on_one_line(exact(row)))
            part = part.beyond(rows[-1].seq)


def _on_one_line(statement: bytes) -> str:
    """JSON has line breaks between its tokens only, so a blank in their place changes no value."""
    return statement.decode().replace("\n", " ").replace("\r", " ")


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    moment = instant(text, Version.V1)
    if moment is None:
        raise CommandError(f"{text!r} is not a timestamp like 2026-11-25T13:00:00Z.")
    return moment
