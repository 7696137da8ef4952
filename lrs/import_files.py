"""Files of Statements: JSON (one Statement or an array), JSON Lines, or multipart/mixed with the data of attachments.

A multipart file is one body or more, one after the other. Any of them may come as ``.gz``.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from django.conf import settings

from lms_oauth.errors import ApiError, BodyTooLarge
from lrs.body import HASH, of_parts
from lrs.multipart import CHUNK_BYTES, Part, Reader, boundary_of, type_of_headers
from lrs.parsing import Received, read_one, read_one_or_more
from lrs.refusals import BadMultipart

MOST_EXPANDED_BYTES = 64 * 1024**3  # of a .gz: a bomb ends here
_GZIP = b"\x1f\x8b"
_DELIMITER = b"--"


class Line(NamedTuple):
    """One Statement's place (from 1) and its text; or why it could not be read."""

    number: int
    received: Received | None
    reason: str = ""


class Spooled(NamedTuple):
    """A part of a multipart body that waits on disk."""

    headers: type_of_headers
    path: Path

    def part(self) -> Part:
        return Part(self.headers, self._chunks())

    def _chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


type_of_data = Mapping[str, Sequence[Spooled]]  # by the hash that the part names


class Body(NamedTuple):
    """Statements, and the data beside them."""

    lines: Sequence[Line]
    data: type_of_data


def opened(raw: IO[bytes]) -> IO[bytes]:
    """The plain bytes of ``raw``, which can be peeked into."""
    if raw.peek(2)[:2] == _GZIP:  # type: ignore[attr-defined]
        return gzip.open(raw)  # type: ignore[return-value]
    return raw


class _Bounded:
    """BodyTooLarge where a compressed file grows beyond MOST_EXPANDED_BYTES, or a line beyond what is read whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._size = file, 0

    def piece(self, most: int) -> bytes:
        """To the end of the line, or shorter."""
        line = self._file.readline(most)
        self._size += len(line)
        if self._size > MOST_EXPANDED_BYTES:
            raise BodyTooLarge(f"The file expands to more than {MOST_EXPANDED_BYTES} bytes.")
        return line

    def line(self) -> bytes:
        most = _most_whole()
        line = self.piece(most + 1)
        if len(line) > most:
            raise BodyTooLarge(f"A line is longer than {most} bytes. Write JSON Lines: one Statement a line.")
        return line


def is_multipart(file: IO[bytes]) -> bool:
    return file.peek(2)[:2] == _DELIMITER  # type: ignore[attr-defined,no-any-return]


def lines(file: IO[bytes]) -> Iterator[Line]:
    """Of a file that is not multipart."""
    bounded, number = _Bounded(file), 1
    first = bounded.line()
    if first.lstrip()[:1] == b"[" or _continues(first):
        yield from _of_array(first + file.read(_most_whole() + 1))
        return
    while first:
        if first.strip():
            yield _line(number, first)
        first, number = bounded.line(), number + 1


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


def bodies(file: IO[bytes]) -> Iterator[Body]:
    """Of a multipart file. Statements are numbered from its beginning; data is there until the next is asked for."""
    bounded, number = _Bounded(file), 0
    while first := bounded.line():
        if first.strip():
            with _body(first, bounded, number) as body:
                yield body
            number += len(body.lines)


@contextmanager
def _body(first: bytes, file: _Bounded, before: int) -> Iterator[Body]:
    with TemporaryDirectory(prefix="lrs-import-") as folder:
        parts = iter(Reader(_read_by_line(first, file), _boundary(first)))
        received, _ = read_one_or_more(of_parts(parts).json)
        numbered = [Line(number, one) for number, one in enumerate(received, start=before + 1)]
        yield Body(numbered, _spooled(parts, Path(folder)))


def _read_by_line(first: bytes, file: _Bounded) -> Callable[[int], bytes]:
    """Nothing behind the closing boundary is taken: the next body begins there."""
    pending = [first]
    return lambda most: pending.pop() if pending else file.piece(most)


def _boundary(first: bytes) -> str:
    if not first.startswith(_DELIMITER):
        raise BadMultipart("A body in the file begins with no boundary.")
    text = first.removeprefix(_DELIMITER).strip().decode("latin-1")
    return boundary_of(f'multipart/mixed; boundary="{text}"')


def _spooled(parts: Iterator[Part], folder: Path) -> type_of_data:
    found: dict[str, list[Spooled]] = {}
    for index, part in enumerate(parts):
        one = Spooled(part.headers, folder / str(index))
        with one.path.open("wb") as file:
            file.writelines(part.chunks)
        found.setdefault(part.headers.get(HASH, "").lower(), []).append(one)
    return found
