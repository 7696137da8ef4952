"""Sentences that parts without a language raise or store in English, told in the reader's. Others stay as they are."""

import re

from django.utils.translation import gettext

_known: dict[str, re.Pattern[str]] = {}
_GAP = re.compile(r"%\((\w+)\)s")


def register(*sentences: str) -> None:
    """Marked with ``gettext_noop``; a gap is written ``%(name)s``, and may itself hold a known sentence."""
    for sentence in sentences:
        parts = _GAP.split(sentence)
        fixed, names = map(re.escape, parts[::2]), [f"(?P<{name}>.+?)" for name in parts[1::2]]
        pattern = "".join(one for pair in zip(fixed, [*names, ""], strict=True) for one in pair)
        _known[sentence] = re.compile(pattern, re.DOTALL)


def told(text: str) -> str:
    for sentence, pattern in _known.items():
        if found := pattern.fullmatch(text):
            return gettext(sentence) % {name: told(value) for name, value in found.groupdict().items()}
    return text
