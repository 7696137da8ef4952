"""List pages: search, sort, filters and pages from the address. Values that nobody offered are ignored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Func, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from clients.pages.choices import option_tags
from clients.pages.text import Text

SIZES = (25, 50, 100)
_MAX_QUERY = 200


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Column:
    """A column; with a ``key`` it can be sorted by ``order``, and the two directions have names.

    With a ``slug`` it can be hidden: ``?hide=SLUG``.
    """

    label: Text
    key: str = ""
    order: F | Func | None = None
    ascending: Text = ""
    descending: Text = ""
    newest_first: bool = False
    slug: str = ""

    @property
    def directions(self) -> list[Option]:
        both = [Option(self.key, self.ascending), Option(f"-{self.key}", self.descending)]
        if not self.key:
            return []
        return both[::-1] if self.newest_first else both

    def next_sort(self, sort: str) -> str:
        """The direction a click on the head leads to, where the rows are sorted by ``sort`` now."""
        values = [option.value for option in self.directions]
        if not values:
            return ""
        return values[1] if sort == values[0] else values[0]


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    label: Text
    any_label: Text
    options: Sequence[Option]
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Head:
    """One column's head as shown. ``aria_sort`` is empty unless the rows are sorted by it."""

    label: Text
    next_sort: str
    aria_sort: str


@dataclass(frozen=True, slots=True)
class ChosenFilter:
    offered: Filter
    value: str  # one of the offered options', or empty

    @property
    def option_tags(self) -> SafeString:
        none = ("", self.offered.any_label)
        return option_tags([none, *((option.value, option.label) for option in self.offered.options)], self.value)


@dataclass(frozen=True, slots=True)
class Listing:
    """One request's view of a table, for ``list.html``. ``state``: rows, no_match, no_reach or none_yet."""

    page: Page[Any]
    heads: list[Head]
    filters: list[ChosenFilter]
    sorts: list[Option]
    sort: str
    query: str
    size: int
    state: str
    count_text: str
    hideable: list[Option]
    hidden: set[str]

    sizes = SIZES

    @property
    def numbers(self) -> list[int | str]:
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1))

    @property
    def order_text(self) -> Text:
        return next(option.label for option in self.sorts if option.value == self.sort)

    @property
    def filtered(self) -> bool:
        return bool(self.query or any(chosen.value for chosen in self.filters))


@dataclass(frozen=True, slots=True)
class Table:
    """What a list page offers. ``sort`` is the order without a choice; ``counted`` words the count of N rows.

    ``counted`` is called with the number of rows and returns a text with %(first)s, %(last)s and %(count)s.
    """

    columns: Sequence[Column]
    sort: str
    counted: Callable[[int], str]
    search: Sequence[str] = ()
    filters: Sequence[Filter] = ()

    def listing(self, request: HttpRequest, rows: QuerySet[Any], *, limited: bool) -> Listing:
        """``rows`` are those in reach; ``limited`` says whether the administrator's reach has a limit at all."""
        sent = request.GET
        query, filters, sort, size = _query(sent), self._chosen(sent), self._sort(sent), _size(sent)
        page = Paginator(self.found(request, rows), size).get_page(sent.get("page"))
        hideable = [Option(column.slug, column.label) for column in self.columns if column.slug]
        hidden = {option.value for option in hideable} & set(sent.getlist("hide"))
        narrowed = bool(query or any(chosen.value for chosen in filters))
        return Listing(
            page=page,
            heads=[_head(column, sort) for column in self.columns if column.slug not in hidden],
            filters=filters,
            sorts=self._directions(),
            sort=sort,
            query=query,
            size=size,
            state=_state(found=page.paginator.count, narrowed=narrowed, limited=limited),
            count_text=self._count_text(page),
            hideable=hideable,
            hidden=hidden,
        )

    def found(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """All of ``rows`` that the address asks for, in its order."""
        sent = request.GET
        matching = self._filtered(self._searched(rows, _query(sent)), self._chosen(sent))
        return self._ordered(matching, self._sort(sent))

    def _chosen(self, sent: Mapping[str, str]) -> list[ChosenFilter]:
        return [_chosen(offered, sent) for offered in self.filters]

    def _searched(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        """Rows where each word of ``query`` stands in one of the searched columns."""
        if not query or not self.search:
            return rows
        words = [reduce(or_, (Q(**{f"{name}__icontains": word}) for name in self.search)) for word in query.split()]
        return rows.filter(reduce(and_, words))

    def _filtered(self, rows: QuerySet[Any], chosen: Sequence[ChosenFilter]) -> QuerySet[Any]:
        for choice in chosen:
            if choice.value:
                rows = choice.offered.apply(rows, choice.value)
        return rows

    def _ordered(self, rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
        order = next(column.order for column in self.columns if column.key == sort.lstrip("-"))
        order = order or F(sort.lstrip("-"))
        return rows.order_by(order.desc(), "-pk") if sort.startswith("-") else rows.order_by(order.asc(), "pk")

    def _directions(self) -> list[Option]:
        return [option for column in self.columns for option in column.directions]

    def _sort(self, sent: Mapping[str, str]) -> str:
        wanted = sent.get("sort", "")
        return wanted if wanted in {option.value for option in self._directions()} else self.sort

    def _count_text(self, page: Page[Any]) -> str:
        count = page.paginator.count
        return self.counted(count) % {"first": page.start_index(), "last": page.end_index(), "count": count}


def _query(sent: Mapping[str, str]) -> str:
    return sent.get("q", "").replace("\0", "")[:_MAX_QUERY].strip()


def _chosen(offered: Filter, sent: Mapping[str, str]) -> ChosenFilter:
    value = sent.get(offered.name, "")
    known = value in {option.value for option in offered.options}
    return ChosenFilter(offered, value if known else "")


def _size(sent: Mapping[str, str]) -> int:
    wanted = sent.get("size", "")
    return next((size for size in SIZES if str(size) == wanted), SIZES[0])


def _head(column: Column, sort: str) -> Head:
    aria_sort = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "") if column.key else ""
    return Head(column.label, column.next_sort(sort), aria_sort)


def _state(*, found: int, narrowed: bool, limited: bool) -> str:
    if found:
        return "rows"
    if narrowed:
        return "no_match"
    return "no_reach" if limited else "none_yet"
