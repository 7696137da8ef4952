"""multipart/mixed as a stream (RFC 2046 §5.1, xAPI 1.0.3 Communication §1.5.2): no part is ever held whole.

Reading takes what is there, however the network has cut it. A line is a boundary only when nothing but blanks follows.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from email.message import Message
from itertools import chain
from typing import NamedTuple, Protocol
from uuid import uuid4

from lrs.refusals import BadMultipart

CHUNK_BYTES = 64 * 1024
_MOST_HEADER_BYTES = 16 * 1024
_MOST_BLANKS = 64
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
type_of_headers = Mapping[str, str]


def boundary_of(content_type: str) -> str:
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not _BOUNDARY.fullmatch(boundary):
        raise BadMultipart("The Content-Type header names no valid boundary.")
    return boundary


class Part(NamedTuple):
    """``headers`` by their names in lower case. ``chunks`` can be read once, before the next part."""

    headers: type_of_headers
    chunks: Iterator[bytes]


class Reader:
    def __init__(self, read: Callable[[int], bytes], boundary: str) -> None:
        self._read = read
        self._boundary = re.compile(rb"\r\n--%s(--|[ \t]{0,%d}\r\n)" % (re.escape(boundary.encode()), _MOST_BLANKS))
        self._tail = len(boundary) + 2 * len("\r\n--") + _MOST_BLANKS  # longer than any boundary line cut in two
        self._buffer = b"\r\n"  # the first boundary needs no line break before it
        self._closed = False

    def __iter__(self) -> Iterator[Part]:
        _drained(self._until_boundary())  # a preamble
        while not self._closed:
            headers = self._headers()
            chunks = self._until_boundary(after=len("\r\n"))
            yield Part(headers, chunks)
            _drained(chunks)

    def _fill(self) -> None:
        try:
            more = self._read(CHUNK_BYTES)
        except OSError as error:  # the server met a broken chunk, or the connection ended
            raise BadMultipart("The body ended before it was complete.") from error
        if not more:
            raise BadMultipart("The body ended before the closing boundary.")
        self._buffer += more

    def _until_boundary(self, after: int = 0) -> Iterator[bytes]:
        """What stands before the next boundary, without its first ``after`` bytes."""
        while (match := self._boundary.search(self._buffer)) is None:
            if len(self._buffer) > self._tail + after:
                chunk, self._buffer = self._buffer[: -self._tail], self._buffer[-self._tail :]
                yield chunk[after:]
                after = 0
            self._fill()
        chunk, self._buffer = self._buffer[: match.start()], self._buffer[match.end() :]
        self._closed = match[1] == b"--"
        yield chunk[after:]

    def _headers(self) -> dict[str, str]:
        """Leaves the line break before the data: in an empty part it is that of the boundary."""
        self._buffer = b"\r\n" + self._buffer  # an empty header block is the line break alone
        while (end := self._buffer.find(b"\r\n\r\n")) == -1:
            if len(self._buffer) > _MOST_HEADER_BYTES:
                raise BadMultipart(f"The headers of a part are longer than {_MOST_HEADER_BYTES} bytes.")
            self._fill()
        lines, self._buffer = self._buffer[:end].split(b"\r\n"), self._buffer[end + len("\r\n") :]
        return _parsed(lines[1:])


def _parsed(lines: Iterable[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise BadMultipart("A part has a header that is none.")
        name = match[1].decode().lower()
        if name in headers:
            raise BadMultipart(f"A part has the header {name[:40]} twice.")
        headers[name] = match[2].decode("latin-1").strip()
    return headers


def _drained(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass


class Piece(Protocol):
    """Data to be sent, that is read when its turn comes."""

    @property
    def sha2(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def media_type(self) -> str: ...

    def read(self) -> Iterator[bytes]: ...


class Written(NamedTuple):
    boundary: str
    length: int
    chunks: Iterator[bytes]


def written(body: bytes, pieces: Sequence[Piece]) -> Written:
    """``body`` as application/json, then every piece with the headers of xAPI 1.0.3 Communication §1.5.2."""
    boundary = uuid4().hex
    first = b"--%s\r\nContent-Type: application/json\r\n\r\n%s" % (boundary.encode(), body)
    fronts = [_front(boundary, piece) for piece in pieces]
    end = f"\r\n--{boundary}--\r\n".encode()
    length = len(first) + sum(map(len, fronts)) + sum(piece.size for piece in pieces) + len(end)
    data = (chunk for front, piece in zip(fronts, pieces, strict=True) for chunk in chain([front], piece.read()))
    return Written(boundary, length, chain([first], data, [end]))


def _front(boundary: str, piece: Piece) -> bytes:
    return (
        f"\r\n--{boundary}\r\nContent-Type: {piece.media_type}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-Length: {piece.size}\r\nX-Experience-API-Hash: {piece.sha2}\r\n\r\n"
    ).encode()
