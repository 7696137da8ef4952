"""Makes a host's events: ``python -m benchmarks.shared_events_parts.fill make N`` or ``… change N``.

Events are written with their documents and marks, as ``publish`` would, but in bulk; the database trigger, which would
make every document once more, is off meanwhile.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from shared_events.canonical import canonical, digest  # noqa: E402
from shared_events.jscalendar import document  # noqa: E402
from shared_events.models import Event, EventDoc, FeedMark, Kind  # noqa: E402
from shared_events.sequencing import sequence  # noqa: E402

CHUNK = 2000
INFO = "What to bring, where to meet, and how to reach the trainer. " * 14  # 1.4 kB an event


def make(count: int) -> None:
    tomorrow = timezone.now().replace(tzinfo=None, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for first in range(Event.objects.count(), count, CHUNK):
        events = []
        for number in range(first, min(first + CHUNK, count)):
            event = Event(title=f"Event {number}", time_zone="Europe/Helsinki", duration_seconds=5400, shared=True)
            event.start, event.info = tomorrow + timedelta(hours=number % 2000), INFO
            event.location_name, event.version = f"Room {number % 40}", 1
            event.place_in_time()
            events.append(event)
        with _untriggered():
            Event.objects.bulk_create(events)
            EventDoc.objects.bulk_create([_doc(event, rev=1) for event in events])
            _mark(events)
    _sequence()


def change(count: int) -> None:
    events = list(Event.objects.select_related("document").order_by("?")[:count])
    with _untriggered():
        for event in events:
            event.location_name = f"{event.location_name}'"[-200:]
            event.version += 1
        Event.objects.bulk_update(events, ["location_name", "version"])
        docs = [_doc(event, rev=event.document.rev + 1) for event in events]
        EventDoc.objects.bulk_update(docs, ["rev", "fragment", "hash", "updated_at"])
        _mark(events)
    _sequence()


def _doc(event: Event, *, rev: int) -> EventDoc:
    now = timezone.now()
    fragment = canonical(document(event, sequence=0, updated=now))
    return EventDoc(
        uid=event.uid, event=event, rev=rev, sequence=0, fragment=fragment, hash=digest(fragment), updated_at=now
    )


def _mark(events: list[Event]) -> None:
    FeedMark.objects.bulk_create([FeedMark(kind=Kind.EVENT, ref=event.uid) for event in events])


def _sequence() -> None:
    while sequence().more:
        pass


@contextmanager
def _untriggered() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield


if __name__ == "__main__":
    {"make": make, "change": change}[sys.argv[1]](int(sys.argv[2]))
