"""RFC 8785: one text for one JSON value, so that equal documents have equal hashes."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """The canonical text. Floats are refused with TypeError: documents of events hold whole numbers only."""
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """Hexadecimal SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=_utf16)}
    if isinstance(value, list):
        return [_ordered(member) for member in value]
    if isinstance(value, float):
        raise TypeError("a document of an event holds whole numbers only")
    return value


def _utf16(name: str) -> bytes:
    """RFC 8785 §3.2.3 sorts names by their UTF-16 code units."""
    return name.encode("utf-16-be")
