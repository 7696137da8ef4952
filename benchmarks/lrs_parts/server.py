"""The product behind gunicorn, over a database that is kept for the next run, and a client that costs little."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import urlsplit

import psycopg

from benchmarks.application import UNREACHED_LIMIT

WORKERS, CONNECTIONS = 2, 8
_GIVEN = ("PATH", "HOME", "LANG")

_COPIES = """
    WITH made AS MATERIALIZED (
        SELECT *, seq - %(shift)s AS moved, gen_random_uuid() AS named FROM lrs_statement WHERE seq >= %(first)s
    ), ids AS (
        INSERT INTO lrs_statementid (id, seq, client_id, digest)
        SELECT named, moved, client_id, sha256(uuid_send(named)) FROM made
    ), statements AS (
        INSERT INTO lrs_statement (seq, client_id, authority_id, flags, happened, uuid, json)
        SELECT moved, client_id, authority_id, flags, happened, named, json FROM made
    )
    INSERT INTO lrs_relation (client_id, key, plain, seq, hop, roles)
    SELECT client_id, key, plain, seq - %(shift)s, hop, roles FROM lrs_relation WHERE seq >= %(first)s
"""


@dataclass
class Store:
    """One database, by its address."""

    url: str
    directory: str

    @property
    def environment(self) -> dict[str, str]:
        return (
            {name: os.environ[name] for name in _GIVEN if name in os.environ}
            | UNREACHED_LIMIT
            | {
                "DATABASE_URL": self.url,
                "DJANGO_SETTINGS_MODULE": "benchmarks.lrs_parts.settings",
                "LOG_LEVEL": "WARNING",
                "LRS_ATTACHMENT_STORAGE": self.directory,
                "SECRET_KEY": "only-for-measuring-" + "0" * 40,
            }
        )

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True)

    def create(self) -> None:
        """Where it is missing, with the tables of the floors."""
        address = urlsplit(self.url)
        name = address.path.removeprefix("/")
        with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(f'CREATE DATABASE "{name}"')
        self.manage("migrate", "--no-input", "--verbosity", "0")
        with self.connect() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS floor_text (id bigserial PRIMARY KEY, json bytea NOT NULL);"
                "CREATE TABLE IF NOT EXISTS floor_statement (LIKE lrs_statement INCLUDING ALL);"
                "CREATE TABLE IF NOT EXISTS floor_relation (LIKE lrs_relation INCLUDING ALL);"
                "CREATE TABLE IF NOT EXISTS floor_client (credentials text NOT NULL)"
            )

    def count(self) -> int:
        with self.connect() as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM lrs_statement").fetchall()
            return int(count)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, text=True, check=True).stdout

    def import_lines(self, client: str, lines: Iterator[bytes]) -> float:
        """By the command; the seconds it took."""
        command = [sys.executable, "manage.py", "import_statements", "-", "--client", client]
        began = time.perf_counter()
        with subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as running:
            running.stdin.writelines(lines)  # type: ignore[union-attr]
            running.stdin.close()  # type: ignore[union-attr]
            if running.wait():
                raise SystemExit("import_statements failed")
        return time.perf_counter() - began

    def multiply(self, wanted: int) -> None:
        """As many rows as wanted, copied in the database from those that were imported, into the time before them."""
        with self.connect() as connection:
            [(count, first, last)] = connection.execute(
                "SELECT count(*), min(seq), max(seq) FROM lrs_statement"
            ).fetchall()
            for turn in range(1, -(-wanted // max(count, 1))):
                connection.execute(_COPIES, {"shift": turn * (last - first + 1), "first": first})

    def client(self) -> dict[str, str]:
        """Whose statements they are, from the first run on."""
        with self.connect() as connection:
            known = connection.execute("SELECT credentials FROM floor_client").fetchone()
            text = known[0] if known else self.manage("create_client", "Measured", "--lrs-own", "--json")
            if not known:
                connection.execute("INSERT INTO floor_client VALUES (%s)", [text])
        return dict(json.loads(text))


class Connection:
    """HTTP/1.1 with keep-alive, for answers with Content-Length."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream: BinaryIO = self.socket.makefile("rb")

    def ask(self, request: bytes) -> bytes:
        self.socket.sendall(request)
        status, length = self.stream.readline(), 0
        while (line := self.stream.readline().lower()) not in {b"\r\n", b""}:
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        body = self.stream.read(length)
        if status[9:12] not in {b"200", b"204"}:
            raise SystemExit(f"{status!r} {body!r}")
        return body


class Server:
    def __init__(self, store: Store, credentials: dict[str, str], port: int, process: int) -> None:
        self.store, self.port, self.process = store, port, process
        self.head = (
            f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {credentials['bearer_token']}\r\n"
            "X-Experience-API-Version: 1.0.3\r\n"
        )
        self.client_id = credentials["client_id"]

    def get(self, address: str) -> bytes:
        return f"GET {address} HTTP/1.1\r\n{self.head}\r\n".encode()

    def post(self, address: str, body: bytes, media_type: str = "application/json") -> bytes:
        head = (
            f"POST {address} HTTP/1.1\r\n{self.head}Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def seconds(self, requests: Sequence[bytes]) -> tuple[float, list[float]]:
        """For all of them over all connections, and of each."""
        waiting, spent = list(requests), []

        def work(connection: Connection) -> None:
            while waiting:
                try:
                    request = waiting.pop()
                except IndexError:
                    return
                began = time.perf_counter()
                connection.ask(request)
                spent.append(time.perf_counter() - began)

        connections = [Connection(self.port) for _ in range(CONNECTIONS)]
        return in_threads([lambda one=one: work(one) for one in connections]), spent

    def workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()]


def in_threads(actions: Sequence) -> float:
    threads = [threading.Thread(target=action) for action in actions]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


@contextmanager
def serving(url: str, *options: str) -> Iterator[Server]:
    """``options`` are gunicorn's."""
    with TemporaryDirectory() as directory, socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        store = Store(url, directory)
        store.create()
        credentials, port = store.client(), listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "lms_oauth.wsgi", "--config", "python:lms_oauth.server"]
        command += ["--bind", f"fd://{listener.fileno()}", "--workers", str(WORKERS), "--log-level", "error", *options]
        environment = store.environment | {"PUBLIC_URL": f"http://127.0.0.1:{port}"}
        with subprocess.Popen(command, env=environment, pass_fds=[listener.fileno()]) as process:
            try:
                Connection(port).ask(f"GET /xapi/about HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
                yield Server(store, credentials, port, process.pid)
            finally:
                process.terminate()
