"""Answers of Django's own error handlers: JSON below the prefixes of the APIs, pages elsewhere.

They meet what never reaches a view: unknown addresses, a forged Host header, faults in middleware.
"""

import re
import sys
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from lms_oauth.errors import ApiError, Busy
from lms_oauth.http import passing_trouble

_API_PATH = re.compile(settings.API_PATHS)
_CODES = {
    HTTPStatus.BAD_REQUEST: ("invalid_request", "The request is malformed, or the Host header is not ours."),
    HTTPStatus.FORBIDDEN: ("forbidden", "This request is not allowed."),
    HTTPStatus.NOT_FOUND: ("not_found", "There is nothing at this address."),
    HTTPStatus.SERVICE_UNAVAILABLE: ("unavailable", "The database does not answer now. Send the same request later."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("server_error", "The server met an unexpected problem; its log has details."),
}


def is_api(request: HttpRequest) -> bool:
    return _API_PATH.match(request.path_info.lstrip("/")) is not None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _json(HTTPStatus.BAD_REQUEST) if is_api(request) else defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _json(HTTPStatus.FORBIDDEN) if is_api(request) else defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _json(HTTPStatus.NOT_FOUND) if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Of the exception being handled: 503 where the database is the reason."""
    passing = passing_trouble(sys.exc_info()[1])
    if passing is None:
        return _json(HTTPStatus.INTERNAL_SERVER_ERROR) if is_api(request) else defaults.server_error(request)
    return unavailable(request, passing)


def unavailable(request: HttpRequest, reason: ApiError) -> HttpResponse:
    template = "busy.html" if isinstance(reason, Busy) else "503.html"
    answer = _json(reason.status) if is_api(request) else defaults.server_error(request, template)
    answer.status_code = reason.status
    for name, value in reason.headers.items():
        answer[name] = value
    return answer


def _json(status: HTTPStatus) -> HttpResponse:
    code, description = _CODES[status]
    content = {"error": code, "error_description": description}
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
