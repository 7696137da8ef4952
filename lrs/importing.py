"""Statements from a file into the store: in batches, each line that is refused named, the others stored.

Resuming needs no mark: what is stored already is known by its id and counts as such. A Statement without an id is given
one made of client, place and text, so that it is known as well when the same file comes again.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import IO, Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from clients.access import ClientRecord
from lms_oauth.errors import ApiError
from lrs import store
from lrs.attachments import in_storage
from lrs.authorities import authority_of
from lrs.body import attached
from lrs.import_files import Body, Line, Spooled, bodies, is_multipart, lines, type_of_data
from lrs.incoming import Prepared, prepare_put
from lrs.statement.types import Version

BATCH = 500
_NO_DATA: type_of_data = {}


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


def run(file: IO[bytes], client: ClientRecord, version: Version) -> Iterator[Report]:
    """The report so far, after each batch."""
    if is_multipart(file):
        return _run_bodies(bodies(file), client, version)
    return _run_lines(lines(file), client, version)


def _run_bodies(source: Iterable[Body], client: ClientRecord, version: Version) -> Iterator[Report]:
    report = Report()
    for body in source:
        for batch in _batches(body.lines, client, version, body.data):
            batch.store(report)
            yield report
    yield report


def _run_lines(source: Iterable[Line], client: ClientRecord, version: Version) -> Iterator[Report]:
    """The next batch is read and checked while one is stored."""
    report, batches = Report(), _batches(source, client, version)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while batch := coming.result():
            coming = reader.submit(next, batches, None)
            batch.store(report)
            yield report
    yield report


def _batches(
    source: Iterable[Line], client: ClientRecord, version: Version, data: type_of_data = _NO_DATA
) -> Iterator["_Batch"]:
    """Needs no database."""
    batch = _Batch(client, data)
    for line in source:
        batch.add(line, version)
        if batch.size == BATCH:
            yield batch
            batch = _Batch(client, data)
    yield batch


class _Ready(NamedTuple):
    """A valid Statement from the file; ``brought``: what of the data beside it is its own."""

    number: int
    prepared: Prepared
    value: dict[str, Any]
    brought: Sequence[Spooled]
    version: Version


class _Batch:
    def __init__(self, client: ClientRecord, data: type_of_data) -> None:
        self.client = client
        self.data = data
        self.ready: dict[str, _Ready] = {}
        self.twice: list[_Ready] = []
        self.refused: list[Refused] = []

    @property
    def size(self) -> int:
        return len(self.ready) + len(self.twice) + len(self.refused)

    def add(self, line: Line, version: Version) -> None:
        try:
            one = self._ready(line, version)
        except ApiError as error:
            self.refused.append(Refused(line.number, error.detail))
            return
        if one.prepared.key in self.ready:
            self.twice.append(one)
        else:
            self.ready[one.prepared.key] = one

    def _ready(self, line: Line, version: Version) -> _Ready:
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
        brought = [spooled for sha2 in sorted(one.named) for spooled in self.data.get(sha2, ())]
        if not brought:
            with attached(iter(()), [value], version):  # what needs data is refused
                pass
        return _Ready(line.number, one, value, brought, version)

    def store(self, report: Report) -> None:
        report.refused += self.refused
        for _, group in groupby(self.ready.values(), key=lambda one: one.number if one.brought else None):
            self._store(list(group), report)
        for again in self.twice:
            self._store([again], report)

    def _store(self, part: list[_Ready], report: Report) -> None:
        """All at once; where one of them is refused, each half by itself. One with data always comes alone."""
        try:
            stored = self._written(part)
        except ApiError as error:
            if len(part) == 1:
                report.refused.append(Refused(part[0].number, error.detail))
                return
            middle = len(part) // 2
            self._store(part[:middle], report)
            self._store(part[middle:], report)
        else:
            report.known += len(part) - stored
            report.stored += stored

    def _written(self, part: list[_Ready]) -> int:
        authority, prepared = authority_of(self.client), [one.prepared for one in part]
        if not part[0].brought:
            return store.write(prepared, client=self.client.pk, authority=authority)
        [one] = part
        parts = (spooled.part() for spooled in one.brought)
        with attached(parts, [one.value], one.version) as sent, in_storage(sent, self.client.pk) as kept:
            data = store.Data(frozenset(sent), kept)
            return store.write(prepared, client=self.client.pk, authority=authority, data=data)


class _Unreadable(ApiError):
    code = "unreadable"
