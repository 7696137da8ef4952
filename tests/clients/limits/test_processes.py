"""Two gunicorn processes on one database share one budget of a client, and slow no other."""

import threading
import time

import pytest
import requests

pytestmark = pytest.mark.postgresql
RATE_PER_SECOND, BURST, LEASE, PROCESSES = 1, 60, 3, 2
SENDERS, EACH = 6, 25


def statuses(url, client):
    """Of one request after the other, over connections of their own: the kernel spreads them over the processes."""
    headers = {"Authorization": f"Bearer {client['bearer_token']}", "X-Experience-API-Version": "1.0.3"}
    address = f"{url}/xapi/statements?limit=1"
    return [requests.get(address, headers=headers, timeout=60).status_code for _ in range(EACH)]


def test_one_budget_for_all_processes(installation):
    hasty = installation.create_client("Hasty", "--lrs-own")
    calm = installation.create_client("Calm", "--lrs-own")
    rate = ("--requests-per-minute", str(60 * RATE_PER_SECOND), "--burst", str(BURST))
    installation.manage("set_client", hasty["client_id"], *rate)
    installation.manage("set_client", calm["client_id"], *rate)
    found = []
    threads = [threading.Thread(target=lambda: found.extend(statuses(installation.url, hasty))) for _ in range(SENDERS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed = time.monotonic() - began
    assert set(found) <= {200, 429}
    assert len(found) == SENDERS * EACH
    idle = PROCESSES * (LEASE - 1)
    assert min(BURST - idle, len(found)) <= found.count(200) <= BURST + RATE_PER_SECOND * passed + idle
    assert set(statuses(installation.url, calm)) == {200}
