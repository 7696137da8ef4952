"""Statements as files, page by page up to the end of a range: nothing is held whole."""

from collections.abc import Iterable, Iterator, Sequence

from lrs.attachments import of_statements
from lrs.models import Bits
from lrs.multipart import written
from lrs.query import Row, exact, find_of
from lrs.ranges import Range
from lrs.statement.parameters import ListQuery

_PAGE = 500
_MOST_BODY_BYTES = 8 * 1024 * 1024


def pages(query: ListQuery, part: Range, owners: Sequence[int] | None, size: int = 0) -> Iterator[list[Row]]:
    """All that the query finds in ``part``; ``owners``: as in ``lrs.ranges``, or empty for nobody."""
    size = size or _PAGE
    while owners is None or owners:
        page = find_of(query, part, owners, count=size)
        yield page
        if len(page) < size:
            return
        part = part.beyond(page[-1].seq)


def json_lines(found: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """Each line is a Statement as xAPI gives it; a line break in JSON stands between its parts, never inside one."""
    return (exact(row).replace(b"\r", b" ").replace(b"\n", b" ") + b"\n" for page in found for row in page)


def multipart_bodies(found: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """multipart/mixed bodies, one after the other, each a few Statements and the data of their attachments."""
    for page in found:
        for rows in _fitting(page):
            body = b"[" + b",".join(map(exact, rows)) + b"]"
            yield from written(body, of_statements(row.seq for row in rows if row.flags & Bits.HAS_DATA)).chunks


def _fitting(page: Iterable[Row]) -> Iterator[list[Row]]:
    """Runs of rows whose JSON is not too large for one body; one that is, alone."""
    rows: list[Row] = []
    size = 0
    for row in page:
        if rows and size + len(row.json) > _MOST_BODY_BYTES:
            yield rows
            rows, size = [], 0
        rows.append(row)
        size += len(row.json)
    if rows:
        yield rows
