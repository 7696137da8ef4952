"""Writes Statements to a file or standard output, oldest first."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import IO, Any

from django.core.management import BaseCommand, CommandError

from clients.management import lookups
from clients.models import LmsSettings
from clients.pages.download import csv_lines
from lrs.clock import clock
from lrs.export import json_lines, multipart_bodies, pages
from lrs.management.progress import Progress
from lrs.pages.statement_columns import COLUMNS, Layout
from lrs.pages.statement_filter import languages_of
from lrs.query import Row, whole_range
from lrs.statement.identifiers import read
from lrs.statement.parameters import BadParameter, ListQuery, read_query
from lrs.statement.times import instant
from lrs.statement.types import Version

type_of_pages = Iterable[Sequence[Row]]
_TEXTS = ("verb", "activity", "registration")
_FLAGS = ("related_agents", "related_activities")


class Command(BaseCommand):
    help = "Export Statements without voided ones. Filters are those of xAPI; all that are given must fit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client", metavar="ID", help="only what this client stored")
        parser.add_argument("--since", metavar="TIME", help="stored after; to resume, the last `stored` that came out")
        parser.add_argument("--until", metavar="TIME", help="stored at or before")
        parser.add_argument("--agent", metavar="IFI", help="mbox=mailto:ann@example.org and so on")
        parser.add_argument("--verb", metavar="IRI")
        parser.add_argument("--activity", metavar="IRI", help="the object")
        parser.add_argument("--registration", metavar="UUID")
        parser.add_argument("--related-agents", action="store_true", help="the agent in any place")
        parser.add_argument("--related-activities", action="store_true", help="the activity in any place")
        parser.add_argument(
            "--format",
            choices=FORMATS,
            default="jsonl",
            help="JSON Lines; CSV of the usual columns or of paths; CSV of all columns, typed, for conversion to "
            "Parquet; or multipart/mixed bodies with the data of attachments, which import_statements reads",
        )
        parser.add_argument("--path", action="append", default=[], help="a column of CSV: result.score.raw; repeatable")
        parser.add_argument("--output", metavar="FILE", help="instead of standard output")

    def handle(self, **options: Any) -> None:
        owners = None if options["client"] is None else [lookups.client(options["client"]).pk]
        if options["path"] and options["format"] != "csv":
            raise CommandError("--path: only with --format csv.")
        query = _query(options)
        progress = Progress(self.stderr, "exported")
        found = _told(pages(query, whole_range(query, clock().horizon()), owners), progress)
        texts = FORMATS[options["format"]](found, options["path"])
        with _opened(options["output"]) as file:
            write = self._writer(file)
            for text in texts:
                write(text.encode() if isinstance(text, str) else text)
        progress.end()

    def _writer(self, file: IO[bytes] | None) -> Callable[[bytes], Any]:
        """Data of attachments is no text, so it goes past the text layer of standard output."""
        binary = file or getattr(self.stdout, "buffer", None)
        return binary.write if binary else lambda data: self.stdout.write(data.decode(), ending="")


def _json_lines(found: type_of_pages, _paths: list[str]) -> Iterator[bytes]:
    return json_lines(found)


def _multipart(found: type_of_pages, _paths: list[str]) -> Iterator[bytes]:
    return multipart_bodies(found)


def _csv(found: type_of_pages, paths: list[str]) -> Iterator[str]:
    layout = Layout.read((), "\n".join(paths))
    if layout.problem:
        raise CommandError(f"--path: {layout.problem}")
    return csv_lines(layout.heads(), layout.table(found, languages_of(LmsSettings.current().language)))


def _typed(found: type_of_pages, _paths: list[str]) -> Iterator[str]:
    return csv_lines([one.key for one in COLUMNS], Layout(COLUMNS, "").table(found, ["en"]))


FORMATS: dict[str, Callable[[type_of_pages, list[str]], Iterator[str] | Iterator[bytes]]] = {
    "jsonl": _json_lines,
    "csv": _csv,
    "typed": _typed,
    "multipart": _multipart,
}


def _told(found: type_of_pages, progress: Progress) -> Iterator[Sequence[Row]]:
    for page in found:
        yield page
        progress.add(len(page))


def _opened(name: str | None) -> Any:
    return nullcontext() if name is None else open(name, "wb")  # noqa: PTH123 - the caller closes it


def _query(options: dict[str, Any]) -> ListQuery:
    given = {name: options[name] for name in _TEXTS if options[name] is not None}
    given |= dict.fromkeys(("ascending", *(flag for flag in _FLAGS if options[flag])), "true")
    given |= {name: _moment(options[name]) for name in ("since", "until") if options[name] is not None}
    if options["agent"] is not None:
        given["agent"] = _agent(options["agent"])
    try:
        query = read_query(given, Version.V1, json.loads)
    except BadParameter as error:
        raise CommandError(f"--{error}") from None
    assert isinstance(query, ListQuery)
    return query


def _agent(text: str) -> str:
    try:
        found = read(text)
    except ValueError:
        raise CommandError("--agent: mbox=…, mbox_sha1sum=…, openid=… or account=HOMEPAGE|NAME expected.") from None
    return json.dumps({found.name: found.value})


def _moment(text: str) -> str:
    if instant(text, Version.V1) is None:
        raise CommandError(f"{text!r} is not a timestamp like 2026-11-25T13:00:00Z.")
    return text
