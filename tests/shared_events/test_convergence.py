"""Whatever happens to a host and its reader, a reader that follows the rules ends with what is visible at the host."""

from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_events import actions
from shared_events.models import (
    ClientSharing,
    Event,
    EventDoc,
    Exposure,
    FeedBatch,
    FeedEntry,
    FeedMark,
    Instance,
    Stage,
)
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.peer import Peer, make_peer

TABLES = (Instance, Event, EventDoc, FeedEntry, FeedBatch, Exposure, ClientSharing, FeedMark)


@dataclass
class Reader:
    """Keeps (epoch, rev, etag) of what it has; in a full pass, what it did not meet goes when the pass ends."""

    peer: Peer
    rows: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    cursor: str = ""
    last: str = ""
    met: set[str] | None = field(default_factory=set)  # in the full pass that is under way

    def step(self, limit: int) -> bool:
        """One request; True when caught up."""
        sent = {"cursor": self.cursor} if self.cursor else {"last": self.last}
        response = self.peer.get("changes", limit=limit, **sent)
        if response.status_code != HTTPStatus.OK:
            assert response.json()["retry"] == "resync", response.content
            self.cursor, self.met = "", set()
            return False
        page = response.json()
        for item in page["items"]:
            self.apply(page["epoch"], item)
        self.cursor = self.last = page["next"]
        if not page["has_more"] and self.met is not None:
            self.rows = {uid: row for uid, row in self.rows.items() if uid in self.met}
            self.met = None
        return not page["has_more"]

    def apply(self, epoch: str, item: dict[str, Any]) -> None:
        uid, rev = item["uid"], item["rev"]
        held = self.rows.get(uid)
        if held and held[0] == epoch and held[1] > rev:
            raise AssertionError("a revision went back within an epoch")
        if item["op"] == "remove":
            self.rows.pop(uid, None)
            if self.met is not None:
                self.met.discard(uid)
            return
        self.rows[uid] = (epoch, rev, item["etag"])
        if self.met is not None:
            self.met.add(uid)


@dataclass
class World:
    reader: Reader
    kept: Any = None  # a backup of the host
    copy: Any = None  # a backup of the reader

    def event(self, number: int) -> Event | None:
        events = list(Event.objects.order_by("pk"))
        return events[number % len(events)] if events else None

    def run(self, name: str, number: int) -> None:
        if (event := self.event(number)) is None or name == "create":
            make_event(title=f"Event {number}", shared=number % 3 > 0)
        elif name in CHANGES:
            CHANGES[name](event, number)
        else:
            getattr(self, name)(number)

    def read(self, number: int) -> None:
        self.reader.step(1 + number % 3)

    def catch_up(self, _number: int) -> None:
        self.settle()

    def back_up_host(self, _number: int) -> None:
        self.kept = [(model, list(model.objects.all())) for model in TABLES]

    def restore_host(self, _number: int) -> None:
        """Positions, revisions, marks and what clients were told: all as it was."""
        if self.kept is None:
            return
        for model, _rows in reversed(self.kept):
            model.objects.all().delete()
        FeedMark.objects.all().delete()
        for model, rows in self.kept:
            model.objects.bulk_create(rows)

    def back_up_reader(self, _number: int) -> None:
        self.copy = (dict(self.reader.rows), self.reader.cursor, self.reader.last, set(self.reader.met or ()))

    def restore_reader(self, _number: int) -> None:
        if self.copy is not None:
            rows, self.reader.cursor, self.reader.last, met = self.copy
            self.reader.rows = dict(rows)
            self.reader.met = None if self.reader.cursor and not met else set(met)

    def start_over(self, _number: int) -> None:
        self.reader.cursor, self.reader.met = "", set()

    def settle(self) -> None:
        for _attempt in range(200):
            if self.reader.step(5):
                return
        raise AssertionError("the reader never catches up")

    def check(self) -> None:
        self.settle()
        now = timezone.now()
        visible = Event.objects.filter(shared=True, stage=Stage.PUBLISHED, ends_at__gt=now - timedelta(days=365))
        at_host = {str(doc.uid): (doc.rev, doc.etag) for doc in EventDoc.objects.filter(event__in=visible)}
        assert {uid: row[1:] for uid, row in self.reader.rows.items()} == at_host


def _set(**values: Any) -> Any:
    return lambda event, _number: actions.update_event(event, values=values, by=BY)


CHANGES = {
    "edit": lambda event, number: actions.update_event(event, values={"title": f"Edited {number}"}, by=BY),
    "edit_by_hand": lambda event, number: Event.objects.filter(pk=event.pk).update(title=f"By hand {number}"),
    "cancel": lambda event, _number: actions.cancel_event(event, by=BY),
    "archive": _set(stage="archived"),
    "publish": _set(stage="published"),
    "share": _set(shared=True),
    "unshare": _set(shared=False),
    "delete": lambda event, _number: event.delete(),
}
STEPS = (
    "create",
    *CHANGES,
    "read",
    "catch_up",
    "back_up_host",
    "restore_host",
    "back_up_reader",
    "restore_reader",
    "start_over",
)
histories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), min_size=5, max_size=25)


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(histories)
def test_a_reader_converges(history):
    with transaction.atomic():
        world = World(Reader(make_peer()))
        for name, number in history:
            world.run(name, number)
        world.check()
        transaction.set_rollback(True)
