"""One entry of a language map by Accept-Language (xAPI 1.0.3 Communication §2.1.3, RFC 9110 §12.5.4, RFC 4647 §3.4)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ITEM = re.compile(r"\s*([A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*[qQ]\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
_MOST_RANGES = 50


def read_preferences(header: str) -> list[str]:
    """Language ranges in lower case, the most wanted first. What is not understood is passed over."""
    items = [_ITEM.fullmatch(item) for item in header.split(",")[:_MOST_RANGES]]
    weighted = [(float(item[2] or 1), item[1].lower()) for item in items if item]
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if weight]


def in_one_language(entries: Mapping[str, Any], preferences: Sequence[str]) -> dict[str, Any]:
    """The entry that ``preferences`` find first, else the first one; nothing of an empty map."""
    for tag in _candidates(entries, preferences):
        return {tag: entries[tag]}
    return {}


def _candidates(entries: Mapping[str, Any], preferences: Sequence[str]) -> Iterator[str]:
    tags = {tag.lower(): tag for tag in reversed(list(entries))}
    for wanted in preferences:
        yield from _looked_up(wanted, tags)
    for wanted in preferences:
        yield from (tag for lower, tag in reversed(tags.items()) if lower.startswith(wanted + "-"))
    yield from entries


def _looked_up(wanted: str, tags: Mapping[str, str]) -> Iterator[str]:
    """RFC 4647 §3.4: the range, then the range with its last parts taken away one by one."""
    parts = [] if wanted == "*" else wanted.split("-")
    while parts:
        if "-".join(parts) in tags:
            yield tags["-".join(parts)]
        parts.pop()
        if parts and len(parts[-1]) == 1:  # the single letter that introduced what was taken away
            parts.pop()
