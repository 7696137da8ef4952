"""Every way to write an event leaves a mark in the feed, also the ways that know nothing of it."""

import pytest

from shared_events import actions
from shared_events.models import Event, EventDoc, FeedMark
from shared_events.sequencing import sequence
from tests.builders import BY
from tests.shared_events.builders import make_event, row

pytestmark = pytest.mark.django_db


def _bulk_update(event):
    event.title = "Changed"
    Event.objects.bulk_update([event], ["title"])


def _save(event):
    event.title = "Changed"
    event.save()


WRITES = {
    "update action": lambda event: actions.update_event(event, values={"title": "Changed"}, by=BY),
    "cancel action": lambda event: actions.cancel_event(event, by=BY),
    "save": _save,
    "queryset update": lambda event: Event.objects.filter(pk=event.pk).update(title="Changed"),
    "bulk_update": _bulk_update,
    "update_or_create": lambda event: Event.objects.update_or_create(pk=event.pk, defaults={"title": "Changed"}),
    "delete": lambda event: event.delete(),
    "queryset delete": lambda event: Event.objects.filter(pk=event.pk).delete(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_each_way_to_change_an_event(write):
    event = make_event()
    FeedMark.objects.all().delete()
    write(event)
    assert FeedMark.objects.filter(ref=event.uid).exists()


@pytest.mark.parametrize(
    "write", [lambda event: event.save(), lambda event: Event.objects.bulk_create([event])], ids=["save", "bulk_create"]
)
def test_each_way_to_add_an_event(write):
    event = row()
    write(event)
    sequence()
    assert EventDoc.objects.get(pk=event.uid).rev == 1


def test_an_action_leaves_one_mark_that_needs_no_rebuilding():
    event = make_event()
    actions.update_event(event, values={"title": "Second"}, by=BY)
    assert list(FeedMark.objects.filter(ref=event.uid).values_list("rebuild", flat=True)) == [False, False]
