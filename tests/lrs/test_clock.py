"""The order of the store: numbers only grow, and a reader never misses what commits later."""

import random
import time
from bisect import bisect_right
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction

from lrs import clock, rows
from lrs.clock import MICROSECONDS
from tests.lrs.stored import Writer, in_parallel, seqs, some, stored_seqs

HOUR = 3600 * MICROSECONDS


def now():
    return time.time_ns() // 1000


def move_on(seconds_in_microseconds):
    """As if the system's clock had run ahead and was then set back."""
    to = now() + seconds_in_microseconds
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('lrs_clock', %s)", [to])
        else:
            cursor.execute("UPDATE lrs_clock SET last = %s", [to])


@pytest.mark.django_db
def test_draws_are_consecutive_and_grow():
    with transaction.atomic():
        first, second, third = (clock.clock().draw(count) for count in (1, 500, 1))
    assert first < second
    assert second + 500 <= third
    assert abs(first - now()) < 60 * MICROSECONDS


@pytest.mark.django_db
def test_grows_when_the_clock_is_set_back():
    with transaction.atomic():
        move_on(HOUR)
        horizon = clock.clock().horizon()
        first = clock.clock().draw(3)
        assert horizon < first < clock.clock().draw(1)
        assert first > now()
        move_on(0)


@pytest.mark.django_db(transaction=True)
def test_horizon_is_now_while_nobody_writes():
    before = now()
    assert before <= clock.clock().horizon() <= now()


@pytest.mark.django_db(transaction=True)
def test_every_draw_is_above_every_horizon_told():
    for _ in range(20):
        horizon = clock.clock().horizon()
        with transaction.atomic():
            assert clock.clock().draw(2) > horizon


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", [None, RuntimeError], ids=["commit", "rollback"])
def test_horizon_stays_below_a_writer_at_work(ending):
    def at_work():
        with transaction.atomic():
            first = clock.clock().draw(1)
            [told] = in_parallel(clock.clock().horizon)
            if ending:
                raise ending(first, told)
        return first, told

    try:
        first, told = at_work()
    except RuntimeError as error:
        first, told = error.args
    assert told < first
    assert clock.clock().horizon() >= first


@pytest.mark.django_db(transaction=True)
def test_recent_horizon_asks_once_a_second(django_assert_num_queries, monkeypatch):
    first = clock.recent_horizon()
    with django_assert_num_queries(0):
        assert clock.recent_horizon() == first
    monkeypatch.setattr(clock, "_told", (clock._told[0] - 2, first))
    asked = clock._told[0]
    assert clock.recent_horizon() >= first
    assert clock._told[0] > asked


@pytest.mark.django_db(transaction=True)
def test_recent_horizon_keeps_its_word_without_database(monkeypatch):
    def refuse(self):
        raise OperationalError("gone")

    first = clock.recent_horizon()
    monkeypatch.setattr(clock, "_told", (clock._told[0] - 2, first))
    monkeypatch.setattr(type(clock.clock()), "horizon", refuse)
    assert clock.recent_horizon() == first


class Reader:
    """Polls for what is newer than the last it saw, and notes what each horizon promised."""

    def __init__(self, *, blind=False):
        self.blind = blind
        self.seen = []
        self.promises = []

    def poll(self):
        horizon = 2**62 if self.blind else clock.clock().horizon()
        self.seen += seqs(self.seen[-1] if self.seen else 0, horizon)
        self.promises.append((horizon, len(self.seen)))


def slowed(insert):
    """Some transactions sleep before they commit, some roll back."""

    def slow(batch):
        insert(batch)
        time.sleep(random.choice([0, 0, 0, 0.03]))
        if random.random() < 0.1:
            raise RuntimeError("rolled back")

    return slow


def write_batches(writer, done):
    for _ in range(15):
        with suppress(RuntimeError):
            writer.write(some(random.choice([1, 2, 5, 50])))
    done.append(writer)


def be_killed():
    """A writer whose connection ends while its numbers are in flight. SQLite has no such function: it rolls back."""
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        clock.clock().draw(5)
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture(params=[0, HOUR], ids=["", "clock set back"])
def _clock_that_ran_ahead(request):
    move_on(request.param)
    yield
    move_on(0)


@pytest.mark.usefixtures("transactional_db", "_clock_that_ran_ahead")
def test_a_reader_misses_nothing_that_commits_late(monkeypatch):
    """Writers sleep before commit, some roll back; the reader without horizon shows that they do overtake."""
    monkeypatch.setattr(rows, "insert_relations", slowed(rows.insert_relations))
    writers = [Writer() for _ in range(8)]
    readers = [Reader(), Reader(), Reader(blind=True)]
    done = []

    def read(reader):
        while len(done) < len(writers):
            reader.poll()
        reader.poll()

    results = in_parallel(
        be_killed, *(lambda w=w: write_batches(w, done) for w in writers), *(lambda r=r: read(r) for r in readers)
    )
    assert results == [None] * len(results)
    everything = stored_seqs()
    assert len(everything) > 200
    assert readers[0].seen == readers[1].seen == everything
    assert all(bisect_right(everything, horizon) == count for horizon, count in readers[0].promises)
    if connection.vendor == "postgresql":
        assert len(readers[2].seen) < len(everything)
