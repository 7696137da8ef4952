"""Filters and sorting by the rows of ScimAttribute, on any database."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from scim.filters.compile import comparison, fold
from scim.filters.membership_backend import MembershipBackend
from scim.filters.tree import All, Has, Item, Leaf, Op, Order, Test
from scim.models import ScimAttribute, ScimConfiguration


class TableBackend:
    def __init__(self, configuration: ScimConfiguration) -> None:
        self._rows = ScimAttribute.objects.filter(configuration=configuration)
        self._memberships = MembershipBackend(configuration)

    def condition(self, leaf: Leaf) -> Q:
        """Uncorrelated, so that the database starts from the few rows that match."""
        if self._memberships.is_about(leaf):
            return self._memberships.condition(leaf)
        rows = self._entries(leaf) if isinstance(leaf, Item) else self._matching(leaf)
        return Q(pk__in=rows.values("link"))

    def sort_value(self, order: Order) -> "Subquery[Any]":
        rows = self._rows.filter(link=OuterRef("pk"), path=order.path, item=0)
        return Subquery(rows.values("number" if order.numeric else "text")[:1])

    def _matching(self, leaf: Test | Has) -> QuerySet[ScimAttribute]:
        rows = self._rows.filter(path=leaf.path)
        if isinstance(leaf, Has):
            return rows
        return rows.filter(comparison("text" if isinstance(leaf.value, str) else "number", leaf.op, leaf.value))

    def _entries(self, item: Item) -> QuerySet[ScimAttribute]:
        """Rows of the entries that satisfy the inner filter, found by its most telling equality."""
        terms = item.inner.terms if isinstance(item.inner, All) else (item.inner,)
        equal = [term for term in terms if isinstance(term, Test) and term.op is Op.EQ]
        first = max(equal, key=lambda term: term.path.endswith(".value"), default=None)
        rest = All(tuple(term for term in terms if term is not first))
        return self._matching(first or Has(item.path)).filter(fold(rest, self._in_same_entry))

    def _in_same_entry(self, leaf: Leaf) -> Q:
        assert not isinstance(leaf, Item), "RFC 7644 §3.4.2.2: a value filter holds no other"
        return Q(Exists(self._matching(leaf).filter(link=OuterRef("link"), item=OuterRef("item"))))
