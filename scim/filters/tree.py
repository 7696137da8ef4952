"""A filter in our own form: paths resolved and in lower case, values typed and in comparison form. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Value = str | float | datetime


class Op(StrEnum):
    """RFC 7644 §3.4.2.2. ``ne`` is a negated ``eq``: no value equals the operand."""

    EQ = "eq"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


@dataclass(frozen=True, slots=True)
class Test:
    """At least one value of ``path`` compares so. Booleans are 0 and 1."""

    __test__ = False  # no test case, whatever its name

    path: str
    op: Op
    value: Value


@dataclass(frozen=True, slots=True)
class Has:
    """``path`` has a value."""

    path: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the multi-valued attribute ``path`` satisfies ``inner`` as a whole."""

    path: str
    inner: "Tree"


@dataclass(frozen=True, slots=True)
class All:
    """Without terms: true."""

    terms: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Without terms: false."""

    terms: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Not:
    term: "Tree"


Leaf = Test | Has | Item
Tree = Leaf | All | Any | Not


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by; ``numeric`` where the values are numbers or booleans."""

    path: str
    descending: bool = False
    numeric: bool = False
