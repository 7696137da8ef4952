"""Charts: what is drawn, what is told, and where periods begin."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clients.pages.chart import MOST_BARS, Bar, Chart, Series, grid_step
from clients.pages.period import Period

BOTH = (Series("Succeeded"), Series("Failed", "s-bad"))


def chart(*bars, series=BOTH, **values):
    return Chart("requests", "Requests per day", "Day", series, bars, **values)


def drawn(one):
    return render_to_string("components/chart.html", {"chart": one})


@pytest.mark.parametrize(
    ("highest", "step"),
    [(0, 1), (1, 1), (4, 1), (5, 2), (8, 2), (9, 5), (21, 10), (81, 25), (100, 25), (101, 50), (3_200, 1_000)],
)
def test_grid_lines_stand_at_round_numbers(highest, step):
    assert grid_step(highest) == step
    one = chart(Bar("1", "1 Nov", (highest,)), series=BOTH[:1])
    assert 2 <= len(one.lines) <= 5


def test_failures_stand_on_top_and_are_seen_however_few():
    [column] = chart(Bar("1", "1 Nov", (4_000, 1))).columns
    succeeded, failed = column.boxes
    assert (succeeded.style, failed.style) == ("s-ok", "s-bad")
    assert failed.height == 1
    assert failed.y < succeeded.y


def test_a_chart_tells_in_words_and_as_a_table_what_it_shows():
    page = drawn(chart(Bar("1", "1 Nov 2026", (12_000, 3)), Bar("2", "2 Nov 2026", (0, 0), running=True)))
    assert "Total 12,003. Highest: 12,003 on 1 Nov 2026." in page
    assert "1 Nov 2026. Succeeded: 12,000, Failed: 3" in page
    assert re.search(r"<td>1 Nov 2026</td><td class=\"r\">12000</td><td class=\"r\">3</td>", page)
    assert "Pale bar" in page
    assert "style=" not in page


def test_text_is_escaped_and_numbers_do_not_follow_the_language():
    with translation.override("fi"):
        page = drawn(chart(Bar("<b>", "<i>", (1, 0)), csv_url="/x?a=1&b=2"))
    assert "<b>" not in page
    assert "<i>" not in page
    assert 'href="/x?a=1&amp;b=2"' in page
    assert not re.search(r'(?:x|y|width|height)="[^"]*[,.]', page)


@pytest.fixture
def helsinki():
    with timezone.override(ZoneInfo("Europe/Helsinki")):
        yield


def parts(**sent):
    return list(Period.of({name.rstrip("_"): value for name, value in sent.items()}).parts())


@pytest.mark.usefixtures("helsinki")
@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)], ids=["spring", "autumn", "summer"]
)
def test_a_day_has_as_many_hours_as_the_clock_gives_it(day, hours):
    assert len(parts(from_=day, to=day, unit="hour")) == hours
    [whole] = parts(from_=day, to=day, unit="day")
    assert whole.end.astimezone(UTC) - whole.start.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.usefixtures("helsinki")
@pytest.mark.parametrize("unit", ["hour", "day", "week", "month"])
def test_parts_follow_each_other_without_gap_and_fit_into_the_chart(unit):
    found = parts(from_="2025-12-30", to="2026-02-03", unit=unit)
    assert len(found) <= MOST_BARS
    assert all(one.end == following.start for one, following in pairwise(found))
    assert (found[0].start.isoformat(), found[-1].end.isoformat()) == (
        "2025-12-30T00:00:00+02:00",
        "2026-02-04T00:00:00+02:00",
    )


@pytest.mark.parametrize(
    ("sent", "unit"),
    [
        ({"from": "2026-01-01", "to": "2026-12-31"}, "week"),
        ({"from": "2016-01-01", "to": "2026-12-31", "unit": "hour"}, "month"),
        ({"from": "1980-01-01", "to": "2026-12-31", "unit": "day"}, "month"),
        ({"from": "2026-11-01", "to": "2026-11-02", "unit": "week"}, "week"),
        ({"from": "0001-01-01", "to": "9999-12-31", "unit": "x"}, "day"),
        ({"from": "yesterday"}, "day"),
    ],
)
def test_the_unit_is_as_wide_as_the_period_needs(sent, unit):
    period = Period.of(sent)
    assert period.unit == unit
    assert 0 < len(list(period.parts())) <= MOST_BARS


def test_without_a_choice_the_last_thirty_days_are_shown_and_today_is_running():
    found = parts()
    assert len(found) == 30
    now = datetime.now(UTC)
    assert [one.runs_at(now) for one in found] == [False] * 29 + [True]
