"""``/healthz`` and ``/readyz`` for load balancers and supervisors, ``/metrics`` for Prometheus."""

from collections.abc import Callable
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from lms_oauth import health, metrics


class ProbesMiddleware:
    """Stands before everything that looks at hosts, schemes or sessions: a probe comes by address and in plain http.

    ``/healthz``: this process answers. ``/readyz``: it can serve requests, else 503 with the names of what fails.
    ``/metrics``: for the bearer of METRICS_TOKEN; without that setting there is no such address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = _ANSWERS.get(request.path_info) if request.method in {"GET", "HEAD"} else None
        return (answer(request) if answer else None) or self.get_response(request)


def _alive(_request: HttpRequest) -> HttpResponse:
    return _answer(200, {"status": "ok"})


def _ready(_request: HttpRequest) -> HttpResponse:
    failing = [finding.name for finding in health.examine(essential=True) if not finding.well]
    return _answer(503, {"status": "not ready", "failing": failing}) if failing else _answer(200, {"status": "ok"})


def _metrics(request: HttpRequest) -> HttpResponse | None:
    if not settings.METRICS_TOKEN:
        return None
    sent = str(request.META.get("HTTP_AUTHORIZATION", ""))
    if compare_digest(sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return metrics.exposition()
    refusal = _answer(401, {"status": "unauthenticated"})
    refusal["WWW-Authenticate"] = 'Bearer realm="metrics"'
    return refusal


_ANSWERS: dict[str, Callable[[HttpRequest], HttpResponse | None]] = {
    "/healthz": _alive,
    "/readyz": _ready,
    "/metrics": _metrics,
}


def _answer(status: int, content: dict[str, str | list[str]]) -> HttpResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
