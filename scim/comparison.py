"""The one form in which text is compared: key columns, filters, sorting, uniqueness and PATCH all use it."""

from unicodedata import normalize

_LAST = 0x10FFFF
_BEFORE_SURROGATES, _AFTER_SURROGATES = 0xD7FF, 0xE000


def key(text: str, *, case_exact: bool = False) -> str:
    """``text`` in Normalization Form C, in lower case unless ``case_exact`` (RFC 7643 §2.2). Idempotent."""
    composed = normalize("NFC", text)
    # Lower case does not keep the normalization form, so the form is made again.
    return composed if case_exact else normalize("NFC", composed.lower())


def successor(prefix: str) -> str | None:
    """The smallest text, by code point, above every text that starts with ``prefix``; None when there is none."""
    while prefix:
        prefix, last = prefix[:-1], ord(prefix[-1])
        if last < _LAST:
            return prefix + chr(_AFTER_SURROGATES if last == _BEFORE_SURROGATES else last + 1)
    return None
