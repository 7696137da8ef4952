"""What every API needs of HTTP: bounded bodies, strict JSON, and a base view without session, CSRF and login."""

import json
import logging
import math
import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from lms_oauth.errors import (
    ApiError,
    BodyTooLarge,
    Busy,
    HttpsRequired,
    InvalidRequest,
    MalformedJson,
    MethodNotAllowed,
    Unavailable,
)

log = logging.getLogger("lms_oauth.api")

MAX_JSON_DEPTH = 100
_SQLITE_TROUBLES = ("unable to open database file", "disk is full", "disk I/O error")
_BLANK = re.compile(r"[ \t\r\n]*")


class ServerFault(ApiError):
    """Something we did not expect. The log has the trace under the same request id; the answer has neither."""

    status, code = 500, "server_error"  # type: ignore[assignment]


def read_body(request: HttpRequest, limit_bytes: int, *, setting: str = "") -> bytes:
    """The whole body, or BodyTooLarge before more than ``limit_bytes`` + 1 were read. 0 means no limit."""
    hint = f" ({setting} sets it)" if setting else ""
    too_large = BodyTooLarge(f"The body is larger than {limit_bytes} bytes{hint}.")
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if limit_bytes and declared.isascii() and declared.isdigit() and _exceeds(declared, limit_bytes):
        raise too_large
    stream = body_stream(request)
    try:
        body: bytes = stream.read(limit_bytes + 1) if limit_bytes else stream.read()
    except OSError as error:  # Django's UnreadablePostError, and what the server raises at a broken chunk
        raise InvalidRequest("The body ended before it was complete.") from error
    if limit_bytes and len(body) > limit_bytes:
        raise too_large
    return body


def body_stream(request: HttpRequest) -> Any:
    """A body sent in chunks has no length, and Django then reads nothing: take it where the server marks its end."""
    if request.META.get("wsgi.input_terminated") and "CONTENT_LENGTH" not in request.META:
        return request.META["wsgi.input"]
    return request


def _exceeds(digits: str, limit: int) -> bool:
    """Compared as text: Python refuses to convert numbers of thousands of digits."""
    digits = digits.lstrip("0")
    return (len(digits), digits) > (len(str(limit)), str(limit))


class _Refused(ValueError):
    """Raised inside the decoder's hooks; becomes MalformedJson."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused("a name is repeated in an object")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused("a number is out of range")
    return number


def _constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not a JSON value")


strict_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_constant)


def decode_utf8(body: bytes) -> str:
    """Text of a JSON body. A byte order mark is dropped; NUL and half surrogate pairs are refused, escaped ones too."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is not UTF-8 (byte {error.start}).") from error
    if "\0" in text or "\\u0000" in text:
        _refuse_nul(text)
    return text


def _refuse_nul(text: str) -> None:
    """``\\u0000`` is NUL only where the backslash is not itself escaped."""
    if "\0" in text:
        raise MalformedJson("The body contains a NUL character.")
    position = text.find("\\u0000")
    while position != -1:
        start = position
        while start and text[start - 1] == "\\":
            start -= 1
        if (position - start) % 2 == 0:
            raise MalformedJson("The body contains a NUL character.")
        position = text.find("\\u0000", position + 1)


def check_decoded(value: Any) -> None:
    """Depth of at most MAX_JSON_DEPTH and no lone surrogates, or MalformedJson."""
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_JSON_DEPTH:
            raise MalformedJson(f"The JSON is nested deeper than {MAX_JSON_DEPTH} levels.")
        level = [child for node in level for child in _children(node)]


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, str):
        try:
            node.encode("utf-8")
        except UnicodeEncodeError as error:
            raise MalformedJson("A string contains half of a surrogate pair.") from error
        return ()
    if isinstance(node, dict):
        return [*node.keys(), *node.values()]
    return node if isinstance(node, list) else ()


def decode_at(text: str, position: int) -> tuple[Any, int]:
    """The JSON value that starts at ``position`` and the position after it, or MalformedJson. For check_decoded."""
    try:
        return strict_decoder.raw_decode(text, position)
    except _Refused as error:
        raise MalformedJson(f"The body is not valid JSON: {error}.") from error
    except json.JSONDecodeError as error:
        raise not_json(error.msg, error.pos) from error
    except (RecursionError, ValueError) as error:
        raise MalformedJson("The body is not valid JSON: nested too deep, or a number is too long.") from error


def not_json(reason: str, position: int) -> MalformedJson:
    return MalformedJson(f"The body is not valid JSON: {reason} (character {position}).")


def after_blank(text: str, position: int) -> int:
    """The first position from ``position`` on that is no JSON whitespace (RFC 8259 §2)."""
    return _BLANK.match(text, position).end()  # type: ignore[union-attr]


def read_json(body: bytes) -> Any:
    """Decode one JSON value strictly: no repeated names, NaN, 1e999, NUL, lone surrogates, or depth over the limit."""
    text = decode_utf8(body)
    value, end = decode_at(text, after_blank(text, 0))
    if (end := after_blank(text, end)) != len(text):
        raise not_json("Extra data", end)
    check_decoded(value)
    return value


def media_type(request: HttpRequest) -> str:
    """The media type of the body in lower case without parameters; empty when none was sent."""
    return str(request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()


def require_https(request: HttpRequest, public_url: str) -> None:
    """RFC 6749 §3.2: where the public address is https, plain http is refused."""
    if public_url.startswith("https:") and not request.is_secure():
        raise HttpsRequired("Use https.")


def client_address(request: HttpRequest) -> str:
    """The caller's address: the peer, or what the outermost of TRUSTED_PROXIES proxies saw."""
    peer = valid_address(str(request.META.get("REMOTE_ADDR", "")))
    hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return valid_address(hops[-settings.TRUSTED_PROXIES]) or peer
    return peer


def valid_address(text: str) -> str:
    """``text`` when it is an IP address, else empty (a Unix socket has none).

    Without an IPv6 zone, and IPv4 as itself where a socket of both families shows it as ``::ffff:192.0.2.1``.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def passing_trouble(error: BaseException | None) -> ApiError | None:
    """Busy or Unavailable where the database, not the request, is the reason; else None."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    told = str(error)
    if "locked" in told or "deadlock detected" in told:  # SQLite gave up waiting, or two requests waited for each other
        return Busy()
    if connection.vendor == "postgresql" or any(words in told for words in _SQLITE_TROUBLES):
        log.error("the database does not answer", exc_info=error)
        return Unavailable()
    return None


def refusal_of(error: Exception) -> ApiError:
    """What an API answers to an exception. One that nobody expected is logged here and told without detail."""
    if isinstance(error, ApiError):
        return error
    if passing := passing_trouble(error):
        return passing
    log.error("unhandled error", exc_info=error)
    return ServerFault("The server met an unexpected problem; its log has the details.")


def _take_body(response: HttpResponseBase) -> None:
    """A body that is streamed has told its length already, or has none to tell."""
    if isinstance(response, HttpResponse):
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    elif isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()


class ApiView(View):
    """Base of API views: no session, CSRF or login page; ApiError becomes the protocol's own body by ``render_error``.

    Subclasses define one method per HTTP method and ``render_error``. HEAD runs as GET with the body removed.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        return csrf_exempt(login_not_required(super().as_view(**initkwargs)))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = self.respond(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the protocol's own 500 body instead of a page
            response = self.refuse(refusal_of(error))
        if request.method == "HEAD":
            _take_body(response)
        return response

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.handler_for(request)(request, *args, **kwargs)

    def handler_for(self, request: HttpRequest) -> Callable[..., HttpResponseBase]:
        name = (request.method or "").lower()
        handler = getattr(self, name, None) if name in self.http_method_names else None
        if handler is None:
            raise MethodNotAllowed([name.upper() for name in self.http_method_names if hasattr(self, name)])
        return handler  # type: ignore[no-any-return]

    def refuse(self, error: ApiError) -> HttpResponse:
        response = self.render_error(error)
        for name, value in error.headers.items():
            response[name] = value
        return response

    def render_error(self, error: ApiError) -> HttpResponse:
        raise NotImplementedError
