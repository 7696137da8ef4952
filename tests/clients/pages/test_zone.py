"""Times on pages are those of the administrator's time zone, also where its clocks change."""

from datetime import datetime

import pytest
from django.test import RequestFactory
from django.utils import timezone

from clients.models import Client, LmsSettings
from clients.pages.period import Period
from clients.pages.zone import TimeZoneMiddleware
from tests import builders

pytestmark = pytest.mark.django_db
HELSINKI, NEW_YORK = "Europe/Helsinki", "America/New_York"


@pytest.fixture
def lms_in_helsinki(db):
    LmsSettings.objects.update(time_zone=HELSINKI)
    LmsSettings.forget()


def person(zone):
    user = builders.make_superadmin()
    user.time_zone = zone
    user.save()
    return user


@pytest.mark.parametrize(
    ("zone", "at", "shown"),
    [
        ("", "2026-10-25T00:30Z", "25 Oct 2026, 03:30 (Europe/Helsinki)"),  # the clocks go back at 01:00 UTC
        ("", "2026-10-25T01:30Z", "25 Oct 2026, 03:30 (Europe/Helsinki)"),
        ("", "2026-03-29T00:59Z", "29 Mar 2026, 02:59 (Europe/Helsinki)"),  # and forward
        ("", "2026-03-29T01:00Z", "29 Mar 2026, 04:00 (Europe/Helsinki)"),
        (NEW_YORK, "2026-11-01T05:30Z", "1 Nov 2026, 01:30 (America/New_York)"),  # back at 06:00 UTC
        (NEW_YORK, "2026-11-01T06:30Z", "1 Nov 2026, 01:30 (America/New_York)"),
        (NEW_YORK, "2026-11-01T03:59Z", "31 Oct 2026, 23:59 (America/New_York)"),
        (NEW_YORK, "2026-03-08T07:00Z", "8 Mar 2026, 03:00 (America/New_York)"),  # and forward
        ("Mars/Olympus", "2026-03-08T07:00Z", "8 Mar 2026, 07:00 (UTC)"),  # as a command may have set it
    ],
)
def test_pages_show_times_in_the_own_zone_and_name_it(client, lms_in_helsinki, zone, at, shown):
    made = builders.make_client()
    Client.objects.filter(pk=made.pk).update(updated=datetime.fromisoformat(at))
    client.force_login(person(zone))
    assert shown in client.get(made.get_absolute_url()).content.decode()


def test_a_page_of_one_administrator_leaves_nothing_to_the_next(client, lms_in_helsinki):
    made = builders.make_client()
    for zone, named in ((NEW_YORK, NEW_YORK), ("", HELSINKI)):
        client.force_login(person(zone))
        assert f"({named})" in client.get(made.get_absolute_url()).content.decode()
        assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize(
    ("zone", "day", "hours"), [("", "2026-10-25", 25), (NEW_YORK, "2026-11-01", 25), (NEW_YORK, "2026-03-08", 23)]
)
def test_days_of_charts_begin_at_midnight_of_the_own_zone(lms_in_helsinki, zone, day, hours):
    user, found = person(zone), []

    def view(request):
        found.extend(Period.of({"from": day, "to": day, "unit": "hour"}).parts())

    request = RequestFactory().get("/system/")
    request.user = user
    middleware = TimeZoneMiddleware(view)
    middleware.process_view(request, view, (), {})
    middleware(request)
    assert len(found) == hours
    assert str(found[0].start.tzinfo) == (zone or HELSINKI)
    assert found[0].start.isoformat().startswith(f"{day}T00:00")


def test_the_own_zone_needs_no_setting_of_the_lms(client):
    client.force_login(person(NEW_YORK))
    assert "(America/New_York)" in client.get(builders.make_client().get_absolute_url()).content.decode()
