"""Expected refusals. Each protocol renders them in its own error body; nothing else is caught."""

from collections.abc import Mapping
from http import HTTPStatus


class ApiError(Exception):
    """A refusal a caller can act on. ``detail`` is a sentence for people and never holds a secret or foreign data."""

    status: HTTPStatus = HTTPStatus.BAD_REQUEST
    code: str = "bad_request"

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, path: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.path = path


class InvalidRequest(ApiError):
    code = "invalid_request"


class MalformedJson(ApiError):
    """The body is not JSON as RFC 8259 §4 makes it interoperable: one value, no repeated names, no NaN."""

    code = "malformed_json"


class NotFound(ApiError):
    status, code = HTTPStatus.NOT_FOUND, "not_found"


class MethodNotAllowed(ApiError):
    status, code = HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"

    def __init__(self, allowed: list[str]) -> None:
        super().__init__("This address does not answer that method.", headers={"Allow": ", ".join(allowed)})


class BodyTooLarge(ApiError):
    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"


class UnsupportedMediaType(ApiError):
    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"


class HttpsRequired(ApiError):
    """RFC 6750 §5.3: a credential that came in clear is refused, never redirected."""

    status, code = HTTPStatus.FORBIDDEN, "https_required"


class Unauthenticated(ApiError):
    status, code = HTTPStatus.UNAUTHORIZED, "unauthenticated"


class InvalidToken(Unauthenticated):
    """RFC 6750 §3.1."""

    code = "invalid_token"


class InsufficientScope(ApiError):
    """RFC 6750 §3.1."""

    status, code = HTTPStatus.FORBIDDEN, "insufficient_scope"


class TooManyRequests(ApiError):
    status, code = HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests"

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_seconds)})


class Unavailable(ApiError):
    """The database cannot be reached, has no connection left, or did not answer in time."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"

    def __init__(self) -> None:
        super().__init__("The database does not answer now. Send the same request later.", headers={"Retry-After": "5"})


class Busy(ApiError):
    """The database stayed locked beyond its patience; the same request may succeed a moment later."""

    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "busy"

    def __init__(self) -> None:
        super().__init__("The server is busy. Send the same request again.", headers={"Retry-After": "1"})
