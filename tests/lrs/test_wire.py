"""HEAD as it travels: a body byte after it would be taken for the start of the next answer (RFC 9110 §9.3.2)."""

import base64
import socket
from urllib.parse import urlencode, urlsplit

import pytest

pytestmark = pytest.mark.any_database
DOCUMENT = "/xapi/activities/state?" + urlencode(
    {"activityId": "http://example.org/a", "agent": '{"mbox":"mailto:learner@example.org"}', "stateId": "s"}
)
PATHS = ["/xapi/about", "/xapi/statements", "/xapi/statements?wrong=1", "/xapi/unknown", DOCUMENT]


def test_no_byte_follows_the_head_of_an_answer(installation):
    client = installation.create_client("Wire", "--lrs-own")
    pair = f"{client['client_id']}:{client['client_secret']}".encode()
    address = urlsplit(installation.url)
    head = (
        f"Host: {address.netloc}\r\nX-Experience-API-Version: 1.0.3\r\n"
        f"Authorization: Basic {base64.b64encode(pair).decode()}\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        stream = connection.makefile("rb")
        connection.sendall(f"PUT {DOCUMENT} HTTP/1.1\r\n{head}Content-Length: 4\r\n\r\ntext".encode())
        assert _status(stream)[0] == 204
        for path in PATHS:
            lengths = []
            for method in ("GET", "HEAD"):
                connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
                status, headers = _status(stream, body=method == "GET")
                lengths.append((status, headers["content-length"]))
            assert lengths[0] == lengths[1]


def _status(stream, *, body=False):
    """Whatever stood before the status line would make it something else. Headers that this test looks at."""
    line = stream.readline().decode()
    assert line.startswith("HTTP/1.1 "), line
    headers = {}
    while (one := stream.readline().decode().rstrip()) != "":
        name, _, value = one.partition(":")
        if name.lower() == "content-length":
            headers["content-length"] = value.strip()
    if body:
        stream.read(int(headers["content-length"]))
    return int(line.split()[1]), headers
