"""What the Learning Record Store costs, as ratios to the least that the same rows can cost on PostgreSQL.

    .venv/bin/python -m benchmarks.lrs [--statements N] [--rounds N]

Prints a table of all limits and fails beyond them. ``DATABASE_URL`` names a database of its own (by default a local
one) that is filled once, by the import command and by copies of what it imported, and kept for the next run; a second
one, with ``_small`` behind its name, holds 20,000 statements.
"""

import argparse
import hashlib
import json
import os
import random
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from benchmarks.lrs_parts.data import lines, queries, statement
from benchmarks.lrs_parts.server import CONNECTIONS, Connection, Server, in_threads, serving

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/lrs_benchmark"
SMALL, IMPORTED = 20_000, 100_000
type_of_measure = Callable[[], float]


@dataclass
class Row:
    """``reach`` and ``goal`` are what ``value`` must be at least, or at most where ``most``."""

    name: str
    value: float
    reach: float
    goal: float
    most: bool = False
    figure: str = ""

    @property
    def missed(self) -> bool:
        return self.value > self.reach if self.most else self.value < self.reach

    def __str__(self) -> str:
        at_goal = self.value <= self.goal if self.most else self.value >= self.goal
        mark = "missed" if self.missed else "goal" if at_goal else "reach"
        sign = "≤" if self.most else "≥"
        return (
            f"{self.name:42} {self.value:10.2f} {sign} {self.reach:<7g} {sign} {self.goal:<7g} {mark:7} {self.figure}"
        )


class Run:
    def __init__(self, small: Server, large: Server, rounds: int) -> None:
        self.small, self.large, self.rounds = small, large, rounds
        self.rows: list[Row] = []

    def row(self, name: str, value: float, reach: float, goal: float, *, most: bool = False, figure: str = "") -> None:
        self.rows.append(Row(name, value, reach, goal, most, figure))
        print(self.rows[-1], flush=True)

    def all(self, statements: int) -> int:
        print(f"{'':42} {'':>10} {'reach':9} {'goal':9}")
        self.imported(statements)
        self.validation()
        self.lists()
        self.by_id()
        self.walk()
        self.single()
        for size in (50, 500):
            self.batch(size)
        self.attachment()
        return int(any(row.missed for row in self.rows))

    def ratios(self, floor: type_of_measure, ours: type_of_measure, rounds: int) -> tuple[float, float, float]:
        """Median of the rounds' ratios, and the median rates of floor and ours. The order turns."""
        rates = []
        for number in range(rounds + 1):
            first, second = (floor, ours) if number % 2 else (ours, floor)
            pair = first(), second()
            rates.append(pair if number % 2 else pair[::-1])
        rates = rates[1:]  # the first round warms up
        return median(own / least for least, own in rates), median(r[0] for r in rates), median(r[1] for r in rates)

    def imported(self, statements: int) -> None:
        if (missing := SMALL - self.small.store.count()) > 0:
            self.small.store.import_lines(self.small.client_id, lines(missing))
        seconds = self.large.store.import_lines(self.large.client_id, lines(IMPORTED))
        if self.large.store.count() < statements:
            self.large.store.multiply(statements)
        for server in (self.small, self.large):
            with server.store.connect() as connection:
                connection.execute("VACUUM ANALYZE")
        minutes = seconds / IMPORTED * 1_000_000 / 60
        self.row("import of 1 million, minutes", minutes, 5, 2, most=True, figure=f"from {IMPORTED:,}")

    def validation(self) -> None:
        from lrs.statement import rules
        from lrs.statement.types import Version

        values, spent = [statement() for _ in range(500)], []
        for _ in range(20):
            began = time.process_time()
            for value in values:
                assert not rules.statement(value, Version.V1)
            spent.append((time.process_time() - began) / len(values))
        self.row("rules of one statement, µs of CPU", median(spent) * 1e6, 120, 40, most=True)

    def lists(self) -> None:
        """p95 over 8 connections, at both sizes in turn."""
        for name, parameters in queries().items():
            address = f"/xapi/statements?{urlencode(parameters)}"
            small, large = (partial(p95, server, address) for server in (self.small, self.large))
            ratio, before, after = self.ratios(small, large, self.rounds)
            figure = f"{after:.1f} ms of {before:.1f}"
            self.row(f"list p95, {name}", ratio, 1.5, 1.2, most=True, figure=figure)
            self.row(f"list p95, {name}, ms", after, 60, 25, most=True)

    def rate(self, requests: list[bytes], each: int = 1) -> float:
        return each * len(requests) / self.large.seconds(requests)[0]

    def by_id(self) -> None:
        with self.large.store.connect() as connection:
            sample = connection.execute("SELECT uuid FROM lrs_statement TABLESAMPLE SYSTEM (1) LIMIT 5000").fetchall()
        ids = [str(one) for (one,) in sample]
        floor, ours = (
            lambda start=start: self.rate([self.large.get(start + one) for one in random.sample(ids, 200)])
            for start in ("/floor/read?id=", "/xapi/statements?statementId=")
        )
        ratio, least, own = self.ratios(floor, ours, self.rounds)
        self.row("GET by id", ratio, 0.5, 0.7, figure=f"{own:.0f}/s of {least:.0f}")

    def walk(self) -> None:
        count, address, ask = 0, "/xapi/statements?limit=500", Connection(self.large.port).ask
        began = time.perf_counter()
        while address and count < 100_000:
            page = json.loads(ask(self.large.get(address)))
            count += len(page["statements"])
            address = page["more"]
        self.row("walk by more, statements/s", count / (time.perf_counter() - began), 10_000, 20_000)

    def single(self) -> None:
        floor, ours = (
            lambda path=path: self.rate([self.large.post(path, next(lines(1))) for _ in range(200)])
            for path in ("/floor/write", "/xapi/statements")
        )
        ratio, least, own = self.ratios(floor, ours, self.rounds)
        self.row("POST one", ratio, 0.4, 0.6, figure=f"{own:.0f}/s of {least:.0f}")
        self.row("POST one, requests/s", own, 400, 700)

    def batch(self, size: int) -> None:
        count = max(2 * CONNECTIONS * 50 // size, CONNECTIONS)

        def ours() -> float:
            bodies = [b"[" + b",".join(lines(size)) + b"]" for _ in range(count)]
            return self.rate([self.large.post("/xapi/statements", body) for body in bodies], size)

        ratio, least, own = self.ratios(lambda: copied(self.large, count, size), ours, self.rounds)
        self.row(f"POST {size}", ratio, 0.15, 0.3, figure=f"{own:.0f}/s of {least:.0f}")
        self.row(f"POST {size}, statements/s", own, 5_000, 10_000)

    def attachment(self) -> None:
        """How far the memory of a worker rises, at its highest, while it takes 20 MB; a small one goes before."""
        ask = Connection(self.large.port).ask
        for size in (1_000, 20_000_000):
            request = multipart(self.large, size)
            before = {pid: memory(pid, "VmRSS") for pid in self.large.workers()}
            for pid in before:
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # forgets the highest
            ask(request)
        grown = max(memory(pid, "VmHWM") - before[pid] for pid in before)
        self.row("20 MB attachment, MB of memory", grown, 10, 4, most=True)


def p95(server: Server, address: str) -> float:
    """Milliseconds."""
    return quantiles(server.seconds([server.get(address)] * 100)[1], n=20)[-1] * 1000


def memory(pid: int, name: str) -> float:
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(name)]
    return int(line.split()[1]) / 1000


def multipart(server: Server, size: int) -> bytes:
    data = random.randbytes(size)
    named = {"usageType": "http://example.org/a", "display": {"en": "A"}, "contentType": "text/plain", "length": size}
    sha2 = hashlib.sha256(data).hexdigest()
    text = json.dumps(statement() | {"attachments": [named | {"sha2": sha2}]})
    body = (
        f"--b\r\nContent-Type: application/json\r\n\r\n{text}\r\n--b\r\nContent-Type: text/plain\r\n"
        f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
    ).encode()
    return server.post("/xapi/statements", body + data + b"\r\n--b--\r\n", "multipart/mixed; boundary=b")


def copied(server: Server, count: int, size: int) -> float:
    """Statements a second by COPY over all connections, a transaction for each batch, of rows that were made before."""
    batches = [rows(size) for _ in range(count)]
    connections = [server.store.connect() for _ in range(CONNECTIONS)]

    def work(connection: Any) -> None:
        for batch in iter(lambda: batches.pop() if batches else None, None):
            with connection.transaction(), connection.cursor() as cursor:
                for table, values in batch.items():
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        for row in values:
                            copy.write_row(row)

    seconds = in_threads([lambda one=one: work(one) for one in connections])
    for connection in connections:
        connection.close()
    return count * size / seconds


def rows(size: int) -> dict[str, list[tuple[Any, ...]]]:
    from lrs.incoming import prepare
    from lrs.parsing import Received
    from lrs.statement.types import Version

    values = [statement() for _ in range(size)]
    prepared = prepare([Received(value, json.dumps(value)) for value in values], Version.V1, in_batch=True)
    first = random.getrandbits(50)
    statements = [(first + n, 1, 1, 0, 0, one.key, one.json) for n, one in enumerate(prepared)]
    relations = [
        (1, found.key, found.plain, first + n, 0, found.roles) for n, one in enumerate(prepared) for found in one.found
    ]
    return {
        "floor_statement (seq, client_id, authority_id, flags, happened, uuid, json)": statements,
        "floor_relation (client_id, key, plain, seq, hop, roles)": relations,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=1_000_000, help="stored before anything is measured")
    parser.add_argument("--rounds", type=int, default=9, help="of floor and product in turn")
    options = parser.parse_args()
    given = os.environ.get("DATABASE_URL", "")
    url = given if given.startswith("postgres") else POSTGRESQL
    os.environ |= {"SECRET_KEY": secrets.token_urlsafe(64), "DJANGO_SETTINGS_MODULE": "lms_oauth.settings"}
    import django

    django.setup()
    with serving(url + "_small") as small, serving(url) as large:
        return Run(small, large, options.rounds).all(options.statements)


if __name__ == "__main__":
    sys.exit(main())
