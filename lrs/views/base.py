"""What every answer below /xapi/ has in common: version, Consistent-Through, the error body."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from clients import throttle
from clients.access import authenticate
from clients.api import METHODS, ProtectedView
from clients.rights import Right, Service
from lms_oauth.errors import ApiError, NotFound
from lms_oauth.http import ApiView, client_address, request_id
from lrs.refusals import InvalidParameter, UnsupportedVersion
from lrs.statement.types import Version
from lrs.views import alternate, cross_origin

VERSION_HEADER = "X-Experience-API-Version"
READ = (Right.LRS_READ_OWN, Right.LRS_READ_ALL)
WRITE = (Right.LRS_WRITE_OWN,)


def asked_version(request: HttpRequest) -> Version | None:
    return Version.requested(request.headers.get(VERSION_HEADER, ""))


def default_version() -> Version:
    return Version(settings.LRS_DEFAULT_VERSION)


def json_answer(body: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")


class XapiView(ApiView):
    """xAPI 1.0.3 Communication §3.3: an answer has the request's version, or the default where that is unclear."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if cross_origin.is_preflight(request):
            response: HttpResponseBase = cross_origin.preflight(request, self.methods())
        else:
            response = super().dispatch(request, *args, **kwargs)
        cross_origin.permit(request, response)
        response[VERSION_HEADER] = (asked_version(self.request) or default_version()).value
        if response.status_code == HTTPStatus.NO_CONTENT:
            del response["Content-Type"]
        return response

    def methods(self) -> list[str]:
        return [name.upper() for name in (*METHODS, "head") if hasattr(self, name)]

    def render_error(self, error: ApiError) -> HttpResponse:
        facts = {"status": int(error.status), "code": error.code, "detail": error.detail}
        if error.path:
            facts["path"] = error.path
        body = json.dumps({"error": facts | {"request_id": request_id(self.request)}}, ensure_ascii=False)
        if _prefers_text(self.request):
            return HttpResponse(error.detail + "\n", status=error.status, content_type="text/plain; charset=utf-8")
        return json_answer(body.encode(), error.status)


def _prefers_text(request: HttpRequest) -> bool:
    return request.get_preferred_type(["application/json", "text/plain"]) == "text/plain"


class XapiResource(XapiView, ProtectedView):
    """A resource behind authentication: who, may they, then the version."""

    service = Service.XAPI
    wrapped = False  # came in the alternate request syntax

    @property
    def owner(self) -> int | None:
        """The client whose records exist for the caller; None with full read."""
        return None if Right.LRS_READ_ALL in self.access.rights else self.access.client.pk

    def methods(self) -> list[str]:
        """POST carries every other method in the alternate syntax."""
        return list(dict.fromkeys([*super().methods(), "POST"]))

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not alternate.is_alternate(request):
            return super().respond(request, *args, **kwargs)
        self.wrapped = True
        if "Authorization" in request.headers:
            self.access = authenticate(request, self.service)
            self.request = alternate.unwrap(request, settings.LRS_MAX_BODY_BYTES, "LRS_MAX_BODY_BYTES")
        else:
            self._unwrap_and_authenticate(request)
        return self.respond_authenticated(self.request, *args, **kwargs)

    def _unwrap_and_authenticate(self, request: HttpRequest) -> None:
        """The only place where a body is read before it is known who sent it, so it costs the address first."""
        throttle.spend_failure("", client_address(request))
        self.request = alternate.unwrap(request, alternate.MOST_BYTES_UNAUTHENTICATED)
        self.access = authenticate(self.request, self.service)
        throttle.give_back(client_address(request))

    def handler_for(self, request: HttpRequest) -> Callable[..., HttpResponseBase]:
        handler = super().handler_for(request)

        def with_version(*args: Any, **kwargs: Any) -> HttpResponseBase:
            self.version = required_version(request)
            if self.wrapped and self.version is Version.V2:
                raise InvalidParameter("method: unknown parameter (the alternate request syntax ended with 1.0.3)")
            return handler(*args, **kwargs)

        return with_version


def required_version(request: HttpRequest) -> Version:
    version = asked_version(request)
    if version is not None:
        return version
    sent = request.headers.get(VERSION_HEADER)
    if sent is None and not settings.LRS_REQUIRE_VERSION_HEADER:
        return default_version()
    reason = "is missing" if sent is None else "names a version that is not served here"
    raise UnsupportedVersion(f"The header {VERSION_HEADER} {reason}: send 1.0.3 or 2.0.0.")


class UnknownPath(XapiView):
    """Every path below /xapi/ that is no resource."""

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise NotFound(
            "There is no such resource. The resources are statements, agents, agents/profile, activities, "
            "activities/profile, activities/state and about."
        )
