"""Errors of RFC 6749 §5.2 and its extensions. Descriptions are constants: no answer echoes input."""

from http import HTTPStatus

from lms_oauth.errors import ApiError


class InvalidClient(ApiError):
    """RFC 6749 §5.2: client authentication failed. An inactive client reads the same as a wrong secret."""

    status, code = HTTPStatus.UNAUTHORIZED, "invalid_client"

    def __init__(self) -> None:
        super().__init__(
            "The client ID or the secret is wrong, or the client is not active.",
            headers={"WWW-Authenticate": 'Basic realm="OAuth", charset="UTF-8"'},
        )


class UnsupportedGrantType(ApiError):
    """RFC 6749 §5.2."""

    code = "unsupported_grant_type"


class InvalidScope(ApiError):
    """RFC 6749 §5.2."""

    code = "invalid_scope"


class InvalidTarget(ApiError):
    """RFC 8707 §2."""

    code = "invalid_target"


class UnsupportedTokenType(ApiError):
    """RFC 7009 §2.2.1."""

    code = "unsupported_token_type"


_OWN = {kind.code for kind in (InvalidClient, UnsupportedGrantType, InvalidScope, InvalidTarget, UnsupportedTokenType)}
_BY_STATUS = {
    HTTPStatus.TOO_MANY_REQUESTS: "temporarily_unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
}


def error_code(error: ApiError) -> str:
    """The ``error`` member for any refusal: the kernel's own kinds become the nearest code that OAuth has."""
    return error.code if error.code in _OWN else _BY_STATUS.get(error.status, "invalid_request")
