"""Whatever happens to two LMSes and in which order: in the end the copy is what the host shows.

``SHARED_EVENTS_HISTORIES=500,60 pytest tests/shared_events/test_state_machine.py``: so many histories of so many steps.
"""

import json
import os
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from shared_events import actions
from shared_events.canonical import digest
from shared_events.models import (
    ClientSharing,
    Event,
    EventDoc,
    Exposure,
    FeedBatch,
    FeedEntry,
    FeedMark,
    Instance,
    MirrorEvent,
    MirrorSeen,
    Peer,
    Quarantine,
    ShareLabel,
)
from shared_events.peers import applying, engine
from shared_events.purging import purge_tombstones
from shared_events.visibility import visible
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.peers.loopback import fresh, make_remote, wire  # noqa: F401 - a fixture

HISTORIES, STEPS = map(int, os.environ.get("SHARED_EVENTS_HISTORIES", "6,15").split(","))
HOST = (
    ShareLabel,
    Instance,
    Event,
    Event.share_labels.through,
    EventDoc,
    FeedEntry,
    FeedBatch,
    Exposure,
    ClientSharing,
    ClientSharing.share_labels.through,
    FeedMark,
)
MIRROR = (MirrorEvent, MirrorSeen, Quarantine)
PAGE = 2
LABELS = ("North", "South")
WAYS_TO_CRASH = ("fetching", "applying", "counting")


class Crash(BaseException):
    """The process ends here."""


def crash(*_args, **_kwargs):
    raise Crash


class TwoInstallations(RuleBasedStateMachine):
    """Host and mirror in one database, whose tables are strangers to each other."""

    wire = monkeypatch = None

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.skew = timedelta()
        self.kept_host = self.kept_mirror = None
        self.told = set()  # uids that ever left the host
        self.step = {"": None}  # each cursor that was sent, and what it may be followed by
        self.wire.spoil = self.watched
        self.monkeypatch.setattr(engine.timezone, "now", lambda now=REAL_NOW: now() + self.skew)

    def teardown(self):
        try:
            self.settles()
        finally:
            self.monkeypatch.setattr(engine.timezone, "now", REAL_NOW)
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @initialize()
    def begins(self):
        self.peer = make_remote()
        self.labels = [ShareLabel.objects.create(name=name) for name in LABELS]
        ClientSharing.objects.create(pk=self.client_pk)
        make_event(title="First")

    @property
    def client_pk(self):
        from clients.models import Client  # noqa: PLC0415

        return Client.objects.get(client_id=self.peer.client_id).pk

    def event(self, number):
        events = list(Event.objects.order_by("pk"))
        return events[number % len(events)] if events else make_event(title="Again one")

    # What people do at the host

    @rule(number=st.integers(0, 9), shared=st.booleans())
    def creates(self, number, shared):
        make_event(title=f"Event {number}", shared=shared)

    @rule(number=st.integers(0, 9), word=st.sampled_from("abc"))
    def edits(self, number, word):
        actions.update_event(self.event(number), values={"title": word}, by=BY)

    @rule(number=st.integers(0, 9))
    def edits_around_the_actions(self, number):
        Event.objects.filter(pk=self.event(number).pk).update(location_name=f"Room {number}")

    @rule(number=st.integers(0, 9))
    def cancels(self, number):
        actions.cancel_event(self.event(number), by=BY)

    @rule(number=st.integers(0, 9), stage=st.sampled_from(["archived", "published", "draft"]))
    def moves_to(self, number, stage):
        actions.update_event(self.event(number), values={"stage": stage}, by=BY)

    @rule(number=st.integers(0, 9), shared=st.booleans())
    def shares(self, number, shared):
        actions.update_event(self.event(number), values={"shared": shared}, by=BY)

    @rule(number=st.integers(0, 9), chosen=st.sets(st.integers(0, 1)))
    def labels_event(self, number, chosen):
        actions.update_event(self.event(number), values={}, share_labels=[self.labels[one] for one in chosen], by=BY)

    @rule(everything=st.booleans(), chosen=st.sets(st.integers(0, 1)))
    def limits_client(self, everything, chosen):
        sharing = ClientSharing.objects.get(pk=self.client_pk)
        sharing.all_events = everything
        sharing.save()
        sharing.share_labels.set([self.labels[one] for one in chosen])

    @rule(number=st.integers(0, 9))
    def deletes(self, number):
        self.event(number).delete()

    @rule()
    def purges(self):
        purge_tombstones(timezone.now() + timedelta(days=100))

    # What machines do

    @rule()
    def reads_a_page(self):
        asked = []
        self.sync(stopped=lambda: bool(asked) or asked.append(1) is not None)

    @rule(full=st.booleans())
    def reads_on(self, full):
        self.sync(full=full)

    @rule(way=st.sampled_from(WAYS_TO_CRASH), page=st.integers(1, 3))
    def crashes(self, way, page):
        calls = []

        def once_more(function):
            def counted(*args, **kwargs):
                calls.append(1)
                done = function(*args, **kwargs)
                return crash() if len(calls) == page else done

            return counted

        module, name = {
            "fetching": (engine, "read_page"),
            "applying": (applying, "_take"),
            "counting": (engine, "_count"),
        }[way]
        with self.monkeypatch.context() as patch, suppress(Crash):
            patch.setattr(module, name, once_more(getattr(module, name)))
            self.sync()

    @rule(hours=st.sampled_from([-24, 0, 24]))
    def sets_the_clock_of_the_mirror(self, hours):
        self.skew = timedelta(hours=hours)

    @rule()
    def backs_up_the_host(self):
        self.kept_host = [(model, list(model.objects.all())) for model in HOST]

    @precondition(lambda self: self.kept_host)
    @rule()
    def restores_the_host(self):
        restore(self.kept_host)

    @rule()
    def backs_up_the_mirror(self):
        position = Peer.objects.values("cursor", "last_cursor", "epoch", "in_full_pass", "pass_number").get()
        self.kept_mirror = position, [(model, list(model.objects.all())) for model in MIRROR]

    @precondition(lambda self: self.kept_mirror)
    @rule()
    def restores_the_mirror(self):
        position, rows = self.kept_mirror
        Peer.objects.update(**position)
        restore(rows)

    # What has to hold

    def sync(self, **how):
        """One turn of the engine. Within an epoch no revision goes back, and the cursor is one that was given out."""
        before = {row.uid: row for row in MirrorEvent.objects.all()}
        Peer.objects.update(page_limit=PAGE)
        run = engine.sync_peer(self.peer.pk, **how)
        for row in MirrorEvent.objects.all():
            old = before.get(row.uid)
            assert old is None or old.epoch != row.epoch or old.rev <= row.rev
            assert row.hash == digest(row.document)
        return run

    def watched(self, path, answer):
        if not path.endswith("changes") or answer.status != 200:
            return answer
        page = json.loads(answer.body)
        sent = self.wire.calls[-1][1].get("cursor", "")
        assert page["from"] == sent
        sharing, instance = ClientSharing.of(self.client_pk), Instance.current()
        shown = visible(sharing.served_labels(), instance.kept_since(instance.read_at))
        may_see = {str(uid) for uid in shown.values_list("uid", flat=True)}
        for item in page["items"]:
            if item["op"] == "upsert":
                assert item["uid"] in may_see
                self.told.add(item["uid"])
            else:
                assert item["uid"] in self.told
        return answer

    @rule()
    def settles(self):
        for _attempt in range(3):
            run = self.sync()
        assert run.outcome == "ok", run.problem
        sharing, instance = ClientSharing.of(self.client_pk), Instance.current()
        shown = visible(sharing.served_labels(), instance.kept_since(instance.read_at))
        host = set(EventDoc.objects.filter(event__in=shown).values_list("uid", "hash"))
        assert set(MirrorEvent.objects.filter(removed_at=None).values_list("uid", "hash")) == host
        before = list(MirrorEvent.objects.values())
        assert self.sync().items == 0
        assert list(MirrorEvent.objects.values()) == before
        assert fresh(self.peer).complete_through


REAL_NOW = timezone.now


def restore(kept):
    for model, _rows in reversed(kept):
        model.objects.all().delete()
    FeedMark.objects.all().delete()
    for model, rows in kept:
        model.objects.bulk_create(rows)


@pytest.mark.django_db
def test_they_are_equal_in_the_end(wire, monkeypatch):  # noqa: F811
    monkeypatch.setattr(engine, "FULL_PAGE", PAGE)
    monkeypatch.setattr(TwoInstallations, "wire", wire)
    monkeypatch.setattr(TwoInstallations, "monkeypatch", monkeypatch)
    quick = settings(
        max_examples=HISTORIES,
        stateful_step_count=STEPS,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(TwoInstallations, settings=quick)
