"""Bar charts as SVG: the geometry here, the markup in components/chart.html. Whole numbers: no language writes them
with a comma."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from django.utils.formats import number_format
from django.utils.translation import gettext

from clients.pages.text import Text

MOST_BARS = 120
WIDTH, HEIGHT = 900, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 888, 14, 264
_MOST_STEPS = 4  # between grid lines
_MOST_LABELS = 8
_GAP = 0.25  # of the room of a bar


@dataclass(frozen=True, slots=True)
class Series:
    """``style``: the class that colours it, s-ok or s-bad."""

    label: Text
    style: str = "s-ok"


@dataclass(frozen=True, slots=True)
class Bar:
    """``label`` stands below the axis, ``name`` says the same in full. ``values``: one of each series, lowest first.

    ``running``: the period is not over yet.
    """

    label: str
    name: str
    values: tuple[int, ...]
    running: bool = False

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int
    style: str


@dataclass(frozen=True, slots=True)
class Column:
    """A bar as drawn. ``label`` is empty where the axis has no room for it."""

    hit: Box
    boxes: list[Box]
    text: str
    label: str
    middle: int
    style: str


@dataclass(frozen=True, slots=True)
class Line:
    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``key`` is unique on its page; ``unit`` heads the periods in the table. At least one bar."""

    key: str
    title: Text
    unit: Text
    series: Sequence[Series]
    bars: Sequence[Bar]
    csv_url: str = ""

    width, height, left, right, label_y = WIDTH, HEIGHT, _LEFT, _RIGHT, _BOTTOM + 22

    @property
    def running(self) -> bool:
        return any(bar.running for bar in self.bars)

    @property
    def summary(self) -> str:
        highest = max(self.bars, key=lambda bar: bar.total)
        words = gettext("Total %(total)s. Highest: %(highest)s on %(name)s.")
        total = sum(bar.total for bar in self.bars)
        return words % {"total": grouped(total), "highest": grouped(highest.total), "name": highest.name}

    @property
    def lines(self) -> list[Line]:
        step, top = self._step, self._top
        return [Line(self._y(value), grouped(value)) for value in range(0, top + 1, step)]

    @property
    def columns(self) -> Iterator[Column]:
        every = -(-len(self.bars) // _MOST_LABELS)
        for index, bar in enumerate(self.bars):
            shown = (len(self.bars) - 1 - index) % every == 0
            yield self._column(index, bar, bar.label if shown else "")

    @property
    def _step(self) -> int:
        return grid_step(max(bar.total for bar in self.bars))

    @property
    def _top(self) -> int:
        highest = max(bar.total for bar in self.bars)
        return max(-(-highest // self._step), 1) * self._step

    def _y(self, value: int) -> int:
        return _BOTTOM - round((_BOTTOM - _TOP) * value / self._top)

    def _column(self, index: int, bar: Bar, label: str) -> Column:
        room = (_RIGHT - _LEFT) / len(self.bars)
        start, end = round(_LEFT + room * index), round(_LEFT + room * (index + 1))
        gap = round(room * _GAP / 2)
        return Column(
            hit=Box(start, _TOP, end - start, _BOTTOM - _TOP, "hit"),
            boxes=list(self._stacked(bar, start + gap, end - start - 2 * gap)),
            text=self._text(bar),
            label=label,
            middle=(start + end) // 2,
            style="bar now" if bar.running else "bar",
        )

    def _stacked(self, bar: Bar, x: int, width: int) -> Iterator[Box]:
        """What is there is seen: at least one unit high."""
        below = 0
        for series, value in zip(self.series, bar.values, strict=True):
            if value:
                bottom, top = self._y(below), self._y(below + value)
                yield Box(x, min(top, bottom - 1), width, max(bottom - top, 1), series.style)
            below += value

    def _text(self, bar: Bar) -> str:
        told = (f"{series.label}: {grouped(value)}" for series, value in zip(self.series, bar.values, strict=True))
        return f"{bar.name}. {', '.join(told)}"


def grid_step(highest: int) -> int:
    """The least of 1, 2, 2.5 and 5 times a power of ten that needs no more than five lines; whole numbers only."""
    for power in count():
        for tenths in (10, 20, 25, 50):
            step, rest = divmod(tenths * int(10**power), 10)
            if not rest and step * _MOST_STEPS >= highest:
                return step
    raise AssertionError  # the powers never end


def grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
