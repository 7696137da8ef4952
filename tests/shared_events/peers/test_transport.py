import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared_events.peers import transport
from shared_events.peers.transport import Forbidden, Transport, Unreachable


class Handler(BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(302 if self.path == "/redirect" else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * 2000)

    def log_message(self, *_args):
        pass


@pytest.fixture
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Handler.asked.clear()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_redirects_are_not_followed(url):
    assert Transport().call("GET", url + "/redirect").status == 302
    assert Handler.asked == ["/redirect"]


def test_private_addresses_need_permission(url, settings):
    settings.SHARED_EVENTS_ALLOWED_NETWORKS = []
    with pytest.raises(Forbidden, match="private"):
        Transport().call("GET", url)
    assert Handler.asked == []


@pytest.mark.parametrize(
    "address", ["http://lms.example/", "ftp://lms.example/", "file:///etc/passwd", "http://10.0.0.1/"]
)
def test_only_https_leaves_the_machine(address):
    with pytest.raises(Forbidden, match="https"):
        Transport().call("GET", address)


def test_large_answers_are_cut_off(url, monkeypatch):
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1000)
    with pytest.raises(Unreachable, match="larger"):
        Transport().call("GET", url)


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable):
        Transport().call("GET", f"http://localhost:{port}/")
