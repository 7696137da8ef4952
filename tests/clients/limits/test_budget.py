"""How many requests a client may send, exactly: by a clock that stands still until it is moved."""

from dataclasses import replace

import pytest
from django.db import connection

from clients.limits import purse
from clients.limits.policy import policy_for
from clients.limits.purse import RateLimited
from tests.clients.test_tokens import make_holder as holder_of

pytestmark = pytest.mark.django_db


def sent(holder, count=1):
    """How many of ``count`` requests were let in."""
    return sum(outcome == 0 for outcome in outcomes(holder, count))


def outcomes(holder, count):
    """Of each request 0, or the seconds to wait."""
    found = []
    for _ in range(count):
        try:
            purse.spend(holder)
            found.append(0)
        except RateLimited as error:
            found.append(int(error.headers["Retry-After"]))
    return found


@pytest.fixture
def slow():
    """One a second, three at once: small enough that nothing is taken in advance."""
    return holder_of(client_pk=1, requests_per_minute=60, burst=3)


def test_the_burst_and_then_one_for_each_interval(slow, clock):
    assert outcomes(slow, 5) == [0, 0, 0, 1, 1]
    clock.now += 1
    assert outcomes(slow, 2) == [0, 1]
    clock.now += 2
    assert outcomes(slow, 3) == [0, 0, 1]
    clock.now += 3600
    assert outcomes(slow, 5) == [0, 0, 0, 1, 1]


def test_the_time_to_wait(clock):
    rare = holder_of(client_pk=1, requests_per_minute=2, burst=1)
    assert outcomes(rare, 2) == [0, 30]
    clock.now += 10.5
    assert outcomes(rare, 1) == [20]
    clock.now += 19.5
    assert outcomes(rare, 1) == [0]


def test_who_keeps_to_the_rate_is_never_refused(clock):
    holder = holder_of(client_pk=1, requests_per_minute=600, burst=40)
    for _ in range(500):
        assert sent(holder) == 1
        clock.now += 0.1


def test_over_a_long_time_the_rate_is_the_rate(clock):
    holder = holder_of(client_pk=1, requests_per_minute=600, burst=40)
    let_in = 0
    for _ in range(1_000):  # a hundred seconds, three times too fast
        let_in += sent(holder, 3)
        clock.now += 0.1
    assert 1_000 + 40 - 2 <= let_in <= 1_000 + 40 + 1


def test_another_client_is_never_slowed(slow, clock):
    other = replace(slow, client_pk=2)
    assert sent(slow, 10) == 3
    assert sent(other, 10) == 3


def test_a_changed_limit_counts_at_once(slow, clock):
    tight = replace(slow, requests_per_minute=1, burst=1)
    assert outcomes(tight, 2) == [0, 60]
    assert sent(slow, 5) == 0  # a debt is kept, but for no longer than the new limit takes to refill
    clock.now += 3
    assert sent(slow, 5) == 3
    assert sent(replace(slow, requests_per_minute=0), 1_000) == 1_000


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((None, None), (600, 100)),
        ((30, None), (30, 30)),  # a minute's worth at most
        ((6_000, None), (6_000, 100)),
        ((None, 7), (600, 7)),
        ((30, 50), (30, 50)),
        ((0, 5), None),
    ],
)
def test_empty_values_are_the_installations(settings, own, expected):
    settings.CLIENT_REQUESTS_PER_MINUTE, settings.CLIENT_BURST = 600, 100
    policy = policy_for(*own)
    assert (policy and (policy.per_minute, policy.burst)) == expected


def test_an_installation_without_limit(settings):
    settings.CLIENT_REQUESTS_PER_MINUTE = 0
    assert policy_for(None, None) is None
    assert policy_for(None, 5) is None
    assert policy_for(5, None).burst == 5


def test_what_the_headers_tell(slow, clock):
    told = [purse.spend(slow).headers()["RateLimit"] for _ in range(3)]
    assert told == ['"client";r=2;t=1', '"client";r=1;t=2', '"client";r=0;t=3']
    clock.now += 1
    assert purse.spend(slow).headers() == {"RateLimit-Policy": '"client";q=3;w=3', "RateLimit": '"client";r=0;t=3'}


class Processes:
    """As many as asked for on one database: what one holds, no other sees."""

    def __init__(self, count):
        self.held = [{} for _ in range(count)]

    def use(self, number, monkeypatch):
        monkeypatch.setattr(purse, "_purses", self.held[number])


@pytest.mark.postgresql
def test_processes_share_one_budget_within_a_lease_each(clock, monkeypatch):
    """Of 100 at once each process may hold five; what it took is gone for all others at once."""
    holder = holder_of(client_pk=1, requests_per_minute=600, burst=100)
    processes = Processes(3)
    let_in = 0
    for turn in range(300):
        processes.use(turn % 3, monkeypatch)
        let_in += sent(holder)
    assert let_in == 100
    clock.now += 1
    for turn in range(300):
        processes.use(turn % 3, monkeypatch)
        let_in += sent(holder)
    assert let_in == 110


@pytest.mark.postgresql
def test_the_bound_is_one_lease_a_process(clock, monkeypatch):
    """The worst: each process took a lease, spent one of it, and the bucket filled up again meanwhile."""
    holder = holder_of(client_pk=1, requests_per_minute=600, burst=100)
    processes = Processes(3)
    for number in range(3):
        processes.use(number, monkeypatch)
        assert sent(holder) == 1
    clock.now += 9.9
    let_in = 0
    for number in range(3):
        processes.use(number, monkeypatch)
        let_in += sent(holder, 200)
    assert let_in == 100 + 3 * 4


@pytest.mark.postgresql
def test_what_lies_idle_is_given_up_when_the_bucket_is_full_again(clock, monkeypatch):
    holder = holder_of(client_pk=1, requests_per_minute=600, burst=100)
    assert sent(holder) == 1
    clock.now += 10.1
    assert sent(holder, 200) == 100


@pytest.mark.postgresql
def test_the_database_is_asked_once_for_a_lease_and_not_while_the_bucket_is_empty(clock, django_assert_num_queries):
    holder = holder_of(client_pk=1, requests_per_minute=600, burst=100)
    with django_assert_num_queries(20):
        assert sent(holder, 100) == 100
    with django_assert_num_queries(1):
        assert sent(holder, 100) == 0


def test_one_process_alone_asks_nobody(slow, clock, django_assert_num_queries):
    if connection.vendor == "sqlite":
        with django_assert_num_queries(0):
            assert sent(slow, 5) == 3
