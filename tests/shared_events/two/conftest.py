"""Two installations, each host and mirror of the other, with a line between them that can fail."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.gunicorn import ROOT, installed
from tests.shared_events.two.line import Line

ATTEMPTS = 8


class Failed(Exception):
    """The order could not be done."""


class Side:
    """One installation; ``line`` is the way to it."""

    def __init__(self, installation, line, directory):
        self.installation, self.line, self.directory = installation, line, directory
        self.client = {}  # of the other side, here
        self._operator = subprocess.Popen(
            [sys.executable, "-m", "tests.shared_events.two.operator"],
            cwd=ROOT,
            env=installation.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def close(self):
        self._operator.stdin.close()
        self._operator.wait(timeout=60)
        self._operator.stdout.close()

    def __getattr__(self, name):
        """Orders of the operator: what was done, or ``{"killed": 9}``."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **values: self._told(order=name, **values)

    def _told(self, **order):
        self._operator.stdin.write(json.dumps(order) + "\n")
        self._operator.stdin.flush()
        answer = json.loads(self._operator.stdout.readline())
        if "failed" in answer:
            raise Failed(f"{order}: {answer['failed']}")
        return answer.get("done", answer)

    def manage(self, name, *arguments, **values):
        return self.command(name=name, arguments=arguments, **values)

    def settle(self, **values):
        """Synchronizes until caught up; the last report."""
        for _attempt in range(ATTEMPTS):
            told = self.sync(**values)
            if told["state"] == "ok" and not self.line.faults:
                return told
        raise AssertionError(f"not settled: {told}")

    @property
    def _database(self):
        return self.installation.environment["DATABASE_URL"]

    def backup(self):
        """A backup, as a function that puts it in the place of what is there now."""
        kept = self.directory / "kept"
        if self._database.startswith("postgres"):
            subprocess.run(["pg_dump", "--format=custom", f"--file={kept}", f"--dbname={self._database}"], check=True)
            return lambda: _restore(kept, self._database)
        live = urlsplit(self._database).path[1:]
        _copy(live, kept)
        return lambda: _copy(kept, live)


def _restore(kept, database):
    """Into an empty schema: ``pg_restore --clean`` cannot drop the keys of partitions."""
    with psycopg.connect(database) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={database}", kept], check=True)


def _copy(source, target):
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target, timeout=60)) as written:
        read.backup(written)


@contextlib.contextmanager
def _side(directory):
    line = Line()
    with contextlib.closing(line), installed(directory, public_url=line.url, workers=1) as installation:
        line.target = installation.url
        with contextlib.closing(Side(installation, line, directory)) as side:
            side.manage("setting", "shared_events_enabled", "on")
            yield side


def _introduce(host, reader, name):
    made = json.loads(host.manage("create_client", name, "--shared-events", "--json"))
    host.client = made
    account = ("--url", host.line.url, "--client-id", made["client_id"], "--client-secret", made["client_secret"])
    reader.manage("add_shared_event_peer", "Other", *account)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Tests count on no state of one another, but that all is settled in the end."""
    with _side(tmp_path_factory.mktemp("a")) as a, _side(tmp_path_factory.mktemp("b")) as b:
        _introduce(a, b, "B at A")
        _introduce(b, a, "A at B")
        yield a, b
