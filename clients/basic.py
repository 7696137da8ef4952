"""HTTP Basic as OAuth clients send it: RFC 7617, with the halves form-encoded by RFC 6749 §2.3.1 or not."""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class IdAndSecret:
    client_id: str
    secret: str

    def __repr__(self) -> str:
        return f"IdAndSecret({self.client_id!r})"


def split_header(header: str) -> tuple[str, str]:
    """Scheme in lower case, and what follows it (RFC 9110 §11.4)."""
    scheme, _, value = header.strip().partition(" ")
    return scheme.lower(), value.strip()


def read(value: str) -> IdAndSecret | None:
    """What follows ``Basic``; None when it is malformed. A plus sign is no space: our alphabets hold neither."""
    try:
        text = base64.b64decode(value.encode("ascii"), validate=True).decode("utf-8")
        client_id, colon, secret = text.partition(":")
        pair = IdAndSecret(unquote(client_id, errors="strict"), unquote(secret, errors="strict"))
    except (binascii.Error, UnicodeError):
        return None
    return pair if colon and pair.client_id and pair.secret else None
