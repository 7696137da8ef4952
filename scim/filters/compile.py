"""The one seam from a filter to SQL: columns of the link first, the rest by a backend."""

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any as Anything
from typing import Protocol
from uuid import UUID

from django.db.models import Case, F, Q, Subquery, Value, When
from django.db.models.expressions import Expression
from django.db.models.functions import Right, StrIndex
from django.db.models.lookups import Exact, GreaterThan

from scim.comparison import successor
from scim.errors import CannotFilter
from scim.filters.tree import All, Any, Has, Item, Leaf, Not, Op, Order, Test, Tree

NEVER = Q(pk__in=())
ALWAYS = ~NEVER
_NAMES = {"User": "username", "Group": "displayname"}  # attribute behind the key column, by kind
_TIME_COLUMNS = {"meta.created": "created", "meta.lastmodified": "modified"}
_ALWAYS_THERE = {"id", "active", "meta", "meta.resourcetype", *_TIME_COLUMNS}
_UNINDEXED = {"meta.version", "meta.location"}
_ACTIVE = Case(When(user__blocked=True, then=Value(0)), default=Value(1))


class Backend(Protocol):
    """Evaluates what is not a column. Raises CannotFilter rather than approximate."""

    def condition(self, leaf: Leaf) -> Q: ...

    def sort_value(self, order: Order) -> "Expression | Subquery[Anything]": ...


def compile_filter(tree: Tree, backend: Backend, kind: str) -> Q:
    """A condition on the links of ``kind`` that holds exactly where ``tree`` does."""

    def leaf(node: Leaf) -> Q:
        column = _column(node, kind) if not isinstance(node, Item) else None
        return backend.condition(node) if column is None else column

    return fold(tree, leaf)


def fold(tree: Tree, leaf: Callable[[Leaf], Q]) -> Q:
    match tree:
        case All(terms):
            return reduce(and_, (fold(term, leaf) for term in terms), ALWAYS)
        case Any(terms):
            return reduce(or_, (fold(term, leaf) for term in terms), NEVER)
        case Not(term):
            return ~fold(term, leaf)
        case _:
            return leaf(tree)


def sort_value(order: Order, backend: Backend, kind: str) -> "Expression | F | Subquery[Anything]":
    """What RFC 7644 §3.4.2.3 sorts the links of ``kind`` by; null where they have no value."""
    if order.path in _UNINDEXED or order.path == "id":
        raise CannotFilter(f"Sorting by {order.path} is not supported.")
    if order.path == "active":
        return _ACTIVE
    if order.path == "externalid":
        return Case(When(~Q(external_id=""), then=F("external_id")))
    column = _columns(kind).get(order.path)
    return F(column) if column else backend.sort_value(order)


def _columns(kind: str) -> dict[str, str]:
    text = {_NAMES[kind]: "key", "externalid": "external_id", "meta.resourcetype": "kind"}
    return text | _TIME_COLUMNS


def comparison(column: str, op: Op, value: object) -> Q:
    """``column op value``. Text operators take text literally: LIKE ignores case and has wildcards."""
    match op:
        case Op.EQ:
            return Q(**{column: value})
        case Op.CO:
            return Q(GreaterThan(StrIndex(F(column), Value(value)), 0))
        case Op.EW:
            return Q(Exact(Right(F(column), len(str(value))), Value(value))) if value else _is_text(column)
        case Op.SW:
            above = successor(str(value))
            below = Q(**{f"{column}__lt": above}) if above else Q()
            return Q(**{f"{column}__gte": value}) & below
        case _:
            lookup = {Op.GE: "gte", Op.LE: "lte"}.get(op, op.value)
            return Q(**{f"{column}__{lookup}": value})


def _is_text(column: str) -> Q:
    return Q(**{f"{column}__isnull": False})


def _column(node: Test | Has, kind: str) -> Q | None:
    """The condition where ``node`` is about a column; None where it is not."""
    if node.path in _UNINDEXED:
        raise CannotFilter(f"{node.path} cannot be filtered.")
    if isinstance(node, Has):
        if node.path == "externalid":
            return ~Q(external_id="")
        return ALWAYS if node.path in {*_ALWAYS_THERE, _NAMES[kind]} else None
    return _compared(node, kind)


def _compared(node: Test, kind: str) -> Q | None:
    if node.path == "id":
        return _id(node)
    if node.path == "active":
        return Q(user__blocked=not node.value)
    column = _columns(kind).get(node.path)
    if column is None:
        return None
    present = ~Q(external_id="") if node.path == "externalid" else Q()
    return comparison(column, node.op, node.value) & present


def _id(node: Test) -> Q:
    if node.op is not Op.EQ:
        raise CannotFilter("id can only be compared with eq and ne.")
    scim_id = parse_id(str(node.value))
    return Q(scim_id=scim_id) if scim_id else NEVER


def parse_id(text: str) -> UUID | None:
    """The id in exactly the form it is published in, or None."""
    try:
        parsed = UUID(text)
    except ValueError:
        return None
    return parsed if str(parsed) == text else None
