"""One identifier of a person replaced in a JSON text by another; every other byte of the text stays.

An object that bears the identifier loses its ``name`` with it, wherever it stands. Elsewhere the mail address, hash or
URI is replaced in strings, but not in the identifiers of others; the parts of an account say nothing by themselves.
"""

import json
import re
from collections.abc import Iterator

from lrs.statement.actors import IDENTIFIERS
from lrs.statement.identifiers import Identifier
from lrs.statement.keys import comparable_identifier
from lrs.statement.splice import Edit, Member, applied, elements, members, value_of

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class Redaction:
    def __init__(self, identifier: Identifier, by: Identifier) -> None:
        self.identifier, self.by = identifier, by
        self._comparable = comparable_identifier(*identifier)
        self._member = f"{json.dumps(by.name)}:{json.dumps(by.value, ensure_ascii=False)}"
        self.needle = identifier.text.removeprefix("mailto:").lower() if identifier.name != "account" else ""
        self._mention = re.compile(
            rf"""(?:(?<![^\s<,(])|(?<=mailto:)){re.escape(self.needle)}(?=$|[\s>,;:)?!"']|\.(?:$|\s))""", re.IGNORECASE
        )

    def apply(self, text: str) -> str:
        """``text`` is valid JSON."""
        start = len(text) - len(text.lstrip())
        text = applied(text, [edit for found in _objects(text, start) for edit in self._edits(text, found)])
        if not self.needle or self.needle not in text.lower():
            return text
        spared = [(one.value, one.end) for found in _objects(text, start) for one in found if one.name in IDENTIFIERS]
        return applied(text, self._mentions(text, spared))

    def left_in(self, text: str) -> bool:
        """Whether the identifier's text still occurs in what ``apply`` has made."""
        return bool(self.needle) and self.needle in text.lower()

    def bears(self, name: str, value: object) -> bool:
        if name != self.identifier.name:
            return False
        if name == "account":
            return bool(value == self.identifier.value)
        return isinstance(value, str) and comparable_identifier(name, value) == self._comparable

    def _edits(self, text: str, found: list[Member]) -> Iterator[Edit]:
        if not any(one.name == self.identifier.name and self.bears(one.name, value_of(text, one)) for one in found):
            return
        for index, one in enumerate(found):
            if one.name == self.identifier.name:
                yield Edit(one.start, one.end, self._member)
            elif one.name == "name" and index + 1 < len(found):
                yield Edit(one.start, found[index + 1].start, "")
            elif one.name == "name":
                yield Edit(found[index - 1].end, one.end, "")

    def _mentions(self, text: str, spared: list[tuple[int, int]]) -> Iterator[Edit]:
        for token in _STRING.finditer(text):
            if any(start <= token.start() < end for start, end in spared):
                continue
            said = json.loads(token[0])
            if (changed := self._mention.sub(lambda _match: self.by.value["name"], said)) != said:
                yield Edit(token.start(), token.end(), json.dumps(changed, ensure_ascii=False))


def _objects(text: str, start: int) -> Iterator[list[Member]]:
    """The members of every object in the value that begins at ``start``."""
    if text[start] == "{":
        found = list(members(text, start))
        yield found
        for member in found:
            yield from _objects(text, member.value)
    elif text[start] == "[":
        for position in elements(text, start):
            yield from _objects(text, position)
