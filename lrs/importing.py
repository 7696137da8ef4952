"""Statements from a file into the store: in batches, each line that is refused named, the others stored.

A file is JSON (one Statement or an array), or JSON Lines; ``.gz`` too. Resuming needs no mark: what is stored already
is known by its id and counts as such. A Statement without an id is given one made of client, place and text, so that
it is known as well when the same file comes again.
"""

import gzip
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from clients.access import ClientRecord
from lms_oauth.errors import ApiError, BodyTooLarge
from lrs import store
from lrs.authorities import authority_of
from lrs.body import attached
from lrs.incoming import Prepared, prepare_put
from lrs.parsing import Received, read_one, read_one_or_more
from lrs.statement.types import Version

BATCH = 500
MOST_EXPANDED_BYTES = 64 * 1024**3  # of a .gz: a bomb ends here
_GZIP = b"\x1f\x8b"


class Line(NamedTuple):
    """One Statement's place (from 1) and its text; or why it could not be read."""

    number: int
    received: Received | None
    reason: str = ""


class Refused(NamedTuple):
    number: int
    reason: str


@dataclass
class Report:
    stored: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.stored + self.known + len(self.refused)


def opened(raw: IO[bytes]) -> IO[bytes]:
    """The plain bytes of ``raw``, which can be peeked into."""
    if raw.peek(2)[:2] == _GZIP:  # type: ignore[attr-defined]
        return gzip.open(raw)  # type: ignore[return-value]
    return raw


def lines(file: IO[bytes]) -> Iterator[Line]:
    """BodyTooLarge where a compressed file grows beyond MOST_EXPANDED_BYTES."""
    first = file.readline()
    if first.lstrip()[:1] == b"[" or _continues(first):
        yield from _of_array(first + file.read(_most_whole() + 1))
        return
    size, number = 0, 0
    while first:
        size, number = size + len(first), number + 1
        if size > MOST_EXPANDED_BYTES:
            raise BodyTooLarge(f"The file expands to more than {MOST_EXPANDED_BYTES} bytes.")
        if first.strip():
            yield _line(number, first)
        first = file.readline()


def _continues(first: bytes) -> bool:
    """A Statement that is written over several lines: its first one is no JSON by itself."""
    return first.strip() == b"{"


def _most_whole() -> int:
    return 8 * settings.LRS_MAX_BODY_BYTES or MOST_EXPANDED_BYTES


def _of_array(body: bytes) -> Iterator[Line]:
    if len(body) > _most_whole():
        raise BodyTooLarge(f"An array is read whole, up to {_most_whole()} bytes. Write it as JSON Lines.")
    received, _ = read_one_or_more(body)
    yield from (Line(number, one) for number, one in enumerate(received, start=1))


def _line(number: int, text: bytes) -> Line:
    try:
        return Line(number, read_one(text))
    except ApiError as error:
        return Line(number, None, error.detail)


def run(source: Iterable[Line], client: ClientRecord, version: Version) -> Iterator[Report]:
    """The report so far, after each batch. The next batch is read and checked while one is stored."""
    report, batches = Report(), _batches(source, client, version)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while batch := coming.result():
            coming = reader.submit(next, batches, None)
            batch.store(report)
            yield report
    yield report


def _batches(source: Iterable[Line], client: ClientRecord, version: Version) -> Iterator["_Batch"]:
    """Needs no database."""
    batch = _Batch(client)
    for line in source:
        batch.add(line, version)
        if batch.size == BATCH:
            yield batch
            batch = _Batch(client)
    yield batch


class _Batch:
    def __init__(self, client: ClientRecord) -> None:
        self.client = client
        self.prepared: dict[str, tuple[int, Prepared]] = {}
        self.twice: list[tuple[int, Prepared]] = []
        self.refused: list[Refused] = []

    @property
    def size(self) -> int:
        return len(self.prepared) + len(self.twice) + len(self.refused)

    def add(self, line: Line, version: Version) -> None:
        try:
            one = self._prepared(line, version)
        except ApiError as error:
            self.refused.append(Refused(line.number, error.detail))
            return
        if one.key in self.prepared:
            self.twice.append((line.number, one))
        else:
            self.prepared[one.key] = (line.number, one)

    def _prepared(self, line: Line, version: Version) -> Prepared:
        if line.received is None:
            raise _Unreadable(line.reason)
        value = line.received.value
        own = value.get("id") if isinstance(value, dict) else None
        name = (
            own
            if isinstance(own, str)
            else str(uuid5(NAMESPACE_URL, f"{self.client.pk} {line.number} {line.received.text}"))
        )
        one = prepare_put(line.received, version, name)
        with attached(iter(()), [value], version):  # a file brings no data: what needs some is refused
            pass
        return one

    def store(self, report: Report) -> None:
        report.refused += self.refused
        for part in ([*self.prepared.values()], *([again] for again in self.twice)):
            self._store(part, report)

    def _store(self, part: list[tuple[int, Prepared]], report: Report) -> None:
        """All at once; where one of them is refused, each half by itself."""
        if not part:
            return
        try:
            authority = authority_of(self.client)
            stored = store.write([one for _, one in part], client=self.client.pk, authority=authority)
        except ApiError as error:
            if len(part) == 1:
                report.refused.append(Refused(part[0][0], error.detail))
                return
            middle = len(part) // 2
            self._store(part[:middle], report)
            self._store(part[middle:], report)
        else:
            report.known += len(part) - stored
            report.stored += stored


class _Unreadable(ApiError):
    code = "unreadable"
