"""Security headers, a request id and a language on every answer."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware import locale
from django.utils import translation

from lms_oauth.handlers import is_api
from lms_oauth.logs import current_client_id, current_request_id

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

type_of_get_response = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Names each request: the id a proxy sent in ``X-Request-ID``, where it has the form of one, else a new one."""

    def __init__(self, get_response: type_of_get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        name = sent if _ACCEPTABLE_ID.fullmatch(sent) else secrets.token_hex(8)
        request.request_id = name  # type: ignore[attr-defined]
        token = current_request_id.set(name)
        current_client_id.set("")
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-ID"] = name
        return response


class ContentSecurityPolicyMiddleware:
    """Sends ``SECURE_CSP`` (named as in Django 6) on every answer."""

    def __init__(self, get_response: type_of_get_response) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", self.policy)
        return response


class LocaleMiddleware(locale.LocaleMiddleware):
    """An API answers in English, whatever Accept-Language says, and so tells caches nothing of languages."""

    def process_request(self, request: HttpRequest) -> None:
        if is_api(request):
            translation.activate(settings.LANGUAGE_CODE)
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if is_api(request) else super().process_response(request, response)


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Every page wants a signed-in administrator. An API view is not asked who is signed in: no session is read."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        request.is_page = True  # type: ignore[attr-defined]
        return super().process_view(request, view_func, view_args, view_kwargs)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What was shown to somebody stays in no cache: the next one at that browser may be somebody else."""
        if getattr(request, "is_page", False):
            response.setdefault("Cache-Control", "no-store")
        return response
