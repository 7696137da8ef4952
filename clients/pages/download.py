"""Lists as CSV, streamed row by row."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file for csv.writer that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def stream_csv(name: str, heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """``name``: of the file, without its ending."""
    response = StreamingHttpResponse(csv_lines(heads, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def csv_lines(heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow([guarded(str(head)) for head in heads])
    for row in rows:
        yield writer.writerow([_written(cell) for cell in row])


def _written(cell: Any) -> str:
    """A number is no formula, also below zero."""
    return str(cell) if isinstance(cell, int | float) else guarded(str(cell))


def guarded(cell: str) -> str:
    """A spreadsheet takes a cell that begins like a formula for one: an apostrophe in front makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
