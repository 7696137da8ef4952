"""``bin/serve`` and ``bin/setup`` as a new user meets them, in a copy of the checkout without a database."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest
import requests

from tests.gunicorn import ROOT

pytestmark = pytest.mark.any_database
PARTS = ("bin", "clients", "lms_oauth", "lrs", "scim", "shared_events", "static", "templates")
FILES = ("manage.py", "pyproject.toml")
PASSWORD = re.compile(r"One-time password: (\S+)")
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
    "QUEUE_SECONDS": "0"
}
START_SECONDS = 120


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """With the environment of this one: what ``bin/setup`` installs is what these tests run in."""
    made = tmp_path_factory.mktemp("checkout")
    for name in PARTS:
        shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, made)
    (made / ".venv").symlink_to((ROOT / ".venv").resolve())
    return made


@contextmanager
def serving(checkout, *arguments):
    """The address, and a call that ends the server and returns what it printed."""
    port = free_port()
    printed = checkout / "printed.txt"
    with printed.open("w") as output:
        process = subprocess.Popen(
            ["bin/serve", *arguments],
            cwd=checkout,
            env={**ENVIRONMENT, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, process, printed)
        yield address, printed
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(address, process, printed):
    for _ in range(START_SECONDS * 5):
        assert process.poll() is None, printed.read_text()
        try:
            requests.get(address, timeout=START_SECONDS)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(printed.read_text())


def run(checkout, *command):
    return subprocess.run(
        command, cwd=checkout, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def log_in(address, username, password):
    session = requests.Session()
    session.get(f"{address}/account/login/", timeout=30)
    sent = {"username": username, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    return session.post(f"{address}/account/login/", sent, timeout=30)


def test_the_first_start_fills_the_second_keeps(checkout):
    with serving(checkout, "--demo") as (address, printed):
        first = printed.read_text()
        passwords = PASSWORD.findall(first)
        assert len(passwords) == 3, first  # the superadmin and two administrators limited by labels
        assert log_in(address, "admin", passwords[0]).url == f"{address}/account/password/"
        assert requests.get(f"{address}/.well-known/shared-events", timeout=30).json()["api"].startswith(address)
    with serving(checkout) as (address, printed):
        assert not PASSWORD.search(printed.read_text())
        assert log_in(address, "admin", passwords[0]).url == f"{address}/account/password/"
    made = run(checkout, ".venv/bin/python", "manage.py", "setting", "shared_events_enabled")
    assert made.stdout == "on\n"  # the commands find the key that bin/serve keeps
    assert {(checkout / kept).stat().st_mode & 0o077 for kept in ("var/secret_key", "db.sqlite3")} == {0}


@pytest.mark.parametrize(
    "command",
    [("bin/serve", "--nonsense"), ("bin/serve", "--demo", "--production"), ("bin/setup", "-x"), ("bin/test", "-x")],
    ids=" ".join,
)
def test_an_unknown_option_says_how_it_is_used(checkout, command):
    refused = run(checkout, *command)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"usage: {command[0]}")


def test_production_refuses_unsafe_settings_and_says_what_to_do(checkout):
    refused = run(checkout, "bin/serve", "--production")
    assert refused.returncode == 1
    assert "PUBLIC_URL is not https" in refused.stderr
    assert "HINT: Let a proxy end TLS" in refused.stderr


def test_set_up_again_does_nothing(checkout):
    again = run(checkout, "bin/setup")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_set_up_names_what_an_old_python_lacks(checkout, tmp_path):
    shutil.copytree(checkout / "bin", tmp_path / "bin")
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    refused = subprocess.run(
        ["bin/setup"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "PYTHON": "/bin/false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "Python 3.11 or newer is needed" in refused.stderr
