"""The calendar: days in the reader's zone, weeks in the reader's language."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clients.models import LmsSettings
from shared_events import actions
from shared_events.pages import month
from shared_events.scheduling import Part, set_sessions
from tests.builders import BY, make_administrator, make_label, make_superadmin
from tests.shared_events.builders import make_event

pytestmark = pytest.mark.django_db

at = datetime.fromisoformat
URL = "/system/events/calendar/"


@pytest.fixture
def reader(client):
    """In Helsinki, and reading English."""
    user = make_superadmin()
    user.time_zone, user.language = "Europe/Helsinki", "en"
    user.save()
    client.force_login(user)
    return SimpleNamespace(user=user, get=client.get)


def days(answer):
    """Day of the month → titles, for days on which something happens."""
    cells = [day for week in answer.context["weeks"] for day in week if day.entries]
    return {day.date.day: [entry.event.title for entry in day.entries] for day in cells}


def test_an_event_stands_on_its_day_with_its_time(reader):
    make_event(title="<First> aid", start=at("2027-03-10T09:00"), duration_seconds=3600)
    make_event(title="Other month", start=at("2027-04-10T09:00"))
    answer = reader.get(URL + "?month=2027-03")
    assert days(answer) == {10: ["<First> aid"]}
    text = answer.content.decode()
    for shown in ("March 2027", "&lt;First&gt; aid", "<b>09:00</b>", 'datetime="2027-03-10"', "Europe/Helsinki"):
        assert shown in text


@pytest.mark.parametrize(
    ("start", "zone", "expected", "there"),
    [
        ("2027-03-10T23:30", "Europe/Helsinki", {10: 1}, ""),
        ("2027-03-10T23:30", "UTC", {11: 1}, "UTC"),
        ("2027-03-11T01:00", "Asia/Tokyo", {10: 1}, "Asia/Tokyo"),
        ("2027-03-31T23:30", "UTC", {}, ""),
        ("2027-02-28T23:30", "UTC", {1: 1}, "UTC"),
        ("2027-03-28T02:30", "Europe/Helsinki", {28: 1}, ""),
        ("2027-03-10T09:00", "Europe/Athens", {10: 1}, ""),
    ],
)
def test_days_are_those_of_the_reader(reader, start, zone, expected, there):
    make_event(start=at(start), time_zone=zone, duration_seconds=60)
    answer = reader.get(URL + "?month=2027-03")
    assert {day: len(titles) for day, titles in days(answer).items()} == expected
    assert there in answer.content.decode()
    entries = [entry for week in answer.context["weeks"] for day in week for entry in day.entries]
    assert [entry.there.endswith(there) and bool(entry.there) == bool(there) for entry in entries] == [True] * len(
        entries
    )


def test_an_event_over_several_days_stands_on_each(reader):
    make_event(title="Camp", start=at("2027-03-30T12:00"), duration_seconds=4 * 86_400)
    make_event(title="Night", start=at("2027-03-05T22:00"), duration_seconds=2 * 3600)  # until midnight
    assert days(reader.get(URL + "?month=2027-03")) == {5: ["Night"], 30: ["Camp"], 31: ["Camp"]}
    assert days(reader.get(URL + "?month=2027-04")) == {1: ["Camp"], 2: ["Camp"], 3: ["Camp"]}


def test_sessions_stand_on_their_own_days(reader):
    event = make_event(title="Course")
    parts = [Part(at(f"2027-03-{day}T09:00"), 3600) for day in ("03", "17")]
    set_sessions(event, parts, version=event.version, by=BY)
    assert days(reader.get(URL + "?month=2027-03")) == {3: ["Course"], 17: ["Course"]}


@pytest.mark.parametrize(("language", "first"), [("en", "Sunday"), ("fi", "maanantai")])
def test_weeks_begin_as_the_language_has_it(reader, language, first):
    reader.user.language = language
    reader.user.save()
    answer = reader.get(URL + "?month=2027-08")  # 1 August 2027 is a Sunday
    assert str(answer.context["weekdays"][0]).lower() == first.lower()
    assert [week.index(day) for week in answer.context["weeks"] for day in week if day.date and day.date.day == 1] == [
        0 if language == "en" else 6
    ]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])  # never the same day
def test_today_is_marked_in_the_zone_of_the_reader(reader, zone):
    reader.user.time_zone = zone
    reader.user.save()
    around = [datetime.now(ZoneInfo(zone)).date()]
    text = reader.get(URL).content.decode()
    around.append(datetime.now(ZoneInfo(zone)).date())
    assert text.count('aria-current="date"') == 1
    assert any(f'<time datetime="{on}" aria-current="date">' in text for on in around)
    assert 'aria-current="date"' not in reader.get(URL + "?month=2027-03").content.decode()


@pytest.mark.parametrize("asked", ["", "x", "2027-13", "0001-01", "9999-12", "2027-03-01", "\0"])
def test_a_month_that_nobody_offers_is_this_month(reader, asked):
    assert reader.get(URL, {"month": asked}).context["month"] == f"{timezone.localdate():%Y-%m}"


@pytest.mark.parametrize(("asked", "before", "after"), [("1970-01", "", "1970-02"), ("2200-12", "2200-11", "")])
def test_there_is_nothing_before_the_first_month_and_after_the_last(reader, asked, before, after):
    answer = reader.get(URL, {"month": asked})
    assert (answer.context["before"], answer.context["after"]) == (before, after)


def test_search_and_filters_go_along(reader):
    make_event(title="Here", start=at("2027-03-10T09:00"), kind="online")
    actions.cancel_event(make_event(title="Off", start=at("2027-03-11T09:00"), kind="online"), by=BY)
    make_event(title="Elsewhere", start=at("2027-03-12T09:00"))
    answer = reader.get(URL + "?month=2027-03&kind=online")
    text = answer.content.decode()
    assert days(answer) == {10: ["Here"], 11: ["Off"]}
    assert "?month=2027-04&amp;kind=online" in text or "?kind=online&amp;month=2027-04" in text
    assert 'href="/system/events/?kind=online"' in text
    assert days(reader.get(URL + "?month=2027-03&kind=online&status=planned")) == {10: ["Here"]}
    listed = reader.get("/system/events/?kind=online&sort=title&page=1").content.decode()
    assert 'href="/system/events/calendar/?kind=online"' in listed


def test_only_events_in_reach_are_shown(client):
    label = make_label()
    make_event(title="Far", start=at("2027-03-10T09:00"))
    make_event(title="Near", start=at("2027-03-10T09:00")).labels.add(label)
    client.force_login(make_administrator(label))
    assert days(client.get(URL + "?month=2027-03")) == {10: ["Near"]}


def test_a_full_month_is_cut_and_says_so(reader, monkeypatch):
    monkeypatch.setattr(month, "MAX_EVENTS", 2)
    for day in ("10", "11", "12"):
        make_event(start=at(f"2027-03-{day}T09:00"))
    answer = reader.get(URL + "?month=2027-03")
    assert list(days(answer)) == [10, 11]
    assert "more than 2 events" in answer.content.decode()


def test_many_events_cost_as_many_queries_as_none(reader, django_assert_num_queries):
    for number in range(12):
        event = make_event(start=at("2027-03-10T09:00"))
        parts = [Part(at(f"2027-03-{number + 1:02}T09:00"), 3600)]
        set_sessions(event, parts, version=event.version, by=BY)
    LmsSettings.current()
    with django_assert_num_queries(4):  # session, administrator, events, sessions
        reader.get(URL + "?month=2027-03")
