"""Writers with slow, overlapping and failing transactions against readers: at rest every mirror equals the host."""

import random
import threading
import time
from contextlib import suppress

import pytest
from django.db import connection, connections, transaction

from shared_events import actions, feed, sequencing
from shared_events.models import Event, EventDoc, FeedEntry, FeedMark, Stage
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.peer import make_peer

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, READERS, WRITES = 8, 3, 12
ROUNDS = 20  # at most: SQLite may let a reader wait for a whole round of writing


class _RolledBack(Exception):
    pass


def write(seed, made):
    """New events, changes and removals; transactions that stay open for up to 20 ms, and some that are rolled back."""
    chance = random.Random(seed)
    for number in range(WRITES):
        with suppress(_RolledBack), transaction.atomic():
            _write_one(chance, made, f"{seed}.{number}")
            time.sleep(chance.random() * 0.02 if connection.vendor == "postgresql" else 0)
            if chance.random() < 0.1:
                raise _RolledBack


def _write_one(chance, made, title):
    event = Event.objects.filter(pk=chance.choice(made)).first() if chance.random() < 0.5 else None
    if event is None:
        made.append(make_event(title=title).pk)
    elif chance.random() < 0.3:
        actions.update_event(event, values={"shared": not event.shared}, by=BY)
    elif chance.random() < 0.3:
        Event.objects.filter(pk=event.pk).update(title=title)
    else:
        actions.update_event(event, values={"title": title}, by=BY)


def run_all(jobs):
    failures = []

    def guarded(job):
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - a thread's failure has to fail the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guarded, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def slowly(function):
    """The window in which others commit between two statements, made wide."""

    def run(*args, **kwargs):
        time.sleep(random.random() * 0.02)
        return function(*args, **kwargs)

    return run


def test_nothing_is_missed(monkeypatch):
    monkeypatch.setattr(sequencing, "_rebuild", slowly(sequencing._rebuild))
    monkeypatch.setattr(sequencing, "_number", slowly(sequencing._number))
    monkeypatch.setattr(feed, "harvest", slowly(feed.harvest))
    peers = [make_peer() for _number in range(READERS)]
    made = [make_event(title="first").pk]
    for peer in peers:
        peer.sync()  # the first request loads the views, which may take as long as all the writing
    written, read_meanwhile = threading.Event(), set()

    def write_all():
        try:
            for round_ in range(ROUNDS):
                seeds = range(round_ * WRITERS, (round_ + 1) * WRITERS)
                run_all([lambda seed=seed: write(seed, made) for seed in seeds])
                if len(read_meanwhile) == READERS:
                    break
        finally:
            written.set()

    def read(peer, limit):
        while not written.is_set():
            if peer.step(limit)["items"] and not written.is_set():
                read_meanwhile.add(limit)

    run_all(
        [
            write_all,
            *(lambda peer=peer, limit=limit: read(peer, limit) for peer, limit in zip(peers, (1, 7, 500), strict=True)),
        ]
    )
    visible = Event.objects.filter(shared=True, stage=Stage.PUBLISHED)
    for peer in peers:
        peer.sync()
        at_host = {str(doc.uid): (doc.rev, doc.event.title) for doc in EventDoc.objects.filter(event__in=visible)}
        assert peer.mirror == at_host
    assert len(read_meanwhile) == READERS, "a reader read nothing while the writers wrote"
    assert not FeedMark.objects.exists()
    assert FeedEntry.objects.count() == EventDoc.objects.count()


@pytest.mark.postgresql
def test_a_transaction_that_stays_open_does_not_stall_the_others():
    peer, late = make_peer(), make_event(title="Before")
    peer.sync()
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            actions.update_event(late, values={"title": "Late"}, by=BY)
            holding.set()
            done.wait(20)

    def meanwhile():
        assert holding.wait(20)
        try:
            make_event(title="Quick")
            assert [item["event"]["title"] for item in peer.sync()] == ["Quick"]
        finally:
            done.set()

    run_all([hold, meanwhile])
    assert [item["event"]["title"] for item in peer.sync()] == ["Late"]


@pytest.mark.postgresql
def test_an_event_under_edit_is_rebuilt_when_its_editor_is_done():
    event = make_event(title="Before")
    peer = make_peer()
    peer.sync()
    Event.objects.filter(pk=event.pk).update(title="By hand")
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Event.objects.select_for_update().get(pk=event.pk)
            holding.set()
            done.wait(20)

    def meanwhile():
        assert holding.wait(20)
        try:
            turn = sequencing.sequence()
            assert not turn.more
            assert FeedMark.objects.filter(ref=event.uid).exists()
        finally:
            done.set()

    run_all([hold, meanwhile])
    assert [item["event"]["title"] for item in peer.sync()] == ["By hand"]


@pytest.mark.postgresql
def test_a_reader_beside_another_sequencer_is_not_told_that_it_is_complete():
    peer = make_peer()
    made = make_event()
    holding, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            assert sequencing._alone()
            holding.set()
            done.wait(20)

    def meanwhile():
        assert holding.wait(20)
        try:
            page = peer.step()
            assert (page["items"], page["has_more"], page["complete_through"]) == ([], True, None)
        finally:
            done.set()

    run_all([hold, meanwhile])
    assert [item["uid"] for item in peer.sync()] == [str(made.uid)]


def test_two_sequencers_never_give_one_position_twice():
    for number in range(60):
        make_event(title=str(number))
    run_all([sequencing.sequence] * 4)
    sequencing.sequence()
    positions = list(FeedEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert positions == list(range(1, 61))
