"""The position of a reader in the feed: opaque to the reader, bound to it, and a proof of the history it has seen."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import astuple, dataclass

VERSION = 1
MAX_LENGTH = 512
_TAG_BYTES = 16


class UnreadableCursor(ValueError):
    """Not a cursor that this server gave to this client."""


@dataclass(frozen=True, slots=True)
class Cursor:
    epoch: str
    seq: int  # last position scanned
    proof: int  # the later of seq and the head of the feed when this pass began
    nonce: str  # of the batch that holds proof: a rewound feed has another one there
    scope: str  # what the reader was served
    issued: int  # how many pages with items the reader had been given


def encode(cursor: Cursor, *, key: bytes, client_id: str) -> str:
    payload = json.dumps([VERSION, *astuple(cursor)], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_tag(payload, key, client_id) + payload).decode().rstrip("=")


def decode(text: str, *, key: bytes, client_id: str) -> Cursor:
    """The cursor in ``text``, or UnreadableCursor: it must be the very text that ``encode`` made for this client."""
    raw = _bytes(text)
    tag, payload = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(payload, key, client_id)):
        raise UnreadableCursor("the tag does not match")
    version, *members = json.loads(payload)
    if version != VERSION:
        raise UnreadableCursor("another version")
    return Cursor(*members)


def _bytes(text: str) -> bytes:
    if len(text) > MAX_LENGTH or not text.isascii():
        raise UnreadableCursor("not base64url")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise UnreadableCursor("not base64url") from error
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise UnreadableCursor("not the spelling it was given in")
    return raw


def _tag(payload: bytes, key: bytes, client_id: str) -> bytes:
    return hmac.digest(key, client_id.encode() + b"\0" + payload, hashlib.sha256)[:_TAG_BYTES]
