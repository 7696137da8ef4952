"""Bodies of the OAuth endpoints: application/x-www-form-urlencoded, read strictly and before anything else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from lms_oauth.errors import InvalidRequest, UnsupportedMediaType
from lms_oauth.http import media_type, read_body

MAX_BYTES = 16 * 1024
MAX_FIELDS = 20
_REPEATABLE = {"resource"}  # RFC 8707 §2
_NEVER_IN_URL = {
    *("grant_type", "client_id", "client_secret", "scope", "resource", "token", "token_type_hint", "access_token"),
    *("username", "password", "code", "refresh_token", "device_code", "assertion", "client_assertion"),
}
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name. An empty value counts as absent (RFC 6749 §3.2)."""

    fields: dict[str, list[str]]

    def get(self, name: str) -> str:
        """The value, or empty where it is absent."""
        return next(iter(self.fields.get(name, [])), "")

    def all(self, name: str) -> list[str]:
        return self.fields.get(name, [])

    def __repr__(self) -> str:
        return f"Form({sorted(self.fields)})"


@sensitive_variables()
def read_form(request: HttpRequest) -> Form:
    """The body's fields. UnsupportedMediaType, BodyTooLarge, or InvalidRequest for what RFC 6749 §3.2 forbids."""
    if media_type(request) != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send the parameters as application/x-www-form-urlencoded.")
    body = read_body(request, MAX_BYTES)
    _refuse_parameters_in_url(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
    return parse(body)


def _refuse_parameters_in_url(query: bytes) -> None:
    """RFC 6749 §2.3.1 and RFC 6750 §5.3: credentials do not travel in addresses. Other parameters are ignored."""
    names = {unquote_to_bytes(pair.partition(b"=")[0]) for pair in query.split(b"&")}
    if names & {name.encode() for name in _NEVER_IN_URL}:
        raise InvalidRequest("Send the parameters in the body, not in the address.")


@sensitive_variables()
def parse(body: bytes) -> Form:
    pairs = [pair for pair in body.split(b"&") if pair]
    if len(pairs) > MAX_FIELDS:
        raise InvalidRequest("There are too many parameters.")
    fields: dict[str, list[str]] = {}
    for name, value in _decoded(pairs):
        values = fields.setdefault(name, [])
        values.append(value)
        if len(values) > 1 and name not in _REPEATABLE:
            raise InvalidRequest("A parameter is given twice.")
    given = {name: [value for value in values if value] for name, values in fields.items()}
    return Form({name: values for name, values in given.items() if values})


def _decoded(pairs: list[bytes]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        yield _text(name), _text(value)


def _text(encoded: bytes) -> str:
    if _BAD_ESCAPE.search(encoded):
        raise InvalidRequest("The body has a bad percent escape.")
    try:
        text = unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest("The body is not UTF-8.") from error
    if "\0" in text:
        raise InvalidRequest("The body contains a NUL character.")
    return text
