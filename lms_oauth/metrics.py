"""For Prometheus: counters, summed over the processes of this machine, and gauges, read from the database."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

log = logging.getLogger("lms_oauth.metrics")

_REFUSED, _FAILED = 400, 500
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests = Histogram(
    "lms_request_seconds",
    "Time until the answer began, by the pattern of the address, method and status.",
    ["endpoint", "method", "status"],
    buckets=_BUCKETS,
)

answered = Counter(
    "lms_requests",
    "Answers, by the pattern of the address, what the caller proved itself with, and outcome.",
    ["endpoint", "caller", "outcome"],
)
tokens_issued = Counter("lms_tokens_issued", "Access tokens issued.")
statements_stored = Counter("lms_statements_stored", "Statements stored that were not there before.")
provisioned = Counter("lms_provisioning_operations", "Operations of SCIM, by the status of their answer.", ["status"])
_OUTCOMES = {401: "unauthenticated", 403: "forbidden", 429: "limited", 503: "unavailable"}


@dataclass(frozen=True, slots=True)
class Gauge:
    """``read`` is asked at every scrape and returns values by the label's value; one without a label has the key ""."""

    name: str
    about: str
    label: str
    read: Callable[[], dict[str, float]]

    def family(self) -> Metric:
        family = GaugeMetricFamily(self.name, self.about, labels=[self.label] if self.label else [])
        for value, number in self.read().items():
            family.add_metric([value] if self.label else [], number)
        return family


_gauges: list[Gauge] = []


def register(gauge: Gauge) -> None:
    _gauges.append(gauge)


class _Gauges(Collector):
    def collect(self) -> Iterator[Metric]:
        """One that cannot be read is missing: Prometheus' ``absent()`` sees that, and the log has why."""
        for gauge in _gauges:
            try:
                yield gauge.family()
            except Exception:
                log.exception("metric %s cannot be read", gauge.name)


class MetricsMiddleware:
    """Stands first, so that what other middleware refuses is counted too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        passed = time.perf_counter() - start
        endpoint = _endpoint(request)
        requests.labels(endpoint, _method(request), str(response.status_code)).observe(passed)
        caller = getattr(request, "caller_kind", "none")  # set by clients.activity
        answered.labels(endpoint, caller, _outcome(response.status_code)).inc()
        return response


def _endpoint(request: HttpRequest) -> str:
    """Patterns are few, addresses are not."""
    return request.resolver_match.route if request.resolver_match else "none"


def _outcome(status: int) -> str:
    if status in _OUTCOMES:
        return _OUTCOMES[status]
    return "ok" if status < _REFUSED else "refused" if status < _FAILED else "failed"


def _method(request: HttpRequest) -> str:
    return request.method if request.method in _METHODS else "other"


def exposition() -> HttpResponse:
    """All metrics in Prometheus' text format; those of the other processes are read from the files they share."""
    counted: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    asked = CollectorRegistry()
    asked.register(_Gauges())
    return HttpResponse(generate_latest(counted) + generate_latest(asked), content_type=CONTENT_TYPE_LATEST)
