"""Sessions of an event: what other LMSes and calendars read of them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import icalendar as reader
import pytest
from django.utils import timezone

from clients.models import AuditEntry
from shared_events import actions
from shared_events.ical.export import icalendar
from shared_events.jscalendar import document
from shared_events.models import Event, EventDoc, EventSession, FeedMark
from shared_events.parts import told_parts
from shared_events.scheduling import EventChanged, Part, gone_parts, set_sessions
from shared_events.sequencing import sequence
from tests.builders import BY
from tests.shared_events.builders import make_event

pytestmark = pytest.mark.django_db

at = datetime.fromisoformat
FIRST = Part(at("2027-03-27T09:00"), 3 * 3600, "Room 5")
SECOND = Part(at("2027-03-29T13:00"), 2 * 3600, join_url="https://meet.example.org/secret")


def schedule(event, *parts):
    event.refresh_from_db()
    return set_sessions(event, parts, version=event.version, by=BY)


def kept(event):
    return [Part(one.start, one.duration_seconds, one.location_name, one.join_url, one.sid) for one in event.parts]


def told(event):
    return json.loads(EventDoc.objects.get(event=event).fragment)


def vevents(event):
    row = Event.objects.get(pk=event.pk)
    doc = EventDoc.objects.get(event=event)
    content = icalendar([document(row, sequence=doc.sequence, updated=row.updated)], name="N", gone=gone_parts([row]))
    return {str(one["UID"]): one for one in reader.Calendar.from_ical(content).walk("VEVENT")}


def test_the_event_spans_its_sessions_and_other_lmses_read_them():
    event = make_event()
    assert schedule(event, SECOND, FIRST)
    content = told(event)
    assert (content["event"]["start"], content["event"]["duration"]) == ("2027-03-27T09:00:00", "PT53H")
    first, second = content["training"]["sessions"]
    assert {**first, "sid": ""} == {"sid": "", "start": "2027-03-27T09:00:00", "duration": "PT3H", "location": "Room 5"}
    assert {**second, "sid": ""} == {"sid": "", "start": "2027-03-29T13:00:00", "duration": "PT2H"}
    assert "secret" not in json.dumps(content)
    assert "secret" not in json.dumps(AuditEntry.objects.get(action="event_sessions_changed").facts)


def test_the_same_sessions_again_write_nothing():
    event = make_event()
    schedule(event, FIRST, SECOND)
    doc = EventDoc.objects.get(event=event)
    FeedMark.objects.all().delete()
    assert not schedule(event, *kept(event))
    assert EventDoc.objects.get(event=event).rev == doc.rev
    assert not FeedMark.objects.exists()


@pytest.mark.parametrize(
    "change", [{"start": at("2027-03-27T10:00")}, {"duration_seconds": 60}, {"location_name": "B"}]
)
def test_a_change_keeps_the_sid_and_raises_the_sequence(change):
    event = make_event()
    schedule(event, FIRST, SECOND)
    before = told(event)
    first, second = kept(event)
    FeedMark.objects.all().delete()
    assert schedule(event, replace(first, **change), second)
    after = told(event)
    assert [one["sid"] for one in after["training"]["sessions"]] == [
        one["sid"] for one in before["training"]["sessions"]
    ]
    assert after["event"]["sequence"] == before["event"]["sequence"] + 1
    assert list(FeedMark.objects.values_list("rebuild", flat=True)) == [False]


def test_without_sessions_the_document_is_what_it_was():
    event = make_event()
    before = told(event)
    schedule(event, FIRST)
    schedule(event)
    after = told(event)
    assert after["training"] == before["training"]
    assert after["event"]["start"] == "2027-03-27T09:00:00"


def test_a_sid_of_another_event_is_not_taken_over():
    theirs = make_event()
    schedule(theirs, FIRST)
    (foreign,) = kept(theirs)
    event = make_event()
    assert schedule(event, foreign)
    assert kept(event)[0].sid != foreign.sid
    assert len(kept(theirs)) == 1


def test_who_saw_an_older_state_changes_nothing():
    event = make_event()
    version = event.version
    schedule(event, FIRST)
    with pytest.raises(EventChanged):
        set_sessions(event, [SECOND], version=version, by=BY)
    assert [part.start for part in kept(event)] == [FIRST.start]


class TestCalendarFile:
    def test_each_session_is_an_entry_of_its_own(self):
        event = make_event(location_name="House")
        schedule(event, FIRST, SECOND)
        entries = vevents(event)
        first, second = (entries[f"{event.uid}.{part.sid}"] for part in kept(event))
        assert (first["LOCATION"], second["LOCATION"]) == ("Room 5", "House")
        assert {str(one["RELATED-TO"]) for one in (first, second)} == {str(event.uid)}
        assert first["DTSTART"].to_ical() == b"20270327T090000"
        assert second["DTEND"].to_ical() == b"20270329T150000"
        assert "meet.example.org" not in str(entries)

    def test_what_calendars_showed_before_is_told_as_cancelled_for_a_month(self):
        event = make_event()
        schedule(event, FIRST, SECOND)
        assert vevents(event)[str(event.uid)]["STATUS"] == "CANCELLED"
        first, second = kept(event)
        schedule(event, first)
        assert vevents(event)[f"{event.uid}.{second.sid}"]["STATUS"] == "CANCELLED"
        long_ago = timezone.now() - timedelta(days=31)
        EventSession.objects.update(created=long_ago)
        EventSession.objects.exclude(removed_at=None).update(removed_at=long_ago)
        assert list(vevents(event)) == [f"{event.uid}.{first.sid}"]

    def test_of_a_cancelled_event_all_sessions_are(self):
        event = make_event()
        schedule(event, FIRST, SECOND)
        actions.cancel_event(event, by=BY)
        assert {str(one["STATUS"]) for one in vevents(event).values()} == {"CANCELLED"}


class TestMarks:
    """Who writes around the action leaves a mark too."""

    @pytest.fixture
    def event(self):
        event = make_event()
        schedule(event, FIRST, SECOND)
        sequence()
        return event

    @pytest.mark.parametrize(
        "write",
        [
            lambda event: event.sessions.update(location_name="Elsewhere"),
            lambda event: event.sessions.first().delete(),
            lambda event: event.sessions.create(start=at("2027-04-01T09:00"), duration_seconds=60),
        ],
        ids=["update", "delete", "create"],
    )
    def test_the_next_turn_makes_the_document_anew(self, event, write):
        before = told(event)
        write(event)
        sequence()
        assert told(event)["training"]["sessions"] != before["training"]["sessions"]

    def test_deleting_the_event_deletes_its_sessions(self, event):
        uid = event.uid
        Event.objects.filter(pk=event.pk).delete()
        sequence()
        assert not EventSession.objects.exists()
        assert EventDoc.objects.get(pk=uid).event is None


@pytest.mark.parametrize(
    "sessions",
    [
        7,
        {"sid": "a"},
        [None, 7, "x", []],
        [{"sid": "a", "start": "2027-01-01T09:00:00Z", "duration": "PT1H"}],
        [{"sid": "a", "start": "9999-12-31T23:00:00", "duration": "PT2H"}],
        [{"sid": "a", "start": "2027-01-01T09:00:00", "duration": "PT999999999S"}],
        [{"sid": 1, "start": "2027-01-01T09:00:00", "duration": "PT1H"}],
        [{"sid": "a", "start": "2027-01-01T09:00:00", "duration": "PT1H", "location": {}}],
    ],
)
def test_sessions_that_cannot_be_read_are_left_out(sessions):
    content = told(make_event())
    content["training"]["sessions"] = sessions
    assert told_parts(content) == []
    (entry,) = reader.Calendar.from_ical(icalendar([content], name="N")).walk("VEVENT")
    assert str(entry["UID"]) == content["event"]["uid"]
