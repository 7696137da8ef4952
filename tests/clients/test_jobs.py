"""Each job at its own interval, by one worker at a time, whatever becomes of a worker."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from clients import jobs
from clients.jobs import Job
from clients.models import JobState

NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def registry(monkeypatch):
    """No jobs but the test's own."""
    monkeypatch.setattr(jobs, "_jobs", {})


@pytest.fixture
def job(registry):
    """Every hour; ``job.ran`` counts, ``job.fails`` is raised."""

    class Work:
        ran, fails = 0, None

        def __call__(self):
            self.ran += 1
            if self.fails:
                raise self.fails
            return "done"

    work = Work()
    jobs.register(Job("work", "Work", HOUR, work, lease=timedelta(minutes=5)))
    jobs.schedule(NOW)
    return work


def state():
    return JobState.objects.get(name="work")


@pytest.mark.django_db
class TestOneWorker:
    def test_a_new_job_is_due_at_once_and_then_at_its_interval(self, job):
        assert jobs.run_next(NOW).name == "work"
        assert jobs.run_next(NOW) is None
        assert state().due_at - state().finished_at == HOUR
        assert jobs.run_next(state().due_at - timedelta(seconds=1)) is None
        assert jobs.run_next(state().due_at) is not None
        assert job.ran == 2

    def test_scheduling_again_keeps_the_times(self, job):
        jobs.run_next(NOW)
        due = state().due_at
        jobs.schedule(timezone.now())
        assert state().due_at == due

    def test_the_one_due_for_longest_comes_first(self, job):
        jobs.register(Job("older", "Older", HOUR, str))
        jobs.schedule(NOW - HOUR)
        assert [jobs.run_next(NOW).name, jobs.run_next(NOW).name] == ["older", "work"]

    def test_a_failure_is_tried_again_soon_then_later_and_named_without_its_message(self, job, caplog):
        job.fails = OSError("password=hunter2")
        pauses = []
        for _ in range(12):
            JobState.objects.update(due_at=NOW)
            jobs.run_next(NOW)
            pauses.append((state().due_at - state().finished_at).total_seconds())
        assert pauses[:4] == [20, 40, 80, 160]
        assert pauses[-1] == HOUR.total_seconds()
        assert (state().failures, state().error) == (12, "OSError")
        job.fails = None
        JobState.objects.update(due_at=NOW)
        jobs.run_next(NOW)
        assert (state().failures, state().error) == (0, "")

    def test_the_lease_of_a_worker_that_died_runs_out(self, job):
        JobState.objects.update(holder="0" * 32, leased_until=NOW + timedelta(minutes=5))
        assert jobs.run_next(NOW + timedelta(minutes=4)) is None
        assert jobs.run_next(NOW + timedelta(minutes=5)) is not None

    def test_who_lost_the_lease_does_not_end_the_run_of_the_other(self, registry, caplog):
        def taken_over():
            JobState.objects.update(holder="1" * 32, leased_until=NOW + HOUR)
            return ""

        jobs.register(Job("work", "Work", HOUR, taken_over))
        jobs.schedule(NOW)
        jobs.run_next(NOW)
        assert "longer than its lease" in caplog.text
        assert state().leased_until == NOW + HOUR

    def test_a_job_that_is_no_longer_there_is_left_alone(self, job):
        JobState.objects.create(name="of a former version", due_at=NOW - HOUR)
        assert jobs.run_next(NOW).name == "work"
        assert jobs.run_next(NOW) is None


@pytest.mark.django_db(transaction=True)
def test_many_workers_run_a_job_once(registry):
    ran, together = [], threading.Barrier(6)
    jobs.register(Job("work", "Work", HOUR, lambda: ran.append(1) or ""))
    jobs.schedule(NOW)

    def work():
        together.wait()
        try:
            jobs.run_next(NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == [1]


@pytest.mark.django_db
def test_every_job_of_the_product_runs_on_an_empty_installation():
    assert {job.name for job in jobs.registered()} >= {
        "clean_tokens",
        "purge_blocked_users",
        "purge_provisioning_log",
        "purge_shared_events",
        "sync_shared_events",
    }
    jobs.schedule(NOW)
    while jobs.run_next(NOW):
        pass
    assert set(JobState.objects.values_list("name", "error")) == {(job.name, "") for job in jobs.registered()}
