"""gunicorn's worker with threads, which are kept for requests that have arrived.

Imports nothing of the product but a name: what gunicorn's master has loaded stays as it was when it is told to reload.
"""

import re
import sys
import time
from concurrent.futures import Future
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
SWITCH_SECONDS = 0.001
LATER = object()  # what handling an incomplete request returns
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
    """A thread that finds a request incomplete leaves it: until more comes, its connection costs a place and no thread.

    The threads look, and not the loop that hands them out: each call of the system that it makes lets them have the
    interpreter, for SWITCH_SECONDS each time while they compute.
    """

    def init_process(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        conn.queued_at = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        waited_seconds.set(time.monotonic() - conn.queued_at)
        if not self.cfg.is_ssl:  # where the bytes have to be deciphered first, threads wait as gunicorn's do
            if not self._has_arrived(conn):
                return LATER if time.monotonic() < conn.arrives_until else False
            conn.data_ready = True
            conn.init()
            conn.parser.unreader.unread(bytes(conn.received))
            conn.received = None
        return super().handle(conn)

    def _has_arrived(self, conn: TConn) -> bool:
        """Takes what has come; whether the thread can go on with it."""
        if getattr(conn, "received", None) is None:
            conn.received = bytearray(conn.parser.unreader.take_buffered() if conn.parser else b"")
            conn.arrives_until = time.monotonic() + ARRIVAL_SECONDS
        conn.sock.setblocking(False)
        try:
            while missing_bytes(conn.received):
                piece = conn.sock.recv(MOST_BODY_BYTES)
                if not piece:
                    break  # there is no more: gunicorn says what that means
                conn.received += piece
                if len(conn.received) > MOST_BYTES:
                    conn.arrives_until = 0
                    return False
        except BlockingIOError:
            return False
        return True

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        if fs.cancelled() or fs.exception() is not None or fs.result() is not LATER:
            super().finish_request(conn, fs)
            return
        conn.timeout = conn.arrives_until
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def murder_pending(self) -> None:
        """They do not stand in the order of their time: whoever sends a little now and then comes to the end anew."""
        now = time.monotonic()
        for conn in [one for one in self.pending_conns if one.timeout <= now]:
            self.poller.unregister(conn.sock)
            self.pending_conns.remove(conn)
            self.nr_conns -= 1
            conn.close()

    def handle_request(self, req: Request, conn: TConn) -> Any:
        conn.sock.settimeout(STALL_SECONDS)
        return super().handle_request(req, conn)
