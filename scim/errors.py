"""Refusals in SCIM's own form (RFC 7644 §3.12): ours, and those of the shared access layer."""

import json
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import HttpResponse
from django_scim.constants import SCIM_CONTENT_TYPE, SchemaURI
from django_scim.exceptions import SCIMException

from lms_oauth.errors import ApiError, InvalidRequest, MalformedJson

_SCIM_TYPES: dict[type[ApiError], str] = {MalformedJson: "invalidSyntax", InvalidRequest: "invalidValue"}


class Refusal(SCIMException):
    """An answer in place of a result; the engine renders it. ``detail`` holds nothing about anybody else."""

    status: int = HTTPStatus.BAD_REQUEST
    scim_type: str | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)  # type: ignore[no-untyped-call]
        self.detail = detail


class InvalidValue(Refusal):
    scim_type = "invalidValue"


class CannotFilter(Refusal):
    """The filter cannot be evaluated as it was meant; it is never approximated."""

    scim_type = "invalidFilter"


class NotFound(Refusal):
    """One text for every reason: missing, malformed, foreign, out of scope, removed."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such resource.")


class Taken(Refusal):
    """RFC 7644 §3.12 uniqueness. Names the attribute, never its holder."""

    status, scim_type = HTTPStatus.CONFLICT, "uniqueness"

    def __init__(self, attribute: str) -> None:
        super().__init__(f"{attribute} is already in use.")


class Paused(ApiError):
    """The configuration is paused or read-only. Not 503, after which identity providers would give up on it."""

    status, code = HTTPStatus.FORBIDDEN, "paused"


class Fault(ApiError):
    """What nobody expected, as the provisioning log tells it; the server's log has the reason."""

    status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "fault"

    def __init__(self) -> None:
        super().__init__("The server met an unexpected problem.")


class Stale(Refusal):
    """RFC 7644 §3.14: the resource is no longer the one the condition names."""

    status = HTTPStatus.PRECONDITION_FAILED


def waits(error: Exception) -> bool:
    """Somebody else held what a request needs: SQLite's busy database, or two requests that wait for each other."""
    return isinstance(error, OperationalError) and ("locked" in str(error) or "deadlock detected" in str(error))


def body(status: int, detail: str, scim_type: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"schemas": [SchemaURI.ERROR], "status": str(int(status))}
    if scim_type:
        error["scimType"] = scim_type
    return error | {"detail": detail}


def response(status: int, content: dict[str, Any] | None) -> HttpResponse:
    return HttpResponse(
        b"" if content is None else json.dumps(content).encode(), status=status, content_type=SCIM_CONTENT_TYPE
    )


def render(error: ApiError) -> HttpResponse:
    scim_type = next((name for kind, name in _SCIM_TYPES.items() if isinstance(error, kind)), None)
    answer = response(error.status, body(error.status, error.detail, scim_type))
    for name, value in error.headers.items():
        answer[name] = value
    return answer


def render_fault(request_id: str) -> HttpResponse:
    """A 500 with the id under which the server's log has the reason."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return response(status, body(status, f"The server met an unexpected problem (request {request_id})."))
