"""What is in an iCalendar object, and what never is."""

import json
from datetime import datetime

import icalendar as reader
import pytest

from shared_events.actions import cancel_event
from shared_events.ical.export import icalendar
from shared_events.ical.zones import observances
from shared_events.models import Event, MirrorEvent
from tests.builders import BY, make_superadmin
from tests.shared_events.builders import make_event, make_mirror
from tests.shared_events.ical.test_readers import document

URL = "/system/events/{}/event.ics"


def only_event(content):
    (event,) = reader.Calendar.from_ical(content).walk("VEVENT")
    return event


@pytest.mark.any_database
class TestFormat:
    def test_helsinki_changes_when_it_does(self):
        onsets = [(str(one.onset), str(one.offset_to)) for one in observances("Europe/Helsinki", 2026, 2026)]
        assert onsets == [
            ("2026-01-01 02:00:00", "2:00:00"),
            ("2026-03-29 03:00:00", "3:00:00"),
            ("2026-10-25 04:00:00", "2:00:00"),
        ]

    def test_a_zone_without_changes_has_one_offset(self):
        (only,) = observances("Asia/Tokyo", 2020, 2030)
        assert str(only.offset_to) == "9:00:00"

    @pytest.mark.parametrize(
        ("start", "hours", "begins", "ends"),
        [
            ("01:30", 2, b"20261025T013000", b"20261025T003000Z"),
            ("01:30", 3, b"20261025T013000", b"20261025T013000Z"),
            ("03:30", 1, b"20261025T003000Z", b"20261025T013000Z"),
            ("02:30", 3, b"20261025T023000", b"20261025T043000"),
        ],
    )
    def test_what_clocks_show_twice_is_told_in_utc(self, start, hours, begins, ends):
        told = document("a", datetime.fromisoformat(f"2026-10-25T{start}"), "Europe/Helsinki", hours=hours)
        event = only_event(icalendar([told], name="N"))
        assert (event["DTSTART"].to_ical(), event["DTEND"].to_ical()) == (begins, ends)

    def test_text_is_escaped_and_folded(self):
        told = document("a", datetime.fromisoformat("2026-05-01T09:00"), "Europe/Helsinki")
        told["event"] |= {"title": "One; two, three\\ " + "ä" * 100, "description": "a\nEND:VEVENT\r\nb"}
        content = icalendar([told], name="N")
        assert max(len(line) for line in content.split(b"\r\n")) <= 75
        event = only_event(content)
        assert event["SUMMARY"] == told["event"]["title"]
        assert "END:VEVENT" in event["DESCRIPTION"]

    def test_unknown_words_of_later_versions_are_left_out(self):
        told = document("a", datetime.fromisoformat("2026-05-01T09:00"), "Europe/Helsinki")
        told["event"]["status"] = "postponed"
        assert "STATUS" not in only_event(icalendar([told], name="N"))


@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def _signed_in(self, client):
        client.force_login(make_superadmin())

    def test_an_event_as_it_is_and_when_cancelled(self, client):
        event = make_event(title="First aid", info="Bring water", shared=False)
        answer = client.get(URL.format(event.pk))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        first = only_event(answer.content)
        assert (first["SUMMARY"], first["LOCATION"], first["STATUS"]) == ("First aid", "Room 5", "TENTATIVE")
        assert first["UID"] == str(event.uid)
        assert cancel_event(event, by=BY)
        second = only_event(client.get(URL.format(event.pk)).content)
        assert second["STATUS"] == "CANCELLED"
        assert second["SEQUENCE"] == first["SEQUENCE"] + 1

    def test_the_list_as_it_is_filtered(self, client):
        make_event(title="First aid")
        make_event(title="Fire drill")
        page = client.get("/system/events/?q=aid").content.decode()
        assert "/system/events/events.ics?q=aid" in page
        assert only_event(client.get("/system/events/events.ics?q=aid").content)["SUMMARY"] == "First aid"
        assert client.get("/system/events/events.ics").content.count(b"BEGIN:VEVENT") == Event.objects.count()

    def test_the_list_costs_the_same_for_many(self, client, django_assert_max_num_queries):
        for number in range(30):
            make_event(title=str(number))
        with django_assert_max_num_queries(5):
            assert client.get("/system/events/events.ics").content.count(b"BEGIN:VTIMEZONE") == 1

    def test_an_event_of_another_lms(self, client):
        mirror = make_mirror(make_event(title="Theirs"))
        answer = client.get(f"/system/mirrored-events/{mirror.pk}/event.ics")
        assert only_event(answer.content)["SUMMARY"] == "Theirs"

    def test_another_lms_need_not_say_when_it_wrote(self, client):
        mirror = make_mirror(make_event(title="Theirs"))
        told = json.loads(mirror.document)
        for name in ("created", "updated", "sequence"):
            del told["event"][name]
        MirrorEvent.objects.update(document=json.dumps(told))
        found = only_event(client.get(f"/system/mirrored-events/{mirror.pk}/event.ics").content)
        assert found["DTSTAMP"].dt == mirror.updated.replace(microsecond=0)
