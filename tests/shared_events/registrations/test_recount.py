import logging

import pytest

from shared_events.models import Registration, Seats
from shared_events.registrations import recount
from tests.shared_events.registrations.people import enrol, make_learners, make_seats

pytestmark = pytest.mark.django_db


def test_only_events_whose_counters_differ_are_named(caplog):
    right, more, fewer = (make_seats(2) for _event in range(3))
    for event in (right, more, fewer):
        enrol(event, *make_learners(4, f"of{event.pk}-"))
    assert recount.run() == ""
    Seats.objects.filter(pk=more.pk).update(waitlisted=3)
    Registration.objects.filter(seats=fewer.pk, state="confirmed").first().delete()
    with caplog.at_level(logging.ERROR):
        assert recount.run() == f"Seats differ from registrations: events {more.pk}, {fewer.pk}"
    assert str(fewer.pk) in caplog.text
