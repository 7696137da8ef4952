"""Words for times, and icons."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clients.templatetags import ui

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        ({"seconds": -5}, "just now"),
        ({"seconds": 59}, "just now"),
        ({"seconds": 60}, "1 minute ago"),
        ({"minutes": 59, "seconds": 59}, "59 minutes ago"),
        ({"hours": 1}, "1 hour ago"),
        ({"hours": 23, "minutes": 59}, "23 hours ago"),
        ({"hours": 24}, "yesterday"),
        ({"hours": 36}, "yesterday"),
        ({"days": 2}, "2 days ago"),
        ({"days": 6}, "6 days ago"),
        ({"days": 7}, "16 Nov 2026"),
    ],
)
def test_elapsed(passed, words):
    assert ui.elapsed(NOW - timedelta(**passed), NOW) == words


def test_days_can_be_counted_without_limit():
    assert ui.elapsed(NOW - timedelta(days=81), NOW, always=True) == "81 days ago"


def test_yesterday_is_a_day_of_the_calendar_where_the_reader_is():
    moment = NOW - timedelta(hours=37)  # 23:00 UTC two days before; already the next day in Auckland
    assert ui.elapsed(moment, NOW) == "2 days ago"
    with timezone.override(ZoneInfo("Pacific/Auckland")):
        assert ui.elapsed(moment, NOW) == "2 days ago"
        assert ui.elapsed(NOW - timedelta(hours=25), NOW) == "yesterday"


@pytest.mark.parametrize(("seconds", "words"), [(0, "1 second ago"), (3, "3 seconds ago"), (61, "1 minute ago")])
def test_seconds_ago(monkeypatch, seconds, words):
    monkeypatch.setattr(ui.timezone, "now", lambda: NOW)
    assert ui.seconds_ago(NOW - timedelta(seconds=seconds)) == words


def test_ago_is_a_time_element(monkeypatch):
    monkeypatch.setattr(ui.timezone, "now", lambda: NOW)
    assert ui.ago(NOW) == '<time datetime="2026-11-23T12:00:00+00:00">just now</time>'


def test_icon_is_hidden_from_readers():
    assert 'aria-hidden="true"' in ui.icon("key")
    assert "icons.svg#key" in ui.icon("key")
