"""Refusals as RFC 9457 problem details. ``retry`` tells a peer's engine what to do next; it acts on that first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from django.http import HttpResponse

from clients.rights import Service
from lms_oauth.errors import ApiError, HttpsRequired, InsufficientScope

TYPES = "/shared-events/problems/"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    name: str
    title: str
    retry: str  # never, resync, refresh-token, after, human


class SharedEventsError(ApiError):
    """A refusal that is particular to this protocol. ``extra``: members of the problem beyond those of all."""

    problem: Problem
    extra: Mapping[str, object] = {}


class Malformed(SharedEventsError):
    problem = Problem("malformed", "The request is not well formed", "never")


class NotAcceptable(SharedEventsError):
    status = HTTPStatus.NOT_ACCEPTABLE
    problem = Problem("not-acceptable", "The answer has none of the accepted media types", "never")


class _Restart(SharedEventsError):
    """The reader begins a full pass at the address named."""

    status = HTTPStatus.GONE
    extra = {"restart": Service.SHARED_EVENTS.base_path + "changes"}


class BadCursor(_Restart):
    status = HTTPStatus.BAD_REQUEST
    problem = Problem("bad-cursor", "The cursor was not made for this client", "resync")


class HistoryChanged(_Restart):
    problem = Problem("history-changed", "The feed has another history than the cursor", "resync")


class ScopeChanged(_Restart):
    problem = Problem("scope-changed", "The cursor belongs to another selection", "resync")


class CursorExpired(_Restart):
    problem = Problem("cursor-expired", "The cursor is too old", "resync")


class Gone(SharedEventsError):
    status = HTTPStatus.GONE
    problem = Problem("gone", "The event was deleted", "never")


class Disabled(SharedEventsError):
    status = HTTPStatus.FORBIDDEN
    problem = Problem("disabled", "Shared events are off for this LMS", "after")

    def __init__(self) -> None:
        super().__init__("Ask again in an hour.", headers={"Retry-After": "3600"})


class NotAllowed(SharedEventsError):
    status = HTTPStatus.FORBIDDEN
    problem = Problem("not-allowed", "This client may not use shared events", "human")

    @classmethod
    def of(cls, refusal: InsufficientScope) -> Self:
        return cls(refusal.detail, headers=refusal.headers)


class RegistrationsDisabled(SharedEventsError):
    status = HTTPStatus.FORBIDDEN
    problem = Problem("registrations-disabled", "This LMS takes no registrations from others", "after")

    def __init__(self) -> None:
        super().__init__("Ask again in an hour.", headers={"Retry-After": "3600"})


class _Conflict(SharedEventsError):
    status = HTTPStatus.CONFLICT


class Full(_Conflict):
    problem = Problem("full", "No seat is free", "never")

    def __init__(self, *, waiting_list: bool) -> None:
        """``waiting_list``: whether there is a place on it."""
        super().__init__("There is a waiting list." if waiting_list else "There is no place on a waiting list either.")
        self.extra = {"waitlist": waiting_list}


class Closed(_Conflict):
    problem = Problem("closed", "The event takes no registrations", "never")


class AlreadyRegistered(_Conflict):
    problem = Problem("already-registered", "The participant is registered", "never")

    def __init__(self, rid: object) -> None:
        super().__init__("Use the registration that is named.")
        self.extra = {"rid": str(rid)}


class RidReused(_Conflict):
    problem = Problem("rid-reused", "The name belongs to another registration", "never")


class KeyMissing(SharedEventsError):
    problem = Problem("idempotency-key-missing", "The request needs an Idempotency-Key", "never")


class Invalid(SharedEventsError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    problem = Problem("invalid", "A member of the request is missing or unfit", "never")


class KeyReused(SharedEventsError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    problem = Problem("key-reused", "The Idempotency-Key belongs to another request", "never")


_BY_STATUS = {
    HTTPStatus.BAD_REQUEST: Malformed.problem,
    HTTPStatus.UNAUTHORIZED: Problem("unauthorized", "A valid bearer token is needed", "refresh-token"),
    HTTPStatus.FORBIDDEN: NotAllowed.problem,
    HTTPStatus.NOT_FOUND: Problem("not-found", "There is nothing here for this client", "never"),
    HTTPStatus.METHOD_NOT_ALLOWED: Problem("method-not-allowed", "The address does not answer this method", "never"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Problem("too-large", "The body is too large", "never"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Problem("unsupported-type", "The body has another media type", "never"),
    HTTPStatus.TOO_MANY_REQUESTS: Problem("rate-limited", "Too many requests", "after"),
    HTTPStatus.SERVICE_UNAVAILABLE: Problem("unavailable", "The server is busy", "after"),
    HTTPStatus.INTERNAL_SERVER_ERROR: Problem("server-error", "The server met an unexpected problem", "after"),
}


def _problem(error: ApiError) -> Problem:
    if isinstance(error, SharedEventsError):
        return error.problem
    if isinstance(error, HttpsRequired):
        return Problem("https-required", "The address needs https", "human")
    return _BY_STATUS[HTTPStatus(error.status)]


def render(error: ApiError) -> HttpResponse:
    problem = _problem(error)
    body: dict[str, object] = {
        "type": TYPES + problem.name,
        "title": problem.title,
        "status": int(error.status),
        "detail": error.detail,
        "retry": problem.retry,
    }
    if isinstance(error, SharedEventsError):
        body |= error.extra
    response = HttpResponse(json.dumps(body), status=error.status, content_type=MEDIA_TYPE, headers=error.headers)
    response["Cache-Control"] = "no-store"
    return response
