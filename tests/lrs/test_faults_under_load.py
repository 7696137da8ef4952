"""What happens to a machine while clients post: nothing acknowledged is lost, and no client meets another's."""

import os
import signal
import socket
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from django.db import connection

from tests.gunicorn import installed
from tests.lrs.posting import master, posting, wait_for, workers
from tests.lrs.test_clock import HOUR, now

SLOW = 200
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's faults")


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """An installation of these tests alone: its clock is moved, and its processes are replaced."""
    with installed(tmp_path_factory.mktemp("machine")) as running:
        yield running


def execute(machine, sql, *values):
    with psycopg.connect(machine.environment["DATABASE_URL"], autocommit=True) as own:
        return own.execute(sql, values)


def test_a_restart_for_an_upgrade_fails_no_request(machine):
    with posting(machine) as load:
        former = set(workers(machine))
        os.kill(master(machine), signal.SIGHUP)
        wait_for(lambda: len(set(workers(machine)) - former) == 2)
        load.wait()
        wait_for(lambda: not former & set(workers(machine)))
    assert load.told == {200}
    load.assert_nothing_is_lost()


@pytest.mark.postgresql
@only_postgresql
def test_a_database_that_ends_all_connections_costs_requests_but_no_statement(machine):
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with posting(machine) as load:
        for _ in range(3):
            execute(machine, others)
            load.wait()
    assert load.told <= {200, 503}, machine.log
    load.assert_nothing_is_lost()


@pytest.mark.postgresql
@only_postgresql
def test_a_migration_of_tables_that_are_written_fails_no_request(machine):
    machine.manage("migrate", "lrs", "0030_store_one", "--verbosity", "0")
    with posting(machine) as load:
        machine.manage("migrate", "--verbosity", "0")
        load.wait()
    assert load.told == {200}
    load.assert_nothing_is_lost()


@pytest.mark.postgresql
@only_postgresql
def test_a_clock_that_jumps_by_an_hour_and_back_loses_and_doubles_nothing(machine):
    """The store's clock is the database's. After the jump it has told times that the system's will reach in an hour."""
    with posting(machine) as load:
        execute(machine, "SELECT setval('lrs_clock', %s)", now() + HOUR)
        load.wait()
    assert load.told == {200}
    load.assert_nothing_is_lost()
    for poster in load.posters[:2]:
        read = listed(machine, poster)
        assert len(read) == len(set(read))
        assert set(read) == {one for same in load.posters if same.headers == poster.headers for one in flat(same)}


def flat(poster):
    return [one for ids in poster.acknowledged for one in ids]


def listed(machine, poster):
    """Ids in the order of the store, page after page."""
    address, found = "/xapi/statements?ascending=true&limit=100", []
    while address:
        page = requests.get(machine.url + address, headers=poster.headers, timeout=60).json()
        found += [one["id"] for one in page["statements"]]
        address = page["more"]
    return found


def test_two_hundred_slow_senders_make_nobody_wait(machine):
    address = urlsplit(machine.url)
    slow = [socket.create_connection((address.hostname, address.port), timeout=60) for _ in range(SLOW)]
    try:
        for number, sender in enumerate(slow):
            body = b"Content-Length: 100\r\n\r\na" if number % 2 else b""
            sender.sendall(b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\n" + body)
        with posting(machine) as load:
            load.wait()
        assert load.told == {200}
        load.assert_nothing_is_lost()
    finally:
        for sender in slow:
            sender.close()
