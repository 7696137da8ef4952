"""Strings with a format: IRI, UUID, language tag, mail address, hash, media type (xAPI 1.0.3 Data §2.2, §4)."""

import re
from collections.abc import Callable
from functools import lru_cache

from lrs.statement.shapes import formatted, map_of, string

_LONGEST_REMEMBERED = 256  # characters; memory stays bounded whatever is sent


def _remembered(matches: Callable[[str], object]) -> Callable[[str], bool]:
    """The same answers, at the price of a look-up for the few thousand values that fill most Statements."""
    known = lru_cache(4096)(lambda text: matches(text) is not None)
    return lambda text: known(text) if len(text) <= _LONGEST_REMEMBERED else matches(text) is not None


# RFC 3987 §2.2: a scheme, then none of the characters that may stand nowhere in an IRI, and % only before two digits.
_PLAIN = r"""[^\s\x00-\x20\x7f<>"{}|\\^`%]"""
is_iri = _remembered(
    re.compile(
        rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{_PLAIN}+(?:%[0-9A-Fa-f]{{2}}{_PLAIN}*)*|(?:%[0-9A-Fa-f]{{2}}{_PLAIN}*)+)"
    ).fullmatch
)


def is_uri(text: str) -> bool:
    return text.isascii() and is_iri(text)


is_uuid = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}").fullmatch
# RFC 6068: one address, no header fields; a quoted @ or comma would be percent-encoded.
is_mailto = re.compile(r"""mailto:[^\s\x00-\x1f\x7f<>,?@]+@[^\s\x00-\x1f\x7f<>,?@]+""").fullmatch
is_sha1 = re.compile(r"[0-9A-Fa-f]{40}").fullmatch
is_sha2 = re.compile(r"(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})").fullmatch

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a token of RFC 9110 §5.6.2
is_media_type = re.compile(
    rf"""{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"(?:[^"\\\r\n]|\\[^\r\n])*"))*""",
).fullmatch

# RFC 5646 §2.1. The regular grandfathered tags have the form of a langtag; the irregular ones are listed.
_IRREGULAR = (
    "en-GB-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu "
    "sgn-BE-FR sgn-BE-NL sgn-CH-DE"
).replace(" ", "|")
is_language_tag = _remembered(
    re.compile(
        r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"  # language, extended languages
        r"(?:-[a-z]{4})?"  # script
        r"(?:-(?:[a-z]{2}|[0-9]{3}))?"  # region
        r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
        r"(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*"  # extensions
        r"(?:-x(?:-[a-z0-9]{1,8})+)?"  # private use
        rf"|x(?:-[a-z0-9]{{1,8}})+|{_IRREGULAR}",
        re.ASCII | re.IGNORECASE,
    ).fullmatch
)

iri = formatted(is_iri, "not an IRI with a scheme")
irl = formatted(is_iri, "not an IRL with a scheme")
uri = formatted(is_uri, "not a URI with a scheme")
uuid = formatted(is_uuid, "not a UUID")
mailto = formatted(is_mailto, "not a mail address of the form mailto:name@domain")
sha1 = formatted(is_sha1, "not a SHA-1 hash of 40 hexadecimal digits")
sha2 = formatted(is_sha2, "not a SHA-2 hash in hexadecimal digits")
media_type = formatted(is_media_type, "not a media type")
language_tag = formatted(is_language_tag, "not a language tag (RFC 5646)")

language_map = map_of(is_language_tag, "not a language tag (RFC 5646)", string)
extensions = map_of(is_iri, "an extension's key must be an IRI with a scheme", None)
