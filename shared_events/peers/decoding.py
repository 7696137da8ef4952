"""JSON of other hosts, decoded so that an unfit value spoils the item that holds it, and not the page around it."""

import json
from collections.abc import Iterator
from math import inf
from typing import Any

MAX_NUMBER = 2**53 - 1  # RFC 7493 §2.2: beyond it readers disagree about the number
_LONGEST_NUMBER = 20
_DEEPEST = 200  # of a whole answer


class NotDecodable(ValueError):
    """Nothing of this text can be used."""


class Repeating(dict[str, Any]):
    """An object that has a name twice: its members depend on who reads it."""


def decoded(body: bytes) -> Any:
    """The JSON value; NotDecodable. What ``flaws`` names may be in it."""
    try:
        value, end = _decoder.raw_decode(text := body.decode("utf-8-sig").strip(" \t\r\n"))
    except UnicodeDecodeError as error:
        raise NotDecodable(f"it is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise NotDecodable(f"it is not valid JSON: {error.msg} (character {error.pos})") from error
    except RecursionError as error:
        raise NotDecodable("it is nested too deep") from error
    if end != len(text):
        raise NotDecodable(f"it is not valid JSON: Extra data (character {end})")
    if deeper_than(value, _DEEPEST):
        raise NotDecodable("it is nested too deep")
    return value


def flaws(value: Any, *, depth: int) -> Iterator[str]:
    """Why a value cannot be kept: in a database, as canonical JSON, or with one meaning for all readers."""
    level = [value]
    for _depth in range(depth):
        for node in level:
            yield from _flaw(node)
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    yield f"it is nested deeper than {depth} levels"


def shown(value: Any) -> str:
    """Text for people, which every database takes."""
    return json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode()


def deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _depth in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _flaw(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        if "\0" in node:
            yield "a text has a NUL character"
        if not node.isascii() and any("\ud800" <= character <= "\udfff" for character in node):
            yield "a text has half of a surrogate pair"
    elif isinstance(node, Repeating):
        yield "an object has a name twice"
    elif isinstance(node, float) or (isinstance(node, int) and abs(node) > MAX_NUMBER):
        yield "a number has a fraction or is too large"


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [*node.keys(), *node.values()]
    return node if isinstance(node, list) else []


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else Repeating(members)


def _integer(digits: str) -> int | float:
    """Python refuses to convert numbers of thousands of digits."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else inf


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer)
