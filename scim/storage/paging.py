"""Which links a search finds, and its pages: by offset (RFC 7644 §3.4.2.4) or after a position (RFC 9865)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, F, OrderBy, Q, Value, When

from scim.filters.compile import compile_filter, sort_value
from scim.filters.table_backend import TableBackend
from scim.filters.tree import Order, Tree
from scim.models import ScimConfiguration, ScimLink
from scim.models.link import ScimLinkQuerySet


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among the links of one kind. Without ``where``: all."""

    kind: str
    where: Tree | None
    order: Order | None


@dataclass(frozen=True, slots=True)
class Page:
    """``total`` is None on pages after a position; ``next`` and ``previous`` are positions, which JSON can hold."""

    total: int | None
    links: list[ScimLink]
    next: Any = None
    previous: Any = None


@dataclass(frozen=True, slots=True)
class Position:
    """Beside a link: what it is sorted by, and its primary key. ``back``: the page before it."""

    value: Any
    pk: int
    back: bool = False

    def as_json(self) -> list[Any]:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return [value, self.pk, self.back]


class Search:
    """Begins at ``visible_to``. The links of all kinds are one collection."""

    def __init__(self, configuration: ScimConfiguration, wanted: Sequence[Wanted]) -> None:
        backend = TableBackend(configuration)
        conditions = [_condition(one, backend) for one in wanted]
        found = ScimLink.objects.visible_to(configuration).filter(reduce(or_, conditions))
        orders = {one.kind: one.order for one in wanted if one.order}
        self.descending = any(order.descending for order in orders.values())
        self.sorted = bool(orders)
        if orders:
            found = found.annotate(sorted_by=_value(orders, len(wanted), backend))
        self.found: ScimLinkQuerySet = found

    def from_offset(self, offset: int, count: int | None) -> Page:
        """``count`` links after ``offset`` (None: all), and how many there are. The offset is walked over ids only."""
        ordered = self._ordered()
        if offset == 0 and count != 0:
            return _first(ordered, count)
        total = self.found.count()
        if offset >= total or count == 0:
            return Page(total, [])
        stop = None if count is None else offset + count
        ids = ordered.values("pk")[offset:stop]
        return Page(total, list(ordered.filter(pk__in=ids).select_related("user")))

    def from_position(self, position: list[Any] | None, count: int) -> Page:
        """``count`` links beside ``position`` (None: the first ones)."""
        if count == 0:
            return Page(self.found.count(), [])
        beside = Position(*position) if position else None
        back = beside is not None and beside.back
        rows = self._ordered(back=back).select_related("user")
        if beside:
            rows = rows.filter(self._after(beside))
        links = list(rows[: count + 1])
        more, links = len(links) > count, links[:count]
        if back:
            links.reverse()
        return self._page(links, more=more, beside=beside)

    def _page(self, links: list[ScimLink], *, more: bool, beside: Position | None) -> Page:
        back = beside is not None and beside.back
        total = self.found.count() if beside is None else None
        if not links:
            return Page(total, [])
        following = self._position(links[-1]) if more or back else None
        preceding = self._position(links[0], back=True) if (more if back else beside) else None
        return Page(total, links, following, preceding)

    def _position(self, link: ScimLink, *, back: bool = False) -> list[Any]:
        return Position(getattr(link, "sorted_by", None), link.pk, back).as_json()

    def _ordered(self, *, back: bool = False) -> ScimLinkQuerySet:
        """RFC 7644 §3.4.2.3: links without a value come last ascending, first descending."""
        last_first = self.descending != back
        value = F("sorted_by")
        order = [
            OrderBy(value, descending=last_first, nulls_first=last_first or None, nulls_last=not last_first or None)
        ] * self.sorted
        return self.found.order_by(*order, "-pk" if back else "pk")

    def _after(self, position: Position) -> Q:
        """What comes after ``position`` in the direction of the walk."""
        beyond = Q(pk__lt=position.pk) if position.back else Q(pk__gt=position.pk)
        if not self.sorted:
            return beyond
        last_first = self.descending != position.back
        if position.value is None:
            same = Q(sorted_by__isnull=True) & beyond
            return same | Q(sorted_by__isnull=False) if last_first else same
        same = Q(sorted_by=position.value) & beyond
        if last_first:
            return same | Q(sorted_by__lt=position.value)
        return same | Q(sorted_by__gt=position.value) | Q(sorted_by__isnull=True)


def _condition(wanted: Wanted, backend: TableBackend) -> Q:
    kind = Q(kind=wanted.kind)
    return kind if wanted.where is None else kind & compile_filter(wanted.where, backend, wanted.kind)


def _value(orders: dict[str, Order], kinds: int, backend: TableBackend) -> Any:
    values = {kind: sort_value(order, backend, kind) for kind, order in orders.items()}
    if kinds == 1:
        return next(iter(values.values()))
    return Case(*(When(Q(kind=kind), then=value) for kind, value in values.items()), default=Value(None))


def _first(ordered: ScimLinkQuerySet, count: int | None) -> Page:
    """A look-up by a key, the most frequent request of all, is one query: a page that is not full needs no count."""
    links = list(ordered.select_related("user")[:count])
    return Page(len(links) if count is None or len(links) < count else ordered.count(), links)
