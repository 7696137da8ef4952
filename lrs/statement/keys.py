"""Keys of what Statements speak about: equal on every database, computed without asking one.

A key is a UUID, written as 32 hexadecimal digits: both databases take and compare it so, and no object is made for it.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from lrs.statement.actors import IDENTIFIERS


def of_uuid(text: str) -> str:
    """The id of a Statement, compared without regard to case."""
    return text.replace("-", "").lower()


_LONGEST_REMEMBERED = 256  # characters; memory stays bounded whatever is sent


def key(kind: str, value: str) -> str:
    """The first 16 bytes of SHA-256 over kind, NUL and value."""
    return _remembered(kind, value) if len(value) <= _LONGEST_REMEMBERED else _computed(kind, value)


def _computed(kind: str, value: str) -> str:
    return sha256(f"{kind}\0{value}".encode()).hexdigest()[:32]


_remembered = lru_cache(16_384)(_computed)


def of_actor(actor: Mapping[str, Any]) -> str | None:
    """By the identifier alone, so that an Agent and a Group that share it are one; None for an anonymous Group."""
    for name in IDENTIFIERS:
        if name in actor:
            return key("agent", f"{name}\0{comparable_identifier(name, actor[name])}")
    return None


def of_activity(iri: str) -> str:
    return key("activity", iri)


def of_verb(iri: str) -> str:
    return key("verb", iri)


def of_registration(uuid: str) -> str:
    return key("registration", uuid.lower())


def of_pair(verb: str, activity: str) -> str:
    """Verb and object Activity together: the commonest question of all."""
    return key("pair", f"{verb}\0{activity}")


def comparable_identifier(name: str, value: Any) -> str:
    """xAPI 1.0.3 Data §2.3.1: case counts neither in the domain of a mail address nor in hexadecimal digits."""
    if name == "account":
        return f"{value['homePage']}\0{value['name']}"
    if name == "mbox":
        local, _, domain = str(value).rpartition("@")
        return f"{local}@{domain.lower()}"
    return str(value).lower() if name == "mbox_sha1sum" else str(value)
