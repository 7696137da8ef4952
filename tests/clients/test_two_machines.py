"""Two gunicorns on one database with a balancer between them: whatever one begins, the other goes on with."""

import time

import pytest
import requests
from django.db import connection

from tests.gunicorn import beside

pytestmark = pytest.mark.postgresql
SECONDS = 60


@pytest.fixture(scope="module")
def machines(installation, tmp_path_factory):
    with beside(installation, tmp_path_factory.mktemp("second")) as second:
        yield installation, second


@pytest.fixture
def made(installation):
    return installation.create_client("Between two", "--lrs-own")


def read(machine, value):
    headers = {"X-Experience-API-Version": "1.0.3", "Authorization": f"Bearer {value}"}
    return requests.get(f"{machine.url}/xapi/statements", headers=headers, timeout=SECONDS)


def test_a_token_of_one_works_on_the_other_until_one_ends_it(machines, made):
    first, second = machines
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    token = requests.post(f"{first.url}/oauth2/token", form, timeout=SECONDS).json()["access_token"]
    assert [read(machine, token).status_code for machine in machines] == [200, 200]
    second.manage("set_client", made["client_id"], "--inactive")
    assert [read(machine, token).status_code for machine in machines] == [401, 401]


def test_a_limit_counts_for_both(machines, made):
    if connection.vendor != "postgresql":
        return  # each process on SQLite has a bucket of its own
    first, _second = machines
    first.manage("set_client", made["client_id"], "--requests-per-minute", "1", "--burst", "2")
    began = time.monotonic()
    found = [read(machine, made["bearer_token"]).status_code for machine in machines * 2]
    assert found[:2] == [200, 200]
    assert found.count(200) <= 2 + (time.monotonic() - began) / 60
