"""A whole installation behind gunicorn, with a database of its own: what a test of real clients talks to."""

import atexit
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass(frozen=True)
class Installation:
    url: str
    environment: dict[str, str]
    log_file: Path

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What the command printed; CalledProcessError when it failed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def create_configuration(self) -> str:
        """The slug of a new SCIM configuration, never the same, so that a test can be tried again."""
        slug = f"made-{secrets.token_hex(4)}"
        self.manage("create_scim_configuration", slug)
        return slug

    def create_client(self, name: str, *arguments: str) -> dict[str, str]:
        """``client_id``, ``client_secret`` and ``bearer_token`` of a new client."""
        return json.loads(self.manage("create_client", name, *arguments, "--json"))

    @property
    def log(self) -> str:
        return self.log_file.read_text()


@contextlib.contextmanager
def installed(directory: Path, *, public_url: str = "", workers: int = 2) -> Iterator[Installation]:
    """An installation on a free port of 127.0.0.1 that lives as long as the block; nothing of it stays behind."""
    with (
        _database(directory, like=_migrated()) as database_url,
        socket.create_server(("127.0.0.1", 0), backlog=128) as listener,
    ):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = {
            **_environment(database_url),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "PUBLIC_URL": public_url or url,
            "METRICS_TOKEN": "metrics-token-for-tests",
            "LRS_ATTACHMENT_STORAGE": str(directory / "attachments"),
            "FAILURES_PER_ADDRESS": "0",  # all tests share one address, and many mean to fail
            "QUEUE_SECONDS": "0",  # how long a thread is awaited says how busy the machine is
            "FAILURES_PER_CLIENT": "0",  # a race against a revoked secret fails as often as the machine is fast
        }
        installation = Installation(url, environment, directory / "gunicorn.log")
        with _gunicorn(installation, listener, workers):
            yield installation


def _environment(database_url: str) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url,
    }


@contextlib.contextmanager
def beside(former: Installation, directory: Path) -> Iterator[Installation]:
    """Another machine of the same installation: a gunicorn of its own on the same database, with the same settings."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        installation = Installation(url, former.environment, directory / "gunicorn.log")
        with _gunicorn(installation, listener):
            yield installation


@contextlib.contextmanager
def restored(former: Installation, directory: Path, restore: Callable[[str], object]) -> Iterator[Installation]:
    """``former`` once more, at its address and with its key, in a database that ``restore`` fills, given its URL."""
    port = urlsplit(former.url).port
    with _database(directory) as database_url, socket.create_server(("127.0.0.1", port), backlog=128) as listener:
        places = {"DATABASE_URL": database_url, "LRS_ATTACHMENT_STORAGE": str(directory / "attachments")}
        installation = Installation(former.url, former.environment | places, directory / "gunicorn.log")
        restore(database_url)
        installation.manage("migrate", "--no-input", "--verbosity", "0")
        with _gunicorn(installation, listener):
            yield installation


@contextlib.contextmanager
def _gunicorn(installation: Installation, listener: socket.socket, workers: int = 2) -> Iterator[None]:
    """The socket listens already, so a request made too early waits instead of being refused."""
    command = [sys.executable, "-m", "gunicorn", "lms_oauth.wsgi", "--bind", f"fd://{listener.fileno()}"]
    command += ["--config", "python:lms_oauth.server", "--workers", str(workers), "--threads", "4"]
    with installation.log_file.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=installation.environment,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_answers(installation)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_it_answers(installation: Installation) -> None:
    address = installation.url + "/.well-known/oauth-authorization-server"
    try:
        requests.get(address, timeout=START_SECONDS).raise_for_status()
    except requests.RequestException as error:
        raise AssertionError(f"{error}\n{installation.log}") from error


@contextlib.contextmanager
def _database(directory: Path, *, like: str = "") -> Iterator[str]:
    """A database on the server that the suite itself runs on: empty, or a copy of one that nobody uses."""
    if not settings.DATABASE_URL.startswith("postgres"):
        path = directory / "db.sqlite3"
        if like:
            shutil.copy(urlsplit(like).path[1:], path)
        yield f"sqlite:///{path}"
        return
    server = urlsplit(settings.DATABASE_URL)
    name = f"test_{secrets.token_hex(6)}"
    template = f" TEMPLATE {urlsplit(like).path[1:]}" if like else ""
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{template}")
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _migrated() -> str:
    """A migrated database to copy, which goes with this process: migrating takes longer than all else."""
    stack = contextlib.ExitStack()
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    database_url = stack.enter_context(_database(directory))
    atexit.register(stack.close)
    installation = Installation("", _environment(database_url) | {"SECRET_KEY": "none"}, directory / "log")
    installation.manage("migrate", "--no-input", "--verbosity", "0")
    return database_url


@pytest.fixture(scope="session")
def installation(tmp_path_factory) -> Iterator[Installation]:
    """Shared by the tests of one process: make clients and data of your own, and count on none of others'."""
    with installed(tmp_path_factory.mktemp("installation")) as running:
        yield running
