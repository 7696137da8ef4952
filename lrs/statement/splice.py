"""The exact text of a Statement: what was received is kept, and three things only are rewritten, by their spans.

Cut out: ``stored`` and ``authority``, which the LRS owns. Put in brackets: a single Activity in ``contextActivities``
(xAPI 1.0.3 Data §2.4.6.2). Moved to UTC: a ``timestamp`` with another offset (§4.5).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lrs.statement.times import in_utc
from lrs.statement.types import Version

_OWNED = frozenset({"stored", "authority"})
_decoder = json.JSONDecoder()
_BLANK = " \t\r\n"


class Member(NamedTuple):
    """Positions of one member in the text of its object."""

    name: str
    start: int
    value: int
    end: int


class Edit(NamedTuple):
    start: int
    end: int
    text: str


def kept_text(text: str, statement: dict[str, Any], version: Version) -> str:
    """``text`` is the received text of ``statement``, a valid Statement; the result is what a row keeps of it."""
    if _needs_edits(statement, version):
        text = applied(text, _edits(text, 0, statement, version))
    return _without(text, _OWNED) if not _OWNED.isdisjoint(statement) else text


def completed(kept: bytes, members: Mapping[str, bytes]) -> bytes:
    """The kept text with members, given as JSON texts, put in front."""
    front = b",".join(b'"%s":%s' % (name.encode(), value) for name, value in members.items())
    return b"{" + front + b"," + kept[1:]


def members(text: str, start: int = 0) -> Iterator[Member]:
    """The members of the object that begins at ``start``, in order. The text is known to be valid JSON."""
    position = _skip(text, start + 1)
    while text[position] == '"':
        name, after = _decoder.raw_decode(text, position)
        value = _skip(text, _skip(text, after) + 1)
        end = _decoder.raw_decode(text, value)[1]
        yield Member(name, position, value, end)
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def elements(text: str, start: int) -> Iterator[int]:
    """Where the values of the array that begins at ``start`` begin."""
    position = _skip(text, start + 1)
    while text[position] != "]":
        yield position
        position = _skip(text, _decoder.raw_decode(text, position)[1])
        if text[position] == ",":
            position = _skip(text, position + 1)


def value_of(text: str, member: Member) -> Any:
    return _decoder.raw_decode(text, member.value)[0]


def applied(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _skip(text: str, position: int) -> int:
    while text[position] in _BLANK:
        position += 1
    return position


def _needs_edits(statement: dict[str, Any], version: Version) -> bool:
    timestamp = statement.get("timestamp")
    if timestamp is not None and in_utc(timestamp, version) != timestamp:
        return True
    activities = statement.get("context", {}).get("contextActivities", {})
    if any(type(value) is dict for value in activities.values()):
        return True
    inner = statement["object"]
    return inner.get("objectType") == "SubStatement" and _needs_edits(inner, version)


def _edits(text: str, start: int, statement: dict[str, Any], version: Version) -> Iterator[Edit]:
    for member in members(text, start):
        if member.name == "timestamp":
            moved = in_utc(statement["timestamp"], version)
            if moved != statement["timestamp"]:
                yield Edit(member.value, member.end, json.dumps(moved))
        elif member.name == "context":
            yield from _brackets(text, member.value)
        elif member.name == "object" and statement["object"].get("objectType") == "SubStatement":
            yield from _edits(text, member.value, statement["object"], version)


def _brackets(text: str, context: int) -> Iterator[Edit]:
    for member in members(text, context):
        if member.name == "contextActivities":
            for kind in members(text, member.value):
                if text[kind.value] == "{":
                    yield Edit(kind.value, kind.value, "[")
                    yield Edit(kind.end, kind.end, "]")


def _without(text: str, names: frozenset[str]) -> str:
    kept = [text[member.start : member.end] for member in members(text) if member.name not in names]
    return "{" + ",".join(kept) + "}"
