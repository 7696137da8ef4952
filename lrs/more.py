"""The ``more`` address of a StatementResult (xAPI 1.0.3 Data §2.5): where to read on, signed, for one client only.

The text is base64url of the query, the place it had reached, and the time, followed by 16 bytes of HMAC-SHA-256. It
holds keys, not what was asked in words, and stays under 250 characters.
"""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from lrs.statement.parameters import FORMATS, ListQuery, Wanted

LIFETIME_SECONDS = 7 * 24 * 3600
_LAYOUT = 1
_HEAD = struct.Struct(">BIQQIBB")  # layout, issued at, client, seq, limit, flags, format
_MOMENT = struct.Struct(">q")
_KEY = struct.Struct(">?16s")
_TAG_BYTES = 16
_ASCENDING, _SINCE, _UNTIL, _ATTACHMENTS = 1, 2, 4, 8


class BadCursor(ValueError):
    """Changed, cut, not ours, or too old."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Read on beyond ``seq``, in the direction of the query."""

    client: int
    seq: int
    query: ListQuery


def written(cursor: Cursor, *, now: int, secret: str) -> str:
    """``now`` in seconds since 1970."""
    query = cursor.query
    flags = query.ascending * _ASCENDING | (query.since is not None) * _SINCE | (query.until is not None) * _UNTIL
    flags |= query.attachments * _ATTACHMENTS
    body = _HEAD.pack(_LAYOUT, now, cursor.client, cursor.seq, query.limit, flags, FORMATS.index(query.format))
    body += b"".join(_MOMENT.pack(moment) for moment in (query.since, query.until) if moment is not None)
    body += b"".join(_KEY.pack(wanted.related, bytes.fromhex(wanted.key)) for wanted in query.wanted)
    return urlsafe_b64encode(body + _tag(body, secret)).decode().rstrip("=")


def read(text: str, *, now: int, secrets: Sequence[str]) -> Cursor:
    """BadCursor unless one of ``secrets`` signed it at most LIFETIME_SECONDS ago."""
    try:
        signed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise BadCursor from error
    body, tag = signed[:-_TAG_BYTES], signed[-_TAG_BYTES:]
    if urlsafe_b64encode(signed).decode().rstrip("=") != text:
        raise BadCursor  # a second spelling of the same bytes
    if not any(hmac.compare_digest(tag, _tag(body, secret)) for secret in secrets):
        raise BadCursor
    return _unpacked(body, now)


def _unpacked(body: bytes, now: int) -> Cursor:
    layout, issued, client, seq, limit, flags, chosen = _HEAD.unpack_from(body)
    if layout != _LAYOUT or now - issued > LIFETIME_SECONDS:
        raise BadCursor
    position = _HEAD.size
    moments: list[int | None] = []
    for flag in (_SINCE, _UNTIL):
        moments.append(_MOMENT.unpack_from(body, position)[0] if flags & flag else None)
        position += _MOMENT.size if flags & flag else 0
    wanted = tuple(Wanted(key.hex(), related) for related, key in _KEY.iter_unpack(body[position:]))
    ascending, attachments = bool(flags & _ASCENDING), bool(flags & _ATTACHMENTS)
    query = ListQuery(wanted, moments[0], moments[1], limit, ascending, FORMATS[chosen], attachments)
    return Cursor(client, seq, query)


def _tag(body: bytes, secret: str) -> bytes:
    key = sha256(b"lrs.more\0" + secret.encode()).digest()
    return hmac.digest(key, body, "sha256")[:_TAG_BYTES]
