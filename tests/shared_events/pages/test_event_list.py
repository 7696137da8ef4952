from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.models import LmsSettings
from tests.builders import enable_shared_events, make_administrator, make_label, make_superadmin
from tests.shared_events.builders import make_event
from tests.shared_events.registrations.people import enrol, make_learners, make_seats

pytestmark = pytest.mark.django_db


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


def names(response):
    return [row.title for row in response.context["rows"]]


def test_it_shows_the_columns_of_an_event(superadmin):
    make_event(title="<First> aid", kind="online", stage="draft")
    response = superadmin.get("/system/events/")
    text = response.content.decode()
    assert [str(head.label) for head in response.context["listing"].heads] == [
        "Name",
        "Start",
        "Kind",
        "Status",
        "Shared",
        "Seats",
        "Updated",
    ]
    for shown in ("&lt;First&gt; aid", "Online", "Planned", "Draft", "(Europe/Helsinki)", "just now"):
        assert shown in text
    assert '<option value="upcoming">' in text


def test_it_is_in_the_menu(superadmin):
    assert reverse("events") in superadmin.get("/system/").content.decode()


def test_it_says_when_sharing_has_no_effect(superadmin):
    words = "Shared events are off for this LMS"
    assert words in superadmin.get("/system/events/").content.decode()
    LmsSettings.current()
    enable_shared_events()
    assert words not in superadmin.get("/system/events/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Upcoming", "Draft", "Past"]),
        ("?sort=starts_at", ["Past", "Draft", "Upcoming"]),
        ("?sort=title", ["Draft", "Past", "Upcoming"]),
        ("?q=past", ["Past"]),
        ("?q=room", ["Upcoming", "Draft", "Past"]),
        ("?when=past", ["Past"]),
        ("?when=upcoming", ["Upcoming", "Draft"]),
        ("?stage=draft", ["Draft"]),
        ("?shared=no", ["Past"]),
        ("?status=active", ["Upcoming"]),
        ("?kind=online", ["Draft"]),
        ("?seats=free", ["Upcoming", "Draft"]),
        ("?seats=full", ["Past"]),
        ("?seats=waiting", ["Past"]),
        ("?status=x&stage=y&shared=z&when=1&sort=-&page=x&size=9", ["Upcoming", "Draft", "Past"]),
        ("?q=nothing", []),
    ],
)
def test_search_sort_and_filters(superadmin, query, found):
    now = timezone.now().replace(tzinfo=None, microsecond=0)
    make_event(title="Upcoming", start=now + timedelta(days=9), status="active")
    make_event(title="Draft", start=now + timedelta(days=5), stage="draft", kind="online")
    enrol(make_seats(1, title="Past", start=now - timedelta(days=5), shared=False), *make_learners(2))
    assert names(superadmin.get("/system/events/" + query)) == found


def test_only_events_in_reach_are_listed_and_counted(client):
    label = make_label("Helsinki")
    make_event(title="Elsewhere")
    make_event(title="Here").labels.add(label)
    client.force_login(make_administrator(label))
    response = client.get("/system/events/")
    assert names(response) == ["Here"]
    assert "of 1 event" in response.content.decode()
    client.force_login(make_administrator(make_label("Other")))
    assert "No events within your permissions" in client.get("/system/events/").content.decode()


def test_an_empty_list_offers_to_add(superadmin):
    text = superadmin.get("/system/events/").content.decode()
    assert "No events yet" in text
    assert reverse("event-add") in text


def test_it_needs_a_login(client):
    assert client.get("/system/events/").status_code == 302


def test_a_long_list_costs_as_many_queries_as_a_short_one(superadmin, django_assert_num_queries):
    for number in range(12):
        make_seats(number + 1, title=str(number))
    LmsSettings.current()
    with django_assert_num_queries(4):  # session, administrator, count, rows
        superadmin.get("/system/events/")
