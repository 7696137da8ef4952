from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_events import calendar

ZONES = ["Europe/Helsinki", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC"]


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        pytest.param("2027-03-28T02:59:59", "Europe/Helsinki", "2027-03-28T00:59:59", id="last second before the gap"),
        pytest.param("2027-03-28T04:00:00", "Europe/Helsinki", "2027-03-28T01:00:00", id="first second after the gap"),
        pytest.param("2027-10-31T03:30:00", "Europe/Helsinki", "2027-10-31T00:30:00", id="ambiguous: the first"),
        pytest.param("2027-04-04T01:45:00", "Australia/Lord_Howe", "2027-04-03T14:45:00", id="half-hour change"),
        pytest.param("2027-06-01T12:00:00", "Asia/Kathmandu", "2027-06-01T06:15:00", id="quarter-hour offset"),
        pytest.param("1970-01-01T00:00:00", "UTC", "1970-01-01T00:00:00", id="first year"),
        pytest.param("2200-12-31T23:59:59", "Pacific/Niue", "2201-01-01T10:59:59", id="last year"),
    ],
)
def test_instant_of_a_local_time(local, zone, instant):
    found = calendar.existing_instant(datetime.fromisoformat(local), zone)
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone"),
    [
        ("2027-03-28T03:00:00", "Europe/Helsinki"),
        ("2027-03-28T03:59:59", "Europe/Helsinki"),
        ("2027-03-14T02:30:00", "America/New_York"),
        ("2027-10-03T02:15:00", "Australia/Lord_Howe"),
        ("2011-12-30T12:00:00", "Pacific/Apia"),
    ],
)
def test_a_local_time_that_the_clocks_skip_is_refused(local, zone):
    with pytest.raises(calendar.NonexistentLocalTime):
        calendar.existing_instant(datetime.fromisoformat(local), zone)


@given(st.datetimes(datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2200-12-30")), st.sampled_from(ZONES))
def test_an_instant_shows_its_local_time_again(at, zone):
    at = at.replace(tzinfo=UTC, microsecond=0)
    local = calendar.local_time(at, zone)
    assert calendar.local_time(calendar.existing_instant(local, zone), zone) == local
    assert calendar.instant(local, zone) <= at  # the first of two


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "PT1S"), (60, "PT1M"), (3600, "PT1H"), (12_600, "PT3H30M"), (90_061, "PT25H1M1S"), (0, "PT0S")],
)
def test_duration_text(seconds, text):
    assert calendar.duration_text(seconds) == text


def test_zones_are_places_this_installation_knows():
    assert {"Europe/Helsinki", "UTC", "America/Argentina/Buenos_Aires"} <= set(calendar.zone_names())
    assert not {"localtime", "Factory", "posixrules"} & set(calendar.zone_names())


def test_the_time_zone_database_names_its_release():
    assert calendar.tzdata_version()[:2] == "20"
