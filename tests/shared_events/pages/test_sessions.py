"""Tab Sessions, as a browser without script sends it."""

from datetime import datetime

import pytest

from shared_events.models import EventSession
from shared_events.scheduling import MAX_SESSIONS
from tests.builders import make_superadmin
from tests.shared_events.builders import make_event, make_mirror
from tests.shared_events.pages.test_event_form import FILLED

pytestmark = pytest.mark.django_db

MORNING = {"start": "2027-03-29T09:00", "end": "2027-03-29T12:00", "location": "Room 5", "link": ""}
EVENING = {"start": "2027-03-30T18:00", "end": "2027-03-30T20:00", "location": "", "link": "https://meet.example.org/1"}


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


@pytest.fixture
def event(db):
    return make_event()


def sent(event, *rows, **more):
    """What the form posts: these rows, each with the sid that it has in ``rows`` or none."""
    event.refresh_from_db()
    fields = {f"{name}_{n}": value for n, row in enumerate(rows) for name, value in {"sid": "", **row}.items()}
    return {"version": event.version, "rows_sent": len(rows), **fields, **more}


def post(client, event, *rows, **more):
    return client.post(f"/system/events/{event.pk}/sessions/", sent(event, *rows, **more), follow=True)


def shown(answer):
    """The rows of the page as they would be sent again."""
    return [
        {name: getattr(row, name).value() or "" for name in ("sid", "start", "end", "location", "link")}
        for row in answer.context["form"].rows
    ]


def test_rows_are_added_typed_removed_and_saved(superadmin, event):
    assert "In one piece" in superadmin.get(f"/system/events/{event.pk}/sessions/").content.decode()
    answer = post(superadmin, event, add="1")
    assert len(shown(answer)) == 1
    answer = post(superadmin, event, MORNING, add="1")
    assert [row["location"] for row in shown(answer)] == ["Room 5", ""]
    assert "not saved yet" in answer.content.decode()
    answer = post(superadmin, event, MORNING, {}, EVENING, remove="1")
    assert [row["start"] for row in shown(answer)] == [MORNING["start"], EVENING["start"]]
    assert not EventSession.objects.exists()
    answer = post(superadmin, event, MORNING, EVENING)
    assert "Changes saved." in answer.content.decode()
    event.refresh_from_db()
    assert [(part.start.isoformat(), part.end.isoformat(), part.join_url) for part in event.parts] == [
        ("2027-03-29T09:00:00", "2027-03-29T12:00:00", ""),
        ("2027-03-30T18:00:00", "2027-03-30T20:00:00", EVENING["link"]),
    ]
    assert event.end == datetime.fromisoformat("2027-03-30T20:00")


def test_saving_the_page_as_it_is_keeps_every_session(superadmin, event):
    post(superadmin, event, MORNING, EVENING)
    before = list(EventSession.objects.order_by("pk").values())
    post(superadmin, event, *shown(superadmin.get(f"/system/events/{event.pk}/sessions/")))
    assert list(EventSession.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": ""}, "Enter when the session starts."),
        ({"end": ""}, "Enter when the session ends."),
        ({"end": MORNING["start"]}, "Enter an end after the start."),
        ({"start": "2027-03-28T03:30"}, "the clocks of Europe/Helsinki are put forward"),
        ({"link": "javascript:alert(1)"}, "Enter an address that begins with https://."),
        ({"end": "2029-01-01T00:00"}, "within 366 days"),
        ({"sid": "x"}, "UUID"),
    ],
)
def test_it_says_what_to_do(superadmin, event, change, message):
    answer = post(superadmin, event, MORNING, MORNING | change)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not EventSession.objects.exists()


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(superadmin, event):
    late = sent(event, EVENING)
    post(superadmin, event, MORNING)
    answer = superadmin.post(f"/system/events/{event.pk}/sessions/", late)
    assert answer.status_code == 422
    assert "Somebody saved this event" in answer.content.decode()
    assert [part.location_name for part in EventSession.objects.all()] == ["Room 5"]


@pytest.mark.parametrize("count", ["-1", "x", "", "9" * 30, "²"])
def test_a_number_of_rows_that_no_page_sends(superadmin, event, count):
    assert post(superadmin, event, rows_sent=count).status_code == 422


def test_more_rows_than_there_may_be(superadmin, event):
    rows = [MORNING] * MAX_SESSIONS
    assert len(shown(post(superadmin, event, *rows, add="1"))) == MAX_SESSIONS
    assert "up to 100 sessions" in post(superadmin, event, *rows, add="1").content.decode()


class TestGeneralTab:
    def test_times_are_those_of_the_sessions(self, superadmin, event):
        post(superadmin, event, MORNING, EVENING)
        page = superadmin.get(event.get_absolute_url())
        assert "Change them on the tab Sessions." in page.content.decode()
        again = {**FILLED, "start": "2030-01-01T00:00", "end": "2030-01-02T00:00", "title": "Other"}
        superadmin.post(event.get_absolute_url(), again)
        event.refresh_from_db()
        assert (event.title, event.start.isoformat()) == ("Other", "2027-03-29T09:00:00")

    def test_another_zone_has_to_show_every_session(self, superadmin, event):
        post(superadmin, event, MORNING | {"start": "2027-03-14T02:30", "end": "2027-03-14T04:00"})
        answer = superadmin.post(event.get_absolute_url(), {**FILLED, "time_zone": "America/New_York"})
        assert "the clocks of America/New_York are put forward" in answer.content.decode()

    def test_with_another_zone_the_event_still_spans_them(self, superadmin, event):
        days = [MORNING | {"start": f"2027-03-{day}T09:00", "end": f"2027-03-{day}T12:00"} for day in ("27", "29")]
        post(superadmin, event, *days)
        superadmin.post(event.get_absolute_url(), {**FILLED, "time_zone": "UTC"})
        event.refresh_from_db()
        assert (event.end, event.duration_seconds) == (datetime.fromisoformat("2027-03-29T12:00"), 51 * 3600)


def test_sessions_of_a_mirrored_event_are_shown_as_its_host_tells_them(superadmin, event):
    post(superadmin, event, MORNING | {"location": "<Hall>"}, EVENING)
    text = superadmin.get(f"/system/mirrored-events/{make_mirror(event).pk}/").content.decode()
    assert "29 Mar 2027, 09:00 – 29 Mar 2027, 12:00, &lt;Hall&gt;" in text
    assert "30 Mar 2027, 18:00 – 30 Mar 2027, 20:00<" in text
