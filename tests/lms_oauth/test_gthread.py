"""gunicorn's worker as the product configures it: slow senders hold no thread, and a thread knows who waited."""

import contextlib
import logging
import os
import selectors
import socket
import threading
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from lms_oauth import gthread
from lms_oauth.gthread import MOST_BODY_BYTES, MOST_BYTES, Worker, missing_bytes
from lms_oauth.waiting import waited_seconds

pytestmark = pytest.mark.any_database
SECONDS = 60
GET = b"GET /fast HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("received", "missing"),
    [
        (b"", 1),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", 1),
        (GET, 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 5),
        (b"POST / HTTP/1.1\r\ncontent-length:5\r\nHost: x\r\n\r\nabc", 2),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcdefg", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1), 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 0),
        (b"GET / HTTP/1.1\r\n\r\nContent-Length: 5\r\n\r\n", 0),
    ],
)
def test_what_is_waited_for(received, missing):
    assert missing_bytes(bytearray(received)) == missing


class Answers:
    """The application: tells what it read. ``/wait`` holds its thread until ``go``."""

    def __init__(self):
        self.go, self.held, self.waited = threading.Event(), threading.Event(), []

    def __call__(self, environ, start_response):
        self.waited.append(waited_seconds.get())
        if environ["PATH_INFO"] == "/wait":
            self.held.set()
            self.go.wait(SECONDS)
        body = environ["wsgi.input"].read() or b"nothing"
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def served():
    """A worker with one thread, in this process, and the connections that a test made to it."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        config = Config()
        config.set("threads", 1)
        config.set("keepalive", SECONDS)
        worker = Worker(1, os.getppid(), [listener], None, SECONDS, config, logging.getLogger("test"))
        worker.log.access = lambda *_arguments: None
        worker.poller, worker.tpool, worker.wsgi = selectors.DefaultSelector(), worker.get_thread_pool(), Answers()
        worker.method_queue.init()
        thread = threading.Thread(target=worker.run)
        thread.start()
        made = []

        def connect():
            made.append(socket.create_connection(listener.getsockname(), timeout=SECONDS))
            return made[-1]

        yield SimpleNamespace(connect=connect, app=worker.wsgi, worker=worker)
        worker.wsgi.go.set()
        for connection in made:
            connection.close()
        worker.handle_exit(None, None)
        thread.join(SECONDS)
        worker.tmp._tmp.close()


def answer(connection):
    """Status and body, read without a byte of what comes after."""
    stream = connection.makefile("rb", buffering=0)
    status, length = stream.readline()[9:12], 0
    while (line := stream.readline().lower()) not in {b"\r\n", b""}:
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    return status, stream.read(length)


def asked(connection, request):
    connection.sendall(request)
    return answer(connection)


def test_two_hundred_half_requests_hold_no_thread(served):
    slow = [served.connect() for _ in range(200)]
    for number, connection in enumerate(slow):
        head = b"GET /fast HTTP/1.1\r\nHost: x\r\n"
        connection.sendall(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\na" if number % 2 else head)
    assert asked(served.connect(), GET) == (b"200", b"nothing")
    assert asked(slow[0], b"\r\n") == (b"200", b"nothing")
    assert asked(slow[1], b"bc") == (b"200", b"abc")


def test_a_request_in_pieces_and_another_on_the_same_connection(served):
    connection = served.connect()
    connection.sendall(GET[:10])
    assert asked(connection, GET[10:]) == (b"200", b"nothing")
    connection.sendall(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\n")
    assert asked(connection, b"abc") == (b"200", b"abc")
    assert asked(connection, b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n") == (
        b"200",
        b"de",
    )


def test_two_requests_sent_at_once_get_two_answers(served):
    connection = served.connect()
    connection.sendall(GET + b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\na")
    assert answer(connection) == (b"200", b"nothing")
    assert asked(connection, b"bc") == (b"200", b"abc")


def test_who_closes_is_forgotten(served):
    for sent in (b"", b"GET /"):
        connection = served.connect()
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_a_head_without_end_is_cut(served):
    connection = served.connect()
    with contextlib.suppress(OSError):  # it was cut while this sent
        connection.sendall(b"x" * 4 * MOST_BYTES)
    with contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def test_one_that_never_goes_on_is_closed(served, monkeypatch):
    monkeypatch.setattr(gthread, "ARRIVAL_SECONDS", 0)
    connection = served.connect()
    connection.sendall(b"GET /")
    assert connection.recv(1) == b""


def test_a_thread_knows_how_long_a_request_waited(served):
    first, second = served.connect(), served.connect()
    first.sendall(GET.replace(b"/fast", b"/wait"))
    served.app.held.wait(SECONDS)
    second.sendall(GET)
    while not served.worker.tpool._work_queue.qsize():  # until it waits for the thread
        pass
    served.app.go.set()
    assert answer(first)[0] == answer(second)[0] == b"200"
    assert served.app.waited[1] > 0
