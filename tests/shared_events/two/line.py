"""A line between two LMSes that cuts, loses, repeats, delays, mixes up and refuses."""

import json
import socket
import struct
import threading
from collections import Counter, deque
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SECONDS = 120
_HOP = {"connection", "transfer-encoding", "content-length", "server", "date"}


class Line:
    """Carries requests to ``target``. ``faults`` are taken in turn, one for each request for a page of the feed."""

    def __init__(self):
        self.target = ""
        self.faults = deque()
        self.met = Counter()
        self.pages = []  # the parameters of each request for a page
        self.answers = []  # to pages, as the host gave them
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"line": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line = None

    def log_message(self, *_args):
        pass

    def do_GET(self):
        self._carry(b"")

    def do_POST(self):
        self._carry(self.rfile.read(int(self.headers["Content-Length"])))

    def _carry(self, body):
        path = urlsplit(self.path)
        is_page = path.path.endswith("/changes")
        fault = self.line.faults.popleft() if is_page and self.line.faults else None
        if is_page:
            self.line.pages.append(path.query)
        if fault is not None:
            self.line.met[fault.__name__] += 1
        (fault or passed)(self, lambda: self._forwarded(body, keep=is_page))

    def _forwarded(self, body, *, keep):
        connection = HTTPConnection(urlsplit(self.line.target).netloc, timeout=SECONDS)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        connection.request(self.command, self.path, body or None, headers)
        response = connection.getresponse()
        answer = response.status, response.getheaders(), response.read()
        connection.close()
        if keep and response.status == 200:
            self.line.answers.append(answer)
        return answer

    def send(self, status, headers, body, *, only=None):
        """``only``: as many bytes of the body, and then the connection is reset."""
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:only])
        if only is not None:
            self.cut()

    def cut(self):
        """RST instead of FIN: the other side sees a connection reset."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.wfile = self.rfile = _Closed()


class _Closed:
    closed = True

    def flush(self):
        pass

    def close(self):
        pass


def passed(handler, forward):
    handler.send(*forward())


def connection_cut(handler, _forward):
    """Before anything reached the host."""
    handler.cut()


def answer_lost(handler, forward):
    """The host did its part, and nobody hears of it."""
    forward()
    handler.cut()


def sent_twice(handler, forward):
    forward()
    passed(handler, forward)


def cut_in_the_body(handler, forward):
    status, headers, body = forward()
    handler.send(status, headers, body, only=len(body) // 2)


def truncated(handler, forward):
    """Whole for HTTP, half for JSON."""
    status, headers, body = forward()
    handler.send(status, headers, body[: len(body) // 2])


def delayed_beyond_patience(handler, forward):
    """Held until the reader has gone."""
    forward()
    handler.connection.settimeout(SECONDS)
    handler.connection.recv(1)
    handler.cut()


def dribbling(handler, forward):
    status, _headers, body = forward()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for start in range(0, len(body), 1000):
        handler.wfile.write(body[start : start + 1000])
        handler.wfile.flush()


def old_answer_again(handler, forward):
    """The answer to an earlier request arrives in the place of this one's."""
    forward()
    handler.send(*handler.line.answers[-2 if len(handler.line.answers) > 1 else -1])


def page_ahead(handler, forward):
    """Two pages change places: the answer is that to the request that would come next."""
    _status, _headers, body = forward()
    following = json.loads(body)["next"]
    handler.path = f"{urlsplit(handler.path).path}?cursor={following}"
    handler.send(*forward())


def of_another_host(handler, forward):
    status, headers, body = forward()
    page = json.loads(body) | {"origin": "urn:uuid:00000000-0000-4000-8000-000000000000"}
    handler.send(status, headers, json.dumps(page).encode())


def redirected(handler, _forward):
    handler.send(302, [("Location", "http://127.0.0.1:1/")], b"")


def too_large(handler, forward):
    status, headers, body = forward()
    handler.send(status, headers, body[:-1] + b" " * (9 * 1024 * 1024) + b"}")


def too_deep(handler, forward):
    status, headers, _body = forward()
    handler.send(status, headers, b"[" * 100_000)


def not_utf8(handler, forward):
    status, headers, body = forward()
    handler.send(status, headers, body.replace(b'"from"', b'"\xff"', 1))


def page_of_a_proxy(handler, _forward):
    handler.send(502, [("Content-Type", "text/html")], b"<html>Bad gateway</html>")


def clock_ahead(handler, forward):
    status, headers, body = forward()
    handler.date_time_string = lambda timestamp=None: "Fri, 31 Dec 2027 23:59:59 GMT"
    handler.send(status, headers, body)


def _refusing(status, *headers):
    def refusing(handler, _forward):
        handler.send(status, [("Content-Type", "application/problem+json"), *headers], b'{"retry": "after"}')

    refusing.__name__ = f"status_{status}"
    return refusing


status_429, status_500, status_503 = _refusing(429, ("Retry-After", "7")), _refusing(500), _refusing(503)

FAULTS = [
    connection_cut,
    answer_lost,
    sent_twice,
    cut_in_the_body,
    truncated,
    delayed_beyond_patience,
    dribbling,
    old_answer_again,
    page_ahead,
    of_another_host,
    redirected,
    too_large,
    too_deep,
    not_utf8,
    page_of_a_proxy,
    clock_ahead,
    status_429,
    status_500,
    status_503,
]
