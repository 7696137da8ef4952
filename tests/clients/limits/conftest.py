import pytest

from clients.limits import bucket, purse


class Clock:
    """One for the process and the database."""

    now = 1_000_000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(purse, "time", clock)
    monkeypatch.setattr(bucket, "time", clock)
    monkeypatch.setattr(bucket, "_database_time", lambda: f"{clock.now!r}::float8")
    return clock
