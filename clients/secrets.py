"""Machine secrets: how they look, how they are checked without a database, and what is kept of them.

A value is a prefix that names its kind, base-62 characters that carry at least 256 random bits, and six characters of
CRC-32 over all before them, so that secret scanners and typing errors are told apart from real values without a query.
"""

import hashlib
import hmac
import secrets
import zlib
from dataclasses import dataclass

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {digit: value for value, digit in enumerate(DIGITS)}
_ALPHABET = frozenset(DIGITS)
_CHECKSUM_LENGTH = 6
_PREFIX_LENGTH = len("lmscs_")
RANDOM_BYTES = 32
RANDOM_LENGTH = 43  # 32 bytes in base 62
CLIENT_ID_LENGTH = 24
_CLIENT_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"

CLIENT_SECRET = "lmscs_"  # noqa: S105 - prefixes, no secrets
BEARER_TOKEN = "lmsbt_"  # noqa: S105
ACCESS_TOKEN = "lmsat_"  # noqa: S105

# Published for secret scanners; never matches a client ID.
SCANNER_EXPRESSION = r"\blms(cs|at|bt)_[0-9A-Za-z]{49,240}\b"


def encode(number: int, length: int) -> str:
    """``number`` in base 62, padded with zeros to ``length`` characters."""
    digits = []
    while number:
        number, rest = divmod(number, 62)
        digits.append(DIGITS[rest])
    return "".join(reversed(digits)).rjust(length, "0")


def decode(text: str) -> int:
    """The number ``encode`` made ``text`` of. ``text`` holds base-62 digits only."""
    number = 0
    for digit in text:
        number = number * 62 + _VALUE[digit]
    return number


def checksum(text: str) -> str:
    return encode(zlib.crc32(text.encode("ascii")), _CHECKSUM_LENGTH)


def seal(prefix: str, body: str) -> str:
    """A whole value: prefix, body, checksum."""
    text = prefix + body
    return text + checksum(text)


def generate(prefix: str) -> str:
    """A new client secret or bearer token of 256 random bits."""
    return seal(prefix, encode(int.from_bytes(secrets.token_bytes(RANDOM_BYTES)), RANDOM_LENGTH))


def has_form(value: str, prefix: str, body_length: int = RANDOM_LENGTH) -> bool:
    """Whether ``value`` could be one of ours: prefix, length, alphabet and checksum agree."""
    length = _PREFIX_LENGTH + body_length + _CHECKSUM_LENGTH
    if len(value) != length or not value.startswith(prefix) or not _ALPHABET.issuperset(value[_PREFIX_LENGTH:]):
        return False
    return checksum(value[:-_CHECKSUM_LENGTH]) == value[-_CHECKSUM_LENGTH:]


def body(value: str) -> str:
    """What stands between prefix and checksum of a value that has the form of one."""
    return value[_PREFIX_LENGTH:-_CHECKSUM_LENGTH]


def digest(value: str) -> bytes:
    """SHA-256, 32 bytes: all that is stored. 256 random bits need no slow hash."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()


def generate_client_id() -> str:
    return "".join(secrets.choice(_CLIENT_ID_ALPHABET) for _ in range(CLIENT_ID_LENGTH))


def is_client_id(text: str) -> bool:
    return len(text) == CLIENT_ID_LENGTH and all(character in _CLIENT_ID_ALPHABET for character in text)


@dataclass(frozen=True, slots=True)
class Kept:
    """What may be stored of a value."""

    digest: bytes
    prefix: str
    last_four: str

    @classmethod
    def of(cls, value: str) -> "Kept":
        return cls(digest(value), value[:_PREFIX_LENGTH], value[-4:])


def same(one: bytes, other: bytes) -> bool:
    """Comparison whose time tells nothing about where they differ."""
    return hmac.compare_digest(one, other)
