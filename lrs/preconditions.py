"""If-Match and If-None-Match (RFC 9110 §13.1, xAPI 1.0.3 Communication §3.1). Entity tags without their quotes."""

import re
from dataclasses import dataclass

ANY = "*"
# Some xAPI libraries send the bare SHA-1, so a word without quotes counts as a tag.
_TAG = re.compile(r'(W/)?"([^"]*)"|([^\s,"]+)')


@dataclass(frozen=True, slots=True)
class Preconditions:
    """None: the header was not sent. A header without any readable tag matches nothing."""

    match: frozenset[str] | None
    none_match: frozenset[str] | None

    @property
    def given(self) -> bool:
        return self.match is not None or self.none_match is not None

    def hold(self, tag: str | None) -> bool:
        """Whether to go on, given the tag of what is there (None: nothing)."""
        return (self.match is None or _names(self.match, tag)) and not self.seen(tag)

    def seen(self, tag: str | None) -> bool:
        """Whether If-None-Match names what is there."""
        return self.none_match is not None and _names(self.none_match, tag)


def read_preconditions(if_match: str | None, if_none_match: str | None) -> Preconditions:
    """If-Match compares strongly: a weak tag is no match. If-None-Match compares weakly (RFC 9110 §8.8.3.2)."""
    return Preconditions(
        None if if_match is None else _tags(if_match, weak=False),
        None if if_none_match is None else _tags(if_none_match, weak=True),
    )


def _tags(header: str, *, weak: bool) -> frozenset[str]:
    return frozenset(quoted or bare for mark, quoted, bare in _TAG.findall(header) if weak or not mark)


def _names(tags: frozenset[str], tag: str | None) -> bool:
    return tag is not None and (tag in tags or ANY in tags)
