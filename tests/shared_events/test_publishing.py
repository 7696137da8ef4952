import hashlib
import json
from datetime import datetime, timedelta

import pytest

from shared_events import actions
from shared_events.models import Event, EventDoc
from shared_events.publishing import publish
from tests.builders import BY
from tests.shared_events.builders import make_event

pytestmark = pytest.mark.django_db

at = datetime.fromisoformat


def test_the_document_of_an_event():
    event = make_event(start=at("2027-03-29T09:00"), kind="in_person", info="Bring <shoes>.", status="active")
    doc = EventDoc.objects.get(event=event)
    content = json.loads(doc.fragment)
    assert content["training"] == {"kind": "in_person"}
    assert content["event"] == {
        "@type": "Event",
        "version": "2.0",
        "uid": str(event.uid),
        "sequence": 0,
        "title": "First aid",
        "description": "Bring <shoes>.",
        "descriptionContentType": "text/plain",
        "start": "2027-03-29T09:00:00",
        "timeZone": "Europe/Helsinki",
        "duration": "PT3H30M",
        "status": "confirmed",
        "locations": {"1": {"@type": "Location", "name": "Room 5"}},
        "created": content["event"]["created"],
        "updated": content["event"]["updated"],
    }
    assert doc.hash == hashlib.sha256(doc.fragment.encode()).hexdigest()
    assert doc.etag == f'"1-{doc.hash[:16]}"'


@pytest.mark.parametrize(
    ("change", "rev", "sequence"),
    [
        pytest.param({"title": "Other"}, 2, 0, id="title"),
        pytest.param({"info": "Other"}, 2, 0, id="info"),
        pytest.param({"start": at("2028-01-01T09:00")}, 2, 1, id="time"),
        pytest.param({"duration_seconds": 60}, 2, 1, id="duration"),
        pytest.param({"time_zone": "UTC"}, 2, 1, id="zone"),
        pytest.param({"location_name": "Room 6"}, 2, 1, id="place"),
        pytest.param({"kind": "online"}, 2, 1, id="kind"),
        pytest.param({"status": "active"}, 2, 1, id="status"),
        pytest.param({"shared": False}, 1, 0, id="sharing is not content"),
        pytest.param({"stage": "archived"}, 1, 0, id="stage is not content"),
    ],
)
def test_rev_counts_content_and_sequence_what_matters_to_participants(change, rev, sequence):
    event = make_event()
    actions.update_event(event, values=change, by=BY)
    doc = EventDoc.objects.get(event=event)
    assert (doc.rev, doc.sequence) == (rev, sequence)
    assert json.loads(doc.fragment)["event"]["sequence"] == sequence


def test_cancelling_raises_both():
    event = make_event()
    assert actions.cancel_event(event, by=BY)
    assert not actions.cancel_event(event, by=BY)
    doc = EventDoc.objects.get(event=event)
    assert (doc.rev, doc.sequence) == (2, 1)
    assert json.loads(doc.fragment)["event"]["status"] == "cancelled"


def test_publishing_unchanged_content_keeps_the_revision():
    event = make_event()
    before = EventDoc.objects.values().get(event=event)
    publish(Event.objects.get(pk=event.pk))
    assert EventDoc.objects.values().get(event=event) == before


def test_the_document_outlives_the_event():
    event = make_event()
    uid = event.uid
    event.delete()
    assert EventDoc.objects.get(pk=uid).event is None


def test_instants_follow_the_local_time():
    event = make_event(start=at("2027-03-28T01:00"), duration_seconds=3 * 3600)  # over the clock change
    event.refresh_from_db()
    assert event.start == at("2027-03-28T01:00")
    assert event.ends_at - event.starts_at == timedelta(hours=3)
    assert event.end == at("2027-03-28T05:00")
