"""Requests of one directory, their times and what they ask of the database."""

import gc
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from benchmarks.application import caller
from scim.models import ScimConfiguration

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
Environ = dict[str, Any]


@dataclass
class Row:
    """Milliseconds unless ``unit`` says otherwise. ``cpu``: of this process. ``more``: larger figures are better.

    ``floor``: the least that the like can cost here, as p50 or, of rates, as a rate.
    """

    case: str
    name: str
    value: float
    target: float | None = None
    limit: float | None = None
    p50: float | None = None
    cpu: float | None = None
    unit: str = "ms"
    more: bool = False
    floor: float | None = None

    @property
    def ratio(self) -> str:
        """How many times the floor, or which part of its rate."""
        if self.floor is None:
            return "-"
        return f"{(self.value if self.p50 is None else self.p50) / self.floor:.2f}"

    def misses(self, bound: float | None) -> bool:
        return bound is not None and (self.value < bound if self.more else self.value > bound)

    def line(self) -> str:
        p50 = "" if self.p50 is None else f"{self.p50:9.1f}"
        bounds = [f"{bound:g}" if bound is not None else "-" for bound in (self.target, self.limit)]
        verdict = "FAILED" if self.misses(self.limit) else "over target" if self.misses(self.target) else ""
        cpu = "" if self.cpu is None else f"{self.cpu:.1f}"
        figures = f"{p50:>9} {self.value:9.1f} {cpu:>7} {self.ratio:>8} {bounds[0]:>7} {bounds[1]:>7} {self.unit:5}"
        return f"{self.case:4} {self.name:46} {figures} {verdict}"


@dataclass
class Requests:
    configuration: ScimConfiguration
    bearer: str
    call: Callable[[Environ], tuple[int, bytes]] = field(default_factory=caller)

    def get(self, path: str, **query: Any) -> Environ:
        return self._environ("GET", path) | {"QUERY_STRING": urlencode(query)}

    def post(self, path: str, body: Any) -> Environ:
        return self._environ("POST", path, body)

    def put(self, path: str, body: Any) -> Environ:
        return self._environ("PUT", path, body)

    def patch(self, path: str, *operations: dict[str, Any]) -> Environ:
        return self._environ("PATCH", path, {"schemas": [PATCH_OP], "Operations": operations})

    def find(self, scim_filter: str, path: str = "/Users") -> Environ:
        return self.get(path, filter=scim_filter)

    def sent(self, environ: Environ) -> Any:
        status, body = self.call(environ)
        if status >= 300:
            raise AssertionError(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {status} {body[:500]!r}")
        return json.loads(body) if body else None

    def times(self, environs: Iterable[Environ]) -> list[float]:
        """Milliseconds of each; the first two warm up and do not count."""
        gc.collect()
        spent = []
        self.cpu: list[float] = []
        for environ in environs:
            began, cpu = time.perf_counter(), time.process_time()
            status, body = self.call(environ)
            spent.append((time.perf_counter() - began) * 1000)
            self.cpu.append((time.process_time() - cpu) * 1000)
            if status >= 300:
                raise AssertionError(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {status} {body[:500]!r}")
        return spent[2:]

    def _environ(self, method: str, path: str, body: Any = None) -> Environ:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/scim/v2{path}",
            "HTTP_AUTHORIZATION": f"Bearer {self.bearer}",
        }
        if body is None:
            return environ
        return environ | {"CONTENT_TYPE": "application/scim+json", "body": json.dumps(body).encode()}


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Statements on rows; not those of transactions, nor the log's entry."""
    found: list[str] = []

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.split(None, 1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"} and "provisioningentry" not in sql:
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield found
