import pytest

from clients.models import AuditEntry, PermissionLabel
from shared_events import actions
from shared_events.models import FeedMark
from tests.builders import BY
from tests.shared_events.builders import make_event

pytestmark = pytest.mark.django_db


def test_a_new_event_is_audited():
    label = PermissionLabel.objects.create(name="HR")
    event = actions.create_event(
        values={"title": "A", "start": make_event().start, "time_zone": "UTC", "duration_seconds": 60},
        labels=[label],
        by=BY,
    )
    entry = AuditEntry.objects.filter(action="event_created").latest("pk")
    assert entry.object_id == str(event.pk)
    assert entry.facts["title"] == "A"
    assert entry.facts["labels"] == ["HR"]


def test_an_update_says_old_and_new():
    event = make_event(info="x" * 2000)
    assert actions.update_event(event, values={"title": "B", "info": "short"}, by=BY)
    facts = AuditEntry.objects.get(action="event_updated").facts
    assert facts["title"] == ["First aid", "B"]
    assert len(facts["info"][0]) == 500
    assert event.title == "B"


def test_an_update_that_changes_nothing_writes_nothing():
    event = make_event()
    FeedMark.objects.all().delete()
    assert not actions.update_event(event, values={"title": event.title}, labels=[], by=BY)
    assert not FeedMark.objects.exists()
    assert not AuditEntry.objects.filter(action="event_updated").exists()


def test_labels_are_a_change():
    event = make_event()
    label = PermissionLabel.objects.create(name="HR")
    assert actions.update_event(event, values={}, labels=[label], by=BY)
    assert AuditEntry.objects.get(action="event_updated").facts == {"labels": [[], ["HR"]]}


def test_cancelling_is_audited():
    event = make_event()
    actions.cancel_event(event, by=BY)
    assert AuditEntry.objects.get(action="event_cancelled").facts == {"status": ["planned", "cancelled"]}


def test_only_settings_can_be_set():
    with pytest.raises(TypeError, match="uid"):
        actions.update_event(make_event(), values={"uid": "x"}, by=BY)
