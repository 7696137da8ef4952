"""``bin/audit`` says what is known, and that nobody could be asked; whether a gate passes does not depend on it."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.gunicorn import ROOT
from tests.shell.test_serve import free_port

pytestmark = pytest.mark.any_database
PACKAGES = [line for line in (ROOT / "bin" / "constraints.txt").read_text().splitlines() if "==" in line]


@contextmanager
def service(answer):
    """An address, and what it was asked. ``answer`` makes the body from the queries."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer(asked))

        def log_message(self, *_arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.timeout = 60
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        thread.join()


def audit(address):
    command, environment = [sys.executable, ROOT / "bin" / "audit"], os.environ | {"ADVISORIES": address}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def results(*found):
    """Those ids for the first package, none for the others."""
    first = {"vulns": [{"id": one} for one in found]} if found else {}
    return lambda asked: json.dumps({"results": [first, *({} for _ in asked[1:])]}).encode()


def test_every_package_is_asked_for_in_its_version():
    with service(results()) as (address, asked):
        done = audit(address)
    assert (done.returncode, done.stdout) == (0, f"{len(PACKAGES)} packages asked for, 0 with known advisories.\n")
    assert [f"{one['package']['name']}=={one['version']}" for one in asked] == PACKAGES
    assert {one["package"]["ecosystem"] for one in asked} == {"PyPI"}


def test_what_is_known_is_named():
    with service(results("PYSEC-2", "GHSA-1")) as (address, _asked):
        done = audit(address)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == f"{PACKAGES[0].replace('==', ' ')}: GHSA-1, PYSEC-2"


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"results": []}'])
def test_an_answer_of_something_else_is_no_answer(body):
    with service(lambda _asked: body) as (address, _asked):
        done = audit(address)
    assert (done.returncode, done.stdout[:12]) == (3, "Not audited:")


def test_without_a_network_it_says_so():
    done = audit(f"http://127.0.0.1:{free_port()}/")
    assert (done.returncode, done.stdout[:12], done.stderr) == (3, "Not audited:", "")


def test_the_gate_goes_on_whatever_it_says():
    [line] = [line for line in (ROOT / "bin" / "test").read_text().splitlines() if "bin/audit" in line]
    assert line.endswith(" || true")
