"""Invented training events in the weeks to come. Called by load_demo."""

from datetime import datetime, timedelta
from typing import Any

from django.core.management import BaseCommand
from django.db import transaction
from django.utils import timezone

from clients.audit import Origin
from clients.management import lookups
from lms_oauth import learners
from shared_events.actions import cancel_event, create_event
from shared_events.models import Event, EventKind
from shared_events.registrations.seating import enrol, set_seats
from shared_events.scheduling import Part, set_sessions

BY = Origin.command("load_demo")
LABEL = "Demo group / Helsinki"
# Title, days from today, hour, hours, kind, place, shared
EVENTS = [
    ("Demo: Occupational safety card", 7, 9, 7, EventKind.IN_PERSON, "Demo training centre, room 2", True),
    ("Demo: First aid, basics", 14, 9, 6, EventKind.IN_PERSON, "Demo training centre, room 1", True),
    ("Demo: Data protection at work", 16, 13, 1, EventKind.ONLINE, "", True),
    ("Demo: Leading a hybrid team", 21, 12, 3, EventKind.HYBRID, "Demo head office, auditorium", True),
    ("Demo: Forklift refresher", 28, 8, 4, EventKind.IN_PERSON, "Demo warehouse", False),
    ("Demo: Welcome day", 35, 10, 5, EventKind.IN_PERSON, "Demo head office, lobby", False),
]
CANCELLED = "Demo: First aid, basics"
WEEKLY, WEEKS = "Demo: Leading a hybrid team", 3
# Title: seats, and how many demo learners want one
SEATS = {
    "Demo: Occupational safety card": (8, 11),
    "Demo: Welcome day": (30, 6),
    "Demo: Data protection at work": (None, 4),
}


class Command(BaseCommand):
    help = "Add invented events, where there are none of them yet."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if Event.objects.filter(title__in=[title for title, *_rest in EVENTS]).exists():
            return
        labels = lookups.labels([LABEL])
        today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        for event in EVENTS:
            created = create_event(values=_values(event, today), labels=labels, by=BY)
            if created.title == CANCELLED:
                cancel_event(created, by=BY)
            if created.title == WEEKLY:
                _hold_weekly(created)
            if created.title in SEATS:
                _fill(created, *SEATS[created.title])


def _hold_weekly(event: Event) -> None:
    starts = [event.start + timedelta(weeks=week) for week in range(WEEKS)]
    places = [event.location_name, "Online", event.location_name]
    parts = [Part(start, event.duration_seconds, place) for start, place in zip(starts, places, strict=True)]
    set_sessions(event, parts, version=event.version, by=BY)


def _fill(event: Event, capacity: int | None, wanting: int) -> None:
    set_seats(event, {"capacity": capacity}, by=BY)
    for learner in learners.search("demo", wanting):
        enrol(event, learner.pk, by=BY)


def _values(event: tuple[str, int, int, int, EventKind, str, bool], today: datetime) -> dict[str, Any]:
    title, days, hour, hours, kind, location, shared = event
    return {
        "title": title,
        "start": today + timedelta(days=days, hours=hour),
        "time_zone": "Europe/Helsinki",
        "duration_seconds": hours * 3600,
        "kind": kind,
        "location_name": location,
        "info": "This event is invented. Nobody needs to come.",
        "shared": shared,
    }
