"""The worker as a service and as a line of cron."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from clients import jobs
from clients.management.commands import worker
from clients.models import JobState
from tests.gunicorn import ROOT

MOST_SECONDS = 60


@pytest.fixture
def one_job(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", {})
    monkeypatch.setattr(worker, "_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "_DATABASE_AWAY_SECONDS", 0.01)

    def register(run):
        jobs.register(jobs.Job("work", "Work", timedelta(hours=1), run))

    return register


@pytest.mark.django_db
def test_once_runs_what_is_due_and_ends(one_job):
    ran = []
    one_job(lambda: ran.append(1) or "")
    call_command("worker", "--once")
    call_command("worker", "--once")
    assert ran == [1]


@pytest.mark.django_db
def test_a_job_that_fails_does_not_end_it(one_job):
    def fail():
        raise ValueError

    one_job(fail)
    call_command("worker", "--once")
    assert JobState.objects.get().error == "ValueError"


@pytest.mark.django_db
def test_it_ends_after_the_job_at_hand(one_job):
    ended = []

    def work():
        os.kill(os.getpid(), signal.SIGTERM)
        ended.append(timezone.now())
        return ""

    one_job(work)
    before = signal.getsignal(signal.SIGTERM)
    call_command("worker")
    assert len(ended) == 1
    assert JobState.objects.get().finished_at >= ended[0]
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.django_db
def test_a_service_waits_for_a_database_that_is_away_cron_is_told(one_job, monkeypatch):
    answers = [OperationalError("gone"), OperationalError("gone"), None]

    def run_next(_at):
        answer = answers.pop(0)
        if answer:
            raise answer
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(jobs, "run_next", run_next)
    call_command("worker")
    assert answers == []
    answers.append(OperationalError("gone"))
    with pytest.raises(OperationalError):
        call_command("worker", "--once")


@pytest.mark.any_database
def test_it_ends_with_the_process_that_started_it(tmp_path):
    """As bin/serve starts it: the server may be killed without a word."""
    environment = {**os.environ, "SECRET_KEY": "x" * 50, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    manage = f"{sys.executable} {ROOT}/manage.py"
    subprocess.run(f"{manage} migrate -v 0", shell=True, env=environment, check=True, cwd=ROOT)
    server = subprocess.Popen(
        ["bash", "-c", f"{manage} worker --stop-with-parent $$ >/dev/null & echo $!; exec sleep 60"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server.stdout as printed:
        pid = int(printed.readline())
    time.sleep(1)
    assert is_there(pid)
    server.kill()
    server.wait()
    wait_until_gone(pid)


def wait_until_gone(pid):
    for _ in range(MOST_SECONDS * 10):
        if not is_there(pid):
            return
        time.sleep(0.1)
    pytest.fail("the worker goes on without its server")


def is_there(pid):
    """A process that has ended and that nobody has asked about is not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and ") Z " not in status.read_text()
