"""Faults of machines and callers: nothing acknowledged is lost, nothing half stored, nothing endless read."""

import errno
import json
import os
import random
import signal
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.core.files.storage import InMemoryStorage

from lrs.models import Attachment, Relation, Statement, StatementId
from tests.lrs.conftest import PATH
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.statement.samples import statement
from tests.lrs.stored import new_id

BATCH = 20
KILLED = 3


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def workers(installation):
    """Of its gunicorn, a child of this process."""
    url = f"PUBLIC_URL={installation.url}".encode()
    masters = [pid for pid in children(os.getpid()) if url in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")]
    return [worker for pid in masters for worker in children(pid)]


class Poster:
    """Posts batches until it is told to stop, and remembers which of them were acknowledged."""

    def __init__(self, installation, token):
        self.url = f"{installation.url}/xapi/statements"
        self.headers = {"Authorization": f"Bearer {token}", "X-Experience-API-Version": "1.0.3"}
        self.acknowledged, self.unknown = [], []

    def post(self):
        batch = [statement(id=new_id()) for _ in range(BATCH)]
        ids = [one["id"] for one in batch]
        try:
            answer = requests.post(self.url, json=batch, headers=self.headers, timeout=60)
        except requests.RequestException:
            self.unknown.append(ids)
            return
        (self.acknowledged if answer.status_code == 200 else self.unknown).append(ids)

    def run(self, stop):
        while not stop.is_set():
            self.post()


def test_workers_that_are_killed_lose_nothing(installation):
    client = installation.create_client("Posts", "--lrs-own")
    posters = [Poster(installation, client["bearer_token"]) for _ in range(4)]
    stop = threading.Event()
    threads = [threading.Thread(target=poster.run, args=[stop]) for poster in posters]
    for thread in threads:
        thread.start()
    try:
        for count in range(1, KILLED + 1):
            _wait_for(lambda count=count: sum(len(poster.acknowledged) for poster in posters) >= 4 * count)
            os.kill(random.choice(workers(installation)), signal.SIGKILL)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=120)
    exported = installation.manage("export_statements", "--client", client["client_id"])
    stored = {json.loads(line)["id"] for line in exported.splitlines()}
    assert stored.issuperset(one for poster in posters for ids in poster.acknowledged for one in ids)
    assert {len(stored.intersection(ids)) for poster in posters for ids in poster.unknown} <= {0, BATCH}
    found = requests.get(
        posters[0].url, {"verb": "http://example.org/verbs/did"}, headers=posters[0].headers, timeout=60
    )
    assert len({one["id"] for one in found.json()["statements"]} & stored) == min(len(stored), 500)


def _wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing is acknowledged"
        time.sleep(0.02)


class FullStorage(InMemoryStorage):
    def _save(self, name, content):
        content.read(1)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def counts():
    return [model.objects.count() for model in (StatementId, Statement, Relation, Attachment)]


def test_a_full_disk_stores_nothing(own, settings, caplog):
    settings.STORAGES = {**settings.STORAGES, "lrs_attachments": {"BACKEND": f"{__name__}.FullStorage"}}
    data = b"data"
    text = body([statement(), statement(attachments=[attachment(data)])], part(data))
    answer = own.post(text, content_type=MULTIPART)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "server_error")
    assert counts() == [0, 0, 0, 0]
    assert "No space left" in caplog.text
    assert "No space left" not in answer.content.decode()


def test_a_batch_of_a_hundred_thousand(own):
    answer = own.post(b"[" + b",".join([b"{}"] * 100_000) + b"]")
    assert answer.status_code == 413
    assert "LRS_MAX_BATCH" in answer.json()["error"]["detail"]


@pytest.fixture
def wire(installation):
    """A raw connection, and the head of a POST on it."""
    token = installation.create_client("Wire", "--lrs-own")["bearer_token"]
    address = urlsplit(installation.url)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
        "X-Experience-API-Version: 1.0.3\r\nContent-Type: application/json\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        yield connection, head.encode()


def status_of(connection):
    return connection.makefile("rb").readline().split()[1]


def test_two_gigabytes_are_refused_before_they_are_sent(wire):
    connection, head = wire
    connection.sendall(head + b"Content-Length: 2147483648\r\n\r\n")
    assert status_of(connection) == b"413"


def test_a_body_without_end_is_cut(wire):
    """The server answers, or closes the connection, long before this gives up."""
    connection, head = wire
    connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    sent = 0
    try:
        while sent < 200 and not _readable(connection):
            connection.sendall(chunk)
            sent += 1
    except OSError:
        pass
    assert 32 <= sent < 200


def _readable(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) is not None
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(60)
