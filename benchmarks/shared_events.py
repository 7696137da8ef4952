"""What it costs to keep a copy of another LMS's events: two installations on PostgreSQL, one behind gunicorn.

    .venv/bin/python -m benchmarks.shared_events [--events N] [--rounds N]

Prints a table of all limits and fails beyond them. Its databases are made beside ``DATABASE_URL`` (by default
postgres://postgres@127.0.0.1:5432/events_benchmark), with ``_host`` and ``_mirror`` behind the name; the first is kept.
"""

import argparse
import json
import os
import resource
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import psycopg
import requests

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/events_benchmark"
PAGE = 500
POLLS = 200


@dataclass
class Row:
    """``reach`` and ``goal`` are what ``value`` must be at most, or at least where ``least``."""

    name: str
    value: float
    reach: float
    goal: float
    least: bool = False
    figure: str = ""

    @property
    def missed(self) -> bool:
        return self.value < self.reach if self.least else self.value > self.reach

    def __str__(self) -> str:
        at_goal = self.value >= self.goal if self.least else self.value <= self.goal
        mark = "missed" if self.missed else "goal" if at_goal else "reach"
        sign = ">=" if self.least else "<="
        return (
            f"{self.name:44} {self.value:10.2f} {sign} {self.reach:<7g} {sign} {self.goal:<7g} {mark:7} {self.figure}"
        )


@dataclass
class Host:
    url: str
    environment: dict[str, str]
    process: int

    def manage(self, *arguments: str) -> str:
        return _run([sys.executable, "manage.py", *arguments], self.environment)

    def fill(self, what: str, count: int) -> None:
        _run([sys.executable, "-m", "benchmarks.shared_events_parts.fill", what, str(count)], self.environment)

    @property
    def peak_mb(self) -> float:
        """Of the largest worker, since it started."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        lines = [line for pid in children for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return max(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _run(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def _environment(database_url: str) -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "lms_oauth.settings",
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": "only-for-measuring-" + "0" * 40,
        "SHARED_EVENTS_ALLOWED_NETWORKS": "127.0.0.0/8",
        "CLIENT_REQUESTS_PER_MINUTE": "0",
    }


def _database(url: str, suffix: str, *, anew: bool) -> str:
    address = urlsplit(url)
    name = address.path.removeprefix("/") + suffix
    with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as server:
        if anew:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f'CREATE DATABASE "{name}"')
    made = address._replace(path=f"/{name}").geturl()
    _run([sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"], _environment(made))
    return made


@contextmanager
def _serving(database_url: str) -> Iterator[Host]:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = _environment(database_url) | {"PUBLIC_URL": url}
        command = [sys.executable, "-m", "gunicorn", "lms_oauth.wsgi", "--config", "python:lms_oauth.server"]
        command += ["--bind", f"fd://{listener.fileno()}", "--workers", "1", "--log-level", "error"]
        with subprocess.Popen(command, env=environment, pass_fds=[listener.fileno()]) as process:
            try:
                requests.get(f"{url}/.well-known/shared-events", timeout=120)
                yield Host(url, environment, process.pid)
            finally:
                process.terminate()


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


class Run:
    def __init__(self, host: Host, events: int, rounds: int) -> None:
        self.host, self.events, self.rounds = host, events, rounds
        self.rows: list[Row] = []

    def row(self, name: str, value: float, reach: float, goal: float, *, least: bool = False, figure: str = "") -> None:
        self.rows.append(Row(name, value, reach, goal, least, figure))
        print(self.rows[-1], flush=True)

    def all(self) -> int:
        print(f"{'':44} {'':>10} {'reach':10} {'goal':10}")
        self.prepare()
        self.full_passes()
        self.delta()
        self.polls()
        self.row("memory of the host's worker, MB", self.host.peak_mb, 200, 150)
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.row("memory of the reader, MB", own, 200, 150)
        return int(any(row.missed for row in self.rows))

    def prepare(self) -> None:
        from clients.audit import Origin
        from clients.lms_settings import change_settings
        from shared_events.peers.actions import add_peer

        by = Origin.command("benchmark")
        self.host.manage("setting", "shared_events_enabled", "on")
        self.host.fill("make", self.events)
        name = f"Reader {secrets.token_hex(4)}"
        made = json.loads(self.host.manage("create_client", name, "--shared-events", "--json"))
        change_settings({"shared_events_enabled": True}, by=by)
        values = {"name": "Host", "base_url": self.host.url, "client_id": made["client_id"]}
        self.peer = add_peer(values=values, secret=made["client_secret"], by=by)
        self.bearer = made["bearer_token"]

    def sync(self, *, full: bool = False) -> float:
        from shared_events.peers.engine import sync_peer

        began = time.perf_counter()
        run = sync_peer(self.peer.pk, full=full)
        if run is None or run.outcome != "ok":
            raise SystemExit(f"not synchronized: {run and run.problem}")
        return time.perf_counter() - began

    def floor(self) -> float:
        """The same pages, fetched by a bare session, parsed, and copied into a table without anything around it."""
        from django.db import connection

        address, headers = f"{self.host.url}/shared-events/v1/changes", {"Authorization": f"Bearer {self.bearer}"}
        began = time.perf_counter()
        with requests.Session() as session, connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE floor (uid uuid PRIMARY KEY, rev bigint, document text)")
            more, cursor_sent = True, ""
            while more:
                asked = {"limit": PAGE, "cursor": cursor_sent} if cursor_sent else {"limit": PAGE}
                page = json.loads(session.get(address, params=asked, headers=headers, timeout=120).content)
                with cursor.copy("COPY floor (uid, rev, document) FROM STDIN") as rows:
                    for item in page["items"]:
                        text = json.dumps({"event": item["event"], "training": item["training"]})
                        rows.write_row((item["uid"], item["rev"], text))
                more, cursor_sent = page["has_more"], page["next"]
            cursor.execute("DROP TABLE floor")
        return time.perf_counter() - began

    def full_passes(self) -> None:
        """Two readers of one client share its ledger: the floor comes after, so that neither pays for the other."""
        first = self.sync()
        per_second = self.events / first
        self.row("first sync, events/s", per_second, 4000, 8333, least=True, figure=f"{first:.1f} s")
        again = median(self.sync(full=True) for _round in range(self.rounds))
        self.row("full pass with nothing changed, % of first", 100 * again / first, 85, 75, figure=f"{again:.1f} s")
        floor = median(self.floor() for _round in range(self.rounds))
        self.row("first sync, times the floor", first / floor, 4, 2, figure=f"floor {floor:.1f} s")
        self.sync()

    def delta(self) -> None:
        count = max(1, self.events // 100)
        spent = []
        for _round in range(self.rounds):
            self.host.fill("change", count)
            spent.append(self.sync())
        self.row(f"delta of {count}, s a thousand", 1000 * median(spent) / count, 0.5, 0.15)

    def polls(self) -> None:
        """An empty page with the token at hand, and the smallest answer of the same server."""
        from shared_events.models import Peer
        from shared_events.peers.engine import host_of

        peer = Peer.objects.get(pk=self.peer.pk)
        remote = host_of(peer)
        remote.discover()
        ask = lambda: remote.page(cursor=peer.cursor, last=peer.cursor, limit=PAGE)  # noqa: E731
        with requests.Session() as session:
            address = f"{self.host.url}/.well-known/shared-events"
            bare = [_timed(lambda: session.get(address, timeout=60)) for _poll in range(POLLS)]
        ours = [_timed(ask) for _poll in range(POLLS)]
        p95, floor = quantiles(ours, n=20)[-1] * 1000, quantiles(bare, n=20)[-1] * 1000
        self.row("empty poll, p95 in ms", p95, 15, 5, figure=f"floor {floor:.1f} ms")
        self.row("empty poll, median times the floor", median(ours) / median(bare), 4, 2.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    url = os.environ.get("DATABASE_URL", POSTGRESQL)
    host, mirror = _database(url, "_host", anew=False), _database(url, "_mirror", anew=True)
    os.environ.update(_environment(mirror))
    import django

    django.setup()
    with _serving(host) as serving:
        return Run(serving, options.events, options.rounds).all()


if __name__ == "__main__":
    sys.exit(main())
