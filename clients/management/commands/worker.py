"""Runs background work as a service. Several may run, on one machine or on many."""

import logging
import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.db import Error, close_old_connections
from django.utils import timezone

from clients import jobs

log = logging.getLogger("clients.worker")

_IDLE_SECONDS = 1.0
_DATABASE_AWAY_SECONDS = 5.0


class Command(BaseCommand):
    help = "Run background work: clean-up, retention, synchronizing. Ends after the job at hand on SIGTERM or Ctrl+C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due, then end: for cron")
        parser.add_argument(
            "--stop-with-parent", type=int, metavar="PID", help="end when PID is no longer the parent of this process"
        )

    def handle(self, *, once: bool, stop_with_parent: int | None, **_options: Any) -> None:
        self._ended = threading.Event()
        self._scheduled = False
        self._parent = stop_with_parent
        former = {number: signal.signal(number, self._end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._work(once=once)
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _end(self, *_signal: Any) -> None:
        self._ended.set()

    def _work(self, *, once: bool) -> None:
        """A database that is away comes back: a service waits for it, cron wants to be told."""
        while not self._stopped():
            try:
                if self._run_next():
                    continue
            except Error:
                if once:
                    raise
                log.exception("the database does not answer")
                close_old_connections()
                self._ended.wait(_DATABASE_AWAY_SECONDS)
            if once:
                return
            self._ended.wait(_IDLE_SECONDS)

    def _stopped(self) -> bool:
        return self._ended.is_set() or self._parent not in {None, os.getppid()}

    def _run_next(self) -> bool:
        now = timezone.now()
        if not self._scheduled:
            jobs.schedule(now)
            self._scheduled = True
        return jobs.run_next(now) is not None
