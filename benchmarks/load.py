"""Mixed traffic against the product behind gunicorn on PostgreSQL: its ceiling, a long time at 70 % of it, then 300 %.

    .venv/bin/python -m benchmarks.load [--seconds N] [--ceiling R]

Of a hundred requests 70 store a statement, 10 read a list, 10 are SCIM's, 5 fetch a token, 5 are pages. Prints what
was answered and how fast over the time, memory, tables, and how soon all is well after the overload; ends with 1 where
a limit is missed. The database (``DATABASE_URL``, by default a local one) is made anew. The whole of it:
``--seconds 1800``; below 600 the growth of memory and the steadiness of p99 are told, but miss no limit.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg

from benchmarks.load_parts.sending import Answer, Sender
from benchmarks.load_parts.traffic import SHARES, Traffic
from benchmarks.load_parts.watch import Memory, Tables
from benchmarks.lrs_parts.server import Server, Store, serving

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/load_benchmark"
CONNECTIONS = (8, 16, 32)  # of which the one with the most good answers is the ceiling
SLICES = 10
LONG_ENOUGH = 600
WELL_SECONDS = 1.0  # an answer after the overload is as ever if it takes no longer
AFTER_SECONDS = 15


def percentile(answers: list[Answer], part: float) -> float:
    """Milliseconds; nothing where nothing came."""
    took = sorted(answer.took for answer in answers if answer.status)
    return 1000 * took[min(len(took) - 1, int(part * len(took)))] if took else 0.0


@dataclass
class Run:
    server: Server
    seconds: float
    sender: Sender
    memory: Memory
    missed: list[str] = field(default_factory=list)

    def row(self, name: str, value: float, most: float | None, *, counts: bool = True) -> None:
        """``most``: the limit. One that does not count is told only."""
        bad = most is not None and value > most
        mark = "" if not bad else "missed" if counts else "over"
        print(f"{name:56}  {value:10.2f}  {'-' if most is None else f'{most:g}':>8}  {mark}", flush=True)
        if bad and counts:
            self.missed.append(name)

    async def all(self, ceiling: float) -> int:
        watching = asyncio.create_task(self.memory.watch())
        ceiling = ceiling or await self.ceiling()
        await self.steady(0.7 * ceiling)
        await self.overload(3 * ceiling)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await self.sender.close()
        return int(bool(self.missed))

    async def ceiling(self) -> float:
        """Good answers a second at the best number of connections."""
        each = min(20.0, self.seconds / 6)
        await self.sender.closed(CONNECTIONS[0], each / 2)  # warms up
        print(f"{'':20}  {'answers/s':>10}")
        found = []
        for connections in CONNECTIONS:
            found.append(await self.sender.closed(connections, each))
            print(f"{f'{connections} connections':20}  {found[-1]:10.1f}", flush=True)
        return max(found)

    async def steady(self, rate: float) -> None:
        before, began, first = Tables.of(self.server), time.perf_counter(), len(self.sender.answers)
        earlier = sum(answer.kind == "statements" and answer.is_ok for answer in self.sender.answers)
        self.sender.troubles.clear()
        cpu = time.process_time()
        await self.sender.open(rate, self.seconds)
        cpu = time.process_time() - cpu
        end, answers = began + self.seconds, self.sender.answers[first:]
        print(f"\n70 % of the ceiling: {rate:.1f} requests/s for {self.seconds:g} s")
        self.slices(answers, began)
        print(f"\n70 % of the ceiling{'':39}  {'found':>10}  {'limit':>8}")
        self.errors(answers)
        is_long = self.seconds >= LONG_ENOUGH
        thirds = [[a for a in answers if n <= 3 * (a.due - began) / self.seconds < n + 1] for n in range(3)]
        last, middle = percentile(thirds[2], 0.99), percentile(thirds[1], 0.99)
        self.row("p99 of the last third : of the second", last / middle if middle else 0, 1.5, counts=is_long)
        growth = self.memory.growth_percent(began, end)
        self.row("memory of the workers, growth in the last two thirds, %", growth, 2, counts=is_long)
        self.row("CPU of this client, % of a core", 100 * cpu / (time.perf_counter() - began), None)
        self.tables(before, answers, earlier)

    def errors(self, answers: list[Answer]) -> None:
        self.row("errors", sum(not answer.is_ok for answer in answers) + self.unsent, 0)
        for name, count in self.sender.troubles.most_common(8):
            print(f"  {name}  {count}")

    @property
    def unsent(self) -> int:
        return sum(count for name, count in self.sender.troubles.items() if name.startswith("not sent"))

    def slices(self, answers: list[Answer], began: float) -> None:
        """p50 and p99 in milliseconds by kind."""
        heads = "".join(f"  {f'{kind} p50':>14}  {'p99':>7}" for kind in SHARES)
        print(f"{'':6}  {'answers':>7}  {'errors':>6}  {'MB':>6}{heads}")
        length = self.seconds / SLICES
        for number in range(SLICES):
            start = began + number * length
            part = [answer for answer in answers if start <= answer.due < start + length]
            of_kind = [[answer for answer in part if answer.kind == kind] for kind in SHARES]
            figures = "".join(f"  {percentile(one, 0.5):14.1f}  {percentile(one, 0.99):7.1f}" for one in of_kind)
            errors, memory = sum(not answer.is_ok for answer in part), self.memory.mean_mb(start, start + length)
            print(f"{f'{(number + 1) * length:.0f} s':6}  {len(part):7}  {errors:6}  {memory:6.1f}{figures}")

    def tables(self, before: Tables, answers: list[Answer], earlier: int) -> None:
        """Rows from what was acknowledged; bytes from what each of the earlier statements takes."""
        after = Tables.of(self.server)
        stored = sum(answer.kind == "statements" and answer.is_ok for answer in answers)
        found = after.statements - before.statements
        self.row("statements acknowledged, but not stored", max(0, stored - found), 0)
        self.row("statements stored, but not acknowledged", max(0, found - stored), None)
        if earlier and stored:
            each = before.statement_bytes / before.statements, (after.statement_bytes - before.statement_bytes) / found
            self.row("bytes of a statement with its relations and indexes", each[1], None)
            self.row("the same : as predicted from the earlier ones", each[1] / each[0], 1.15, counts=stored > 20_000)
        scim = sum(answer.kind == "scim" and answer.is_ok for answer in answers)
        self.row(
            "entries of the provisioning log for a request of SCIM",
            (after.log_entries - before.log_entries) / max(scim, 1),
            1,
        )

    async def overload(self, rate: float) -> None:
        self.sender.troubles.clear()
        began, first, seconds = time.perf_counter(), len(self.sender.answers), min(60.0, self.seconds / 2)
        overloading = asyncio.create_task(self.sender.open(rate, seconds))
        await asyncio.sleep(seconds)
        end, middle = time.perf_counter(), self.sender.answers[first:]
        after = asyncio.create_task(self.sender.open(0.7 * rate / 3, AFTER_SECONDS))
        await asyncio.gather(overloading, after)
        answers = self.sender.answers[first:]
        during = [answer for answer in answers if answer.due < end]
        late = [answer for answer in answers if answer.due >= end and not (answer.is_ok and answer.took < WELL_SECONDS)]
        print(f"\n300 % of the ceiling{'':38}  {'found':>10}  {'limit':>8}")
        self.row("sent, a second", len(during) / (end - began), None)
        self.row("good answers, a second", sum(answer.is_ok for answer in middle) / (end - began), None)
        self.row("refused with 429 or 503", sum(answer.status in {429, 503} for answer in during), None)
        unclean = sum(not answer.is_ok and answer.status not in {429, 503} for answer in answers)
        self.row("any other error", unclean + self.unsent, 0)
        self.row("p99 of good answers, ms", percentile([a for a in during if a.is_ok], 0.99), None)
        self.row("p99 of refusals, ms", percentile([a for a in during if not a.is_ok], 0.99), None)
        self.row("seconds until all is well", max((answer.due - end for answer in late), default=0.0), 5)
        for name, count in self.sender.troubles.most_common(12):
            print(f"  {name}  {count}")


def _empty(url: str) -> None:
    """The database of the last run goes: tables are compared with what this run sends."""
    address = urlsplit(url)
    with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{address.path[1:]}" WITH (FORCE)')


@contextmanager
def _worker(server: Server) -> Iterator[None]:
    """Background work goes on, as it would."""
    environment = server.store.environment | {"PUBLIC_URL": f"http://127.0.0.1:{server.port}"}
    with subprocess.Popen([sys.executable, "manage.py", "worker"], env=environment) as process:
        try:
            yield
        finally:
            process.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="at 70 %% of the ceiling; 1800 for the whole")
    parser.add_argument("--ceiling", type=float, default=0, help="requests a second, instead of finding it")
    options = parser.parse_args()
    given = os.environ.get("DATABASE_URL", "")
    url = given if given.startswith("postgres") else POSTGRESQL
    _empty(url)
    Store(url, "").manage("collectstatic", "--no-input", "--verbosity", "0")  # pages name the files that this makes
    # No process is replaced meanwhile: that would hide what grows.
    with serving(url, "--max-requests", "0") as server, _worker(server):
        run = Run(server, options.seconds, Sender(Traffic(server)), Memory(server))
        return asyncio.run(run.all(options.ceiling))


if __name__ == "__main__":
    sys.exit(main())
