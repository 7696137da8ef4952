"""Attachments and the parts that carry their data (xAPI 1.0.3 Data §2.4.11)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lrs.statement.places import Kind, places

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
_ALGORITHMS = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}


def attachments(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of the Statement and of its SubStatement."""
    if "attachments" not in statement and statement["object"].get("objectType") != "SubStatement":
        return iter(())
    return (place.value for place in places(statement) if place.kind is Kind.ATTACHMENT)


def hash_of(attachment: Mapping[str, Any]) -> str:
    return str(attachment["sha2"]).lower()


def hasher(sha2: str) -> "hashlib._Hash":
    """For a valid ``sha2``, the member of the family that its length tells."""
    return _ALGORITHMS[len(sha2)]()


def without_data(statements: Iterable[dict[str, Any]], sent: Iterable[str]) -> str | None:
    """The hash of the first attachment that has neither a ``fileUrl`` nor a part."""
    known = set(sent)
    for statement in statements:
        for attachment in attachments(statement):
            if "fileUrl" not in attachment and hash_of(attachment) not in known:
                return hash_of(attachment)
    return None


def mismatch(attachment: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """What the part says otherwise than the attachment it belongs to; empty when they agree.

    The size that is measured is not compared with ``length``: the two need not agree.
    """
    sent, expected = headers.get("content-type"), attachment["contentType"]
    if sent is not None and _bare(sent) != _bare(expected):
        return f"the part is {_bare(sent)[:80]}, the attachment {_bare(expected)[:80]}"
    length = headers.get("content-length")
    if length is not None and length.strip() != str(attachment["length"]):
        return "the part's Content-Length is not the attachment's length"
    return ""


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
