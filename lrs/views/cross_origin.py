"""Cross-origin requests of browsers (Fetch standard, CORS protocol): no cookies, from origins an operator lists."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

_TAKEN = (
    "Authorization, Content-Type, X-Experience-API-Version, X-Experience-API-Hash, If-Match, If-None-Match, "
    "Accept-Language"
)
_EXPOSED = (
    "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through, Retry-After, RateLimit, "
    "RateLimit-Policy"
)
_REMEMBERED_SECONDS = 7200  # the longest that Chromium keeps a preflight


def is_preflight(request: HttpRequest) -> bool:
    return (
        bool(settings.LRS_CORS_ORIGINS)
        and request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )


def preflight(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """204 for every origin; one that is not listed finds no permission in it."""
    answer = HttpResponse(status=204)
    if _permitted(request):
        answer["Access-Control-Allow-Methods"] = ", ".join(methods)
        answer["Access-Control-Allow-Headers"] = _TAKEN
        answer["Access-Control-Max-Age"] = str(_REMEMBERED_SECONDS)
    return answer


def permit(request: HttpRequest, response: HttpResponseBase) -> None:
    """On every answer, refusals included, so that the page can read them."""
    if not settings.LRS_CORS_ORIGINS:
        return
    patch_vary_headers(response, ["Origin"])
    if permitted := _permitted(request):
        response["Access-Control-Allow-Origin"] = permitted
        response["Access-Control-Expose-Headers"] = _EXPOSED


def _permitted(request: HttpRequest) -> str:
    """What to answer as allowed origin; empty where it is not."""
    origin = request.headers.get("Origin", "")
    if "*" in settings.LRS_CORS_ORIGINS:
        return "*" if origin else ""
    return origin if origin in settings.LRS_CORS_ORIGINS else ""
