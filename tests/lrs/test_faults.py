"""Faults of machines and callers: nothing acknowledged is lost, nothing half stored, nothing endless read."""

import errno
import os
import random
import signal
import socket
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import InMemoryStorage

from lrs.models import Attachment, Relation, Statement, StatementId
from tests.lrs.conftest import PATH
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.posting import posting, workers
from tests.lrs.statement.samples import statement

KILLED = 3


def test_workers_that_are_killed_lose_nothing(installation):
    with posting(installation) as load:
        for _ in range(KILLED):
            os.kill(random.choice(workers(installation)), signal.SIGKILL)
            load.wait()
    load.assert_nothing_is_lost()


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
