"""How rules are put together: objects with named members, lists, maps, and a choice by ``objectType``.

A check costs nothing but calls while a value is fine; paths are built only when one is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lrs.statement.types import FINE, Check, Problem, Problems, Version, under

_KINDS = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a decimal number",
    type(None): "null",
}
_UNKNOWN: Problems = (Problem("unknown property"),)
MISSING: Problems = (Problem("missing"),)


def expected(kind: str, value: Any) -> Problems:
    return (Problem(f"must be {kind}, not {_KINDS.get(type(value), 'such a number')}"),)


def string(value: Any, _version: Version) -> Problems:
    return FINE if type(value) is str else expected("a string", value)


def boolean(value: Any, _version: Version) -> Problems:
    return FINE if type(value) is bool else expected("true or false", value)


def number(value: Any, _version: Version) -> Problems:
    """``true`` is no number, although Python's bool is an int."""
    return FINE if type(value) is float or type(value) is int else expected("a number", value)


def formatted(is_valid: Callable[[str], object], reason: str) -> Check:
    """A string of a particular format (xAPI 1.0.3 Data §2.2)."""
    wrong = (Problem(reason),)

    def check(value: Any, _version: Version) -> Problems:
        if type(value) is str:
            return FINE if is_valid(value) else wrong
        return expected("a string", value)

    return check


def literal(*allowed: str) -> Check:
    """One of the enumerated values, in exactly this case."""
    return formatted(frozenset(allowed).__contains__, "must be " + " or ".join(f'"{value}"' for value in allowed))


def list_of(item: Check) -> Check:
    def check(value: Any, version: Version) -> Problems:
        if type(value) is not list:
            return expected("an array", value)
        problems: list[Problem] = []
        for index, member in enumerate(value):
            if found := item(member, version):
                problems += under(index, found)
        return problems

    return check


def map_of(is_key: Callable[[str], object], reason: str, item: Check | None) -> Check:
    """An object whose names have a format of their own; ``item`` None lets any JSON value stand."""
    wrong = (Problem(reason),)

    def check(value: Any, version: Version) -> Problems:
        if type(value) is not dict:
            return expected("an object", value)
        problems: list[Problem] = []
        for name, member in value.items():
            if not is_key(name):
                problems += under(name, wrong)
            elif item and (found := item(member, version)):
                problems += under(name, found)
        return problems

    return check


def from_version_2(item: Check) -> Check:
    """A member that only xAPI 2.0 knows: an unknown property to 1.0.3."""

    def check(value: Any, version: Version) -> Problems:
        return item(value, version) if version is Version.V2 else _UNKNOWN

    return check


class Shape:
    """An object with named members. ``rules`` see the whole object, and only once each member is fine by itself."""

    __slots__ = ("members", "required", "rules")

    def __init__(
        self, members: Mapping[str, Check], *, required: Iterable[str] = (), rules: Iterable[Check] = ()
    ) -> None:
        self.members = dict(members)
        self.required = frozenset(required)
        self.rules = tuple(rules)

    def __call__(self, value: Any, version: Version) -> Problems:
        if type(value) is not dict:
            return expected("an object", value)
        problems: list[Problem] = []
        for name, member in value.items():
            check = self.members.get(name)
            if found := check(member, version) if check else _UNKNOWN:
                problems += under(name, found)
        if not self.required <= value.keys():
            for name in self.members:
                if name in self.required and name not in value:
                    problems += under(name, MISSING)
        return problems or self._ruled(value, version)

    def _ruled(self, value: dict[str, Any], version: Version) -> Problems:
        for rule in self.rules:
            if found := rule(value, version):
                return found
        return FINE


def by_object_type(choices: Mapping[str, Check], *, default: str = "") -> Check:
    """The check that ``objectType`` names; without ``default`` the member is required."""
    allowed = " or ".join(f'"{name}"' for name in choices)
    wrong = under("objectType", (Problem(f"must be {allowed}"),))

    def check(value: Any, version: Version) -> Problems:
        if type(value) is not dict:
            return expected("an object", value)
        object_type = value.get("objectType", default)
        chosen = choices.get(object_type) if type(object_type) is str else None
        return chosen(value, version) if chosen else wrong

    return check
