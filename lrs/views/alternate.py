"""The alternate request syntax of xAPI 1.0.3 (Communication §1.3): a whole request inside the form of a POST."""

from io import BytesIO
from urllib.parse import urlencode

from django.http import HttpRequest

from lms_oauth.errors import InvalidRequest
from lms_oauth.http import read_body
from lrs.refusals import InvalidParameter
from lrs.views.parameters import read_pairs, read_parameters

# What a form may hold before it is known who sent it.
MOST_BYTES_UNAUTHENTICATED = 1024 * 1024
METHODS = ("GET", "PUT", "POST", "DELETE")
_HEADERS = {
    name.lower(): "HTTP_" + name.upper().replace("-", "_")
    for name in ("Authorization", "X-Experience-API-Version", "If-Match", "If-None-Match")
} | {"content-type": "CONTENT_TYPE"}
_DECODED = ("headers", "GET", "accepted_types", "_body", "_read_started")  # what Django keeps of the outer request


def is_alternate(request: HttpRequest) -> bool:
    return request.method == "POST" and "method" in request.META.get("QUERY_STRING", "") and _names_method(request)


def _names_method(request: HttpRequest) -> bool:
    return "method" in read_parameters(request)


def unwrap(request: HttpRequest, limit_bytes: int, setting: str = "") -> HttpRequest:
    """The request that the form describes; InvalidParameter, InvalidRequest or BodyTooLarge."""
    query = read_parameters(request)
    if extra := sorted(query.keys() - {"method"}):
        raise InvalidParameter(f"{extra[0][:80]}: stands in the form, beside the content")
    if query["method"] not in METHODS:
        raise InvalidParameter(f"method: must be one of {', '.join(METHODS)}")
    return _inner(request, query["method"], read_pairs(read_body(request, limit_bytes, setting=setting)))


def _inner(request: HttpRequest, method: str, form: dict[str, str]) -> HttpRequest:
    content = form.pop("content", None)
    if (content is None) == (method in {"PUT", "POST"}):
        raise InvalidParameter("content: missing" if content is None else f"content: not with {method}")
    body = (content or "").encode()
    sent = {name.lower(): form.pop(name) for name in list(form) if name.lower() in {*_HEADERS, "content-length"}}
    headers = {_HEADERS[name]: value for name, value in sent.items() if name in _HEADERS}
    _check(headers, request)
    meta = {name: value for name, value in request.META.items() if name != "CONTENT_TYPE"}
    meta |= {"CONTENT_TYPE": _guessed_type(body)} | headers
    meta |= {"REQUEST_METHOD": method, "QUERY_STRING": urlencode(form), "CONTENT_LENGTH": str(len(body))}
    return _with(request, method, meta, body)


def _check(headers: dict[str, str], request: HttpRequest) -> None:
    """A form can hold what no header can: line ends would split the answer that repeats them."""
    if any(not value.isascii() or not value.isprintable() for value in headers.values()):
        raise InvalidRequest("A header in the form holds a character that no header can.")
    outer = request.META.get("HTTP_AUTHORIZATION")
    if outer and headers.get("HTTP_AUTHORIZATION", outer) != outer:
        raise InvalidRequest("The Authorization of the form is not the one of the header.")


def _guessed_type(body: bytes) -> str:
    """Where the form names no Content-Type: content that starts as JSON objects and arrays do is JSON."""
    return "application/json" if body.lstrip()[:1] in {b"{", b"["} else ""


def _with(request: HttpRequest, method: str, meta: dict[str, str], body: bytes) -> HttpRequest:
    inner: HttpRequest = object.__new__(type(request))
    inner.__dict__ = {name: value for name, value in request.__dict__.items() if name not in _DECODED}
    inner.method, inner.META = method, meta
    inner._stream = BytesIO(body)  # noqa: SLF001 - where Django reads a body from
    inner._read_started = False  # type: ignore[attr-defined] # noqa: SLF001
    return inner
