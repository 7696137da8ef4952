"""Senders of batches that remember which of them were acknowledged, and processes of the installation they send to."""

import contextlib
import json
import os
import threading
import time
from pathlib import Path

import requests

from tests.lrs.statement.samples import statement
from tests.lrs.stored import new_id

BATCH = 20


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def master(installation):
    """Of its gunicorn, a child of this process."""
    url = f"PUBLIC_URL={installation.url}".encode()
    [pid] = [pid for pid in children(os.getpid()) if url in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")]
    return pid


def workers(installation):
    return children(master(installation))


class Poster:
    """Posts batches until it is told to stop, and remembers which of them were acknowledged."""

    def __init__(self, installation, token):
        self.url = f"{installation.url}/xapi/statements"
        self.headers = {"Authorization": f"Bearer {token}", "X-Experience-API-Version": "1.0.3"}
        self.acknowledged, self.unknown, self.told = [], [], set()

    def post(self):
        batch = [statement(id=new_id()) for _ in range(BATCH)]
        ids = [one["id"] for one in batch]
        try:
            answer = requests.post(self.url, json=batch, headers=self.headers, timeout=60)
        except requests.RequestException as error:
            self.told.add(type(error).__name__)
            self.unknown.append(ids)
            return
        self.told.add(answer.status_code)
        (self.acknowledged if answer.status_code == 200 else self.unknown).append(ids)

    def run(self, stop):
        while not stop.is_set():
            self.post()


class Load:
    """Two clients, with two posters each."""

    def __init__(self, installation):
        self.installation = installation
        self.clients = [installation.create_client("Posts", "--lrs-own") for _ in range(2)]
        self.posters = [Poster(installation, client["bearer_token"]) for client in self.clients * 2]

    def wait(self, batches=4):
        """Until so many more were acknowledged."""
        wanted = self._count() + batches
        wait_for(lambda: self._count() >= wanted)

    def _count(self):
        return sum(len(poster.acknowledged) for poster in self.posters)

    @property
    def told(self):
        """Statuses of all answers, and what else became of a request."""
        return set().union(*(poster.told for poster in self.posters))

    def assert_nothing_is_lost(self):
        """What was acknowledged is there, no batch is there in part, and each client has its own."""
        for client, posters in zip(self.clients, (self.posters[::2], self.posters[1::2]), strict=True):
            exported = self.installation.manage("export_statements", "--client", client["client_id"])
            stored = {json.loads(line)["id"] for line in exported.splitlines()}
            acknowledged = {one for poster in posters for ids in poster.acknowledged for one in ids}
            unknown = [ids for poster in posters for ids in poster.unknown]
            assert stored >= acknowledged
            assert {len(stored.intersection(ids)) for ids in unknown} <= {0, BATCH}
            assert stored <= acknowledged.union(*unknown)


@contextlib.contextmanager
def posting(installation):
    """A Load that goes on as long as the block."""
    load, stop = Load(installation), threading.Event()
    threads = [threading.Thread(target=poster.run, args=[stop]) for poster in load.posters]
    for thread in threads:
        thread.start()
    try:
        load.wait()
        yield load
        load.wait()
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=120)


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)
