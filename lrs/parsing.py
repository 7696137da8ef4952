"""A request body as Statements, each with its own text: strict JSON, and the span of every Statement of a batch."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings

from lms_oauth.errors import BodyTooLarge
from lms_oauth.http import MAX_JSON_DEPTH, after_blank, check_decoded, decode_at, decode_utf8, not_json


class Received(NamedTuple):
    """One value of a body and the text it was sent as."""

    value: Any
    text: str


def read_one(body: bytes) -> Received:
    return _only(decode_utf8(body))


def read_one_or_more(body: bytes) -> tuple[list[Received], bool]:
    """The Statements of a body, and whether they came in an array (xAPI 1.0.3 Communication §2.1.2)."""
    text = decode_utf8(body)
    start = after_blank(text, 0)
    if text[start : start + 1] != "[":
        return [_only(text)], False
    batch: list[Received] = []
    for received in _elements(text, start):
        batch.append(received)
        if settings.LRS_MAX_BATCH and len(batch) > settings.LRS_MAX_BATCH:
            raise BodyTooLarge(f"More than {settings.LRS_MAX_BATCH} Statements in a batch (LRS_MAX_BATCH sets it).")
    return batch, True


def _only(text: str) -> Received:
    received, end = _read_at(text, after_blank(text, 0))
    _expect_end(text, end)
    return received


def _elements(text: str, start: int) -> Iterator[Received]:
    position = after_blank(text, start + 1)
    if text[position : position + 1] != "]":
        while True:
            received, position = _read_at(text, position)
            yield received
            position = after_blank(text, position)
            if text[position : position + 1] != ",":
                break
            position = after_blank(text, position + 1)
    if text[position : position + 1] != "]":
        raise not_json("Expecting ',' delimiter", position)
    _expect_end(text, position + 1)


def _read_at(text: str, start: int) -> tuple[Received, int]:
    value, end = decode_at(text, start)
    own = text[start:end]
    if _needs_check(own):
        check_decoded(value)
    limit = settings.LRS_MAX_STATEMENT_BYTES
    if limit and len(own) * 4 > limit and len(own.encode()) > limit:
        raise BodyTooLarge(f"A Statement is larger than {limit} bytes (LRS_MAX_STATEMENT_BYTES sets it).")
    return Received(value, own), end


def _needs_check(text: str) -> bool:
    """Nothing can be too deep with few brackets, nor half of a surrogate pair without its escape."""
    return "\\ud" in text or "\\uD" in text or text.count("{") + text.count("[") > MAX_JSON_DEPTH


def _expect_end(text: str, position: int) -> None:
    position = after_blank(text, position)
    if position != len(text):
        raise not_json("Extra data", position)
