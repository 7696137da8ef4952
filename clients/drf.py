"""The authentication layer as REST framework classes."""

from typing import Any, cast

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from clients.access import Access, authenticate, challenge
from lms_oauth.errors import ApiError, MethodNotAllowed


class Principal:
    """The caller, as REST framework wants one: authenticated, with the client's primary key, and no user behind it."""

    is_authenticated = True
    is_active = True
    is_staff = False
    is_superuser = False

    def __init__(self, access: Access) -> None:
        self.access = access
        self.pk = access.client.pk

    def __str__(self) -> str:
        return self.access.client.client_id


class Refusal(APIException):
    """An ApiError with the attributes that REST framework's exception handler makes headers of.

    A view that renders refusals in its protocol's own body takes ``error`` instead.
    """

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.detail, error.code)
        self.error = error
        self.status_code = error.status
        self.auth_header = error.headers.get("WWW-Authenticate", "")
        self.wait = int(error.headers.get("Retry-After", "0"))


class ClientAuthentication(BaseAuthentication):
    """``request.user`` becomes a Principal, ``request.auth`` its Access. Reads headers only.

    The view names its ``service``. A header that is missing or bad raises: also where permissions would let anonymous
    callers in, nobody is served as one.
    """

    def authenticate(self, request: Request) -> tuple[Principal, Access] | None:
        http_request: HttpRequest = request._request  # noqa: SLF001 - the only way to the Django request
        try:
            access = authenticate(http_request, request.parser_context["view"].service)
        except ApiError as error:
            raise Refusal(error) from None
        return Principal(access), access

    def authenticate_header(self, request: Request) -> str:
        return challenge(request.parser_context["view"].service)


class HasRight(BasePermission):
    """The view's declared right for the method (clients.api.DeclaresRights); its refusals carry their challenge."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method or ""
        try:
            if method not in view.rights:
                raise MethodNotAllowed(sorted(view.rights))
            cast(Access, request.auth).require_any(*view.rights[method])
        except ApiError as error:
            raise Refusal(error) from None
        return True
