"""What the installation holds meanwhile: memory of its processes, rows and bytes of its tables."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from benchmarks.lrs_parts.server import Server

SAMPLE_SECONDS = 1.0
# What a stored statement, and a request of SCIM, leave behind. Names end in what a partition adds to them.
_OF_STATEMENTS = "lrs_(statement|relation|statementid|reference)(_.*)?"


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1_000_000


@dataclass
class Memory:
    """Of all worker processes together, by time."""

    server: Server
    samples: list[tuple[float, float]] = field(default_factory=list)

    async def watch(self) -> None:
        while True:
            self.samples.append((time.perf_counter(), sum(map(resident_mb, self.server.workers()))))
            await asyncio.sleep(SAMPLE_SECONDS)

    def mean_mb(self, begin: float, end: float) -> float:
        inside = [mb for at, mb in self.samples if begin <= at < end]
        return mean(inside) if inside else self.samples[-1][1]

    def growth_percent(self, begin: float, end: float) -> float:
        """From the first to the last quarter of the last two thirds: what warms up does so before."""
        start = begin + (end - begin) / 3
        quarter = (end - start) / 4
        first, last = self.mean_mb(start, start + quarter), self.mean_mb(end - quarter, end)
        return 100 * (last - first) / first


@dataclass(frozen=True)
class Tables:
    statements: int
    statement_bytes: int
    users: int
    log_entries: int

    @classmethod
    def of(cls, server: Server) -> "Tables":
        with server.store.connect() as connection:
            [row] = connection.execute(
                "SELECT (SELECT count(*) FROM lrs_statement),"
                " (SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class"
                "  WHERE relkind = 'r' AND relname ~ %s),"
                " (SELECT count(*) FROM scim_lmsuser), (SELECT count(*) FROM scim_provisioningentry)",
                [f"^{_OF_STATEMENTS}$"],
            ).fetchall()
        return cls(*map(int, row))
