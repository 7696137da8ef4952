"""A rule that says which users a configuration sees: AND, OR and NOT over comparisons of a user's fields."""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact

FIELDS = (
    "user_name",
    "email",
    "employee_id",
    "given_name",
    "family_name",
    "language",
    "company",
    "country",
    "location",
    "department",
    "division",
    "business_unit",
    "job_title",
)
OPERATORS = ("equals", "in", "starts", "empty")
MAX_DEPTH, MAX_TERMS = 5, 50
Rule = Mapping[str, Any]


class UnfitRule(ValueError):
    """What is wrong with it, for people."""


def compiled(rule: Rule, prefix: str = "") -> Q:
    """A condition on LmsUser or, with ``prefix``, on a model that leads to it. The empty rule holds for everybody."""
    match rule:
        case {"all": terms}:
            return reduce(and_, (compiled(term, prefix) for term in terms))
        case {"any": terms}:
            return reduce(or_, (compiled(term, prefix) for term in terms))
        case {"not": term}:
            return ~compiled(term, prefix)
        case {"field": field, "op": op}:
            return _OPERATORS[op](prefix + field, rule.get("value"))
        case _:
            return Q()


def checked(rule: Any, *, depth: int = 0) -> Rule:
    """``rule`` itself, or UnfitRule."""
    if depth > MAX_DEPTH:
        raise UnfitRule(f"A rule is nested at most {MAX_DEPTH} levels deep.")
    match rule:
        case {"all": [_, *_] as terms, **rest} | {"any": [_, *_] as terms, **rest} if (
            not rest and len(terms) <= MAX_TERMS
        ):
            for term in terms:
                checked(_non_empty(term), depth=depth + 1)
        case {"not": term, **rest} if not rest:
            checked(_non_empty(term), depth=depth + 1)
        case {"field": str(field), "op": str(op), **rest}:
            _check_comparison(field, op, rest)
        case {}:
            if rule:
                raise UnfitRule("A rule is a comparison, or all, any or not of other rules.")
        case _:
            raise UnfitRule("A rule is a comparison, or all, any or not of other rules.")
    return rule  # type: ignore[no-any-return]


def _non_empty(term: Any) -> Any:
    if not term:
        raise UnfitRule("A part of the rule is empty.")
    return term


def _check_comparison(field: str, op: str, rest: Mapping[Any, Any]) -> None:
    if field not in FIELDS:
        raise UnfitRule(f"There is no field {field}.")
    if op not in OPERATORS or set(rest) - {"value"}:
        raise UnfitRule(f"Compare by one of: {', '.join(OPERATORS)}.")
    value = rest.get("value")
    fits = {
        "equals": isinstance(value, str) and value != "",
        "starts": isinstance(value, str) and value != "",
        "in": isinstance(value, list) and bool(value) and all(isinstance(one, str) and one for one in value),
        "empty": value is None,
    }
    if not fits[op]:
        raise UnfitRule(f"{field}: this value does not fit the comparison.")


def _starts(column: str, value: Any) -> Q:
    """Literally, and alike on every database: LIKE has wildcards and ignores case on some."""
    return Q(Exact(Left(F(column), len(value)), Value(value)))


_OPERATORS: dict[str, Callable[[str, Any], Q]] = {
    "equals": lambda column, value: Q(**{column: value}),
    "in": lambda column, value: Q(**{f"{column}__in": value}),
    "starts": _starts,
    "empty": lambda column, _value: Q(**{column: ""}),
}
