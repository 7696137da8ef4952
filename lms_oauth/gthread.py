"""gunicorn's worker with threads, which are kept for requests that have arrived.

Imports nothing of the product but a name: what gunicorn's master has loaded stays as it was when it is told to reload.
"""

import re
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.message import Request  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from lms_oauth.waiting import waited_seconds

ARRIVAL_SECONDS = 15  # for a head, and for a body that is waited for
STALL_SECONDS = 60  # between two pieces of a longer body, and for a piece of the answer
MOST_BODY_BYTES = 64 * 1024  # that are waited for
MOST_BYTES = 3 * MOST_BODY_BYTES  # that are held of a request that is not there yet
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,6})[ \t]*\r\n", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)


def missing_bytes(received: bytearray) -> int:
    """How much more to wait for: 0 where a thread can go on, since the head is there and a body of usual size too.

    A head without its end lacks one byte at least. Whoever waits to be told to go on (``Expect``), sends a body
    in chunks, or a long one, is read by the thread.
    """
    end = received.find(_END)
    if end < 0:
        return 1
    head = bytes(received[: end + len(_END)])
    length = _LENGTH.search(head)
    if length is None or _EXPECT.search(head) or int(length[1]) > MOST_BODY_BYTES:
        return 0
    return max(0, len(head) + int(length[1]) - len(received))


class Worker(ThreadWorker):  # type: ignore[misc]
    """Until a request has arrived its connection costs a place among ``worker_connections``, and no thread."""

    def enqueue_req(self, conn: TConn) -> None:
        if self.cfg.is_ssl:  # the thread has to decipher first
            conn.arrived_at = time.monotonic()
            super().enqueue_req(conn)
            return
        conn.received = bytearray(conn.parser.unreader.take_buffered() if conn.parser else b"")
        conn.sock.setblocking(False)
        if self._receive(conn):
            self._hand_over(conn)
            return
        conn.timeout = time.monotonic() + ARRIVAL_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive_more, conn))

    def _receive(self, conn: TConn) -> bool:
        """Whether a thread can go on."""
        try:
            piece = conn.sock.recv(MOST_BODY_BYTES)
        except BlockingIOError:
            piece = None
        except OSError:  # gone: the thread meets the end, as it does where nothing more comes
            piece = b""
        conn.received += piece or b""
        return piece == b"" or not missing_bytes(conn.received)

    def _receive_more(self, conn: TConn, _source: socket.socket) -> None:
        arrived = self._receive(conn)
        if not arrived and len(conn.received) <= MOST_BYTES:
            return
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        if arrived:
            self._hand_over(conn)
        else:
            self.nr_conns -= 1
            conn.close()

    def _hand_over(self, conn: TConn) -> None:
        conn.init()  # makes the parser, and the socket wait
        conn.parser.unreader.unread(bytes(conn.received))
        conn.data_ready, conn.arrived_at = True, time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        waited_seconds.set(time.monotonic() - conn.arrived_at)
        return super().handle(conn)

    def handle_request(self, req: Request, conn: TConn) -> Any:
        conn.sock.settimeout(STALL_SECONDS)
        return super().handle_request(req, conn)
