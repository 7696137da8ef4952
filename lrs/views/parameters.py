"""Parameters of a request, read strictly on every resource (xAPI 1.0.3 Communication §3.2)."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from django.http import HttpRequest

from lms_oauth.http import read_json
from lrs.refusals import InvalidParameter
from lrs.statement.parameters import BadParameter

_MOST_PARAMETERS = 50
T = TypeVar("T")


def read_parameters(request: HttpRequest) -> dict[str, str]:
    return read_pairs(request.META.get("QUERY_STRING", "").encode("latin-1"))


def read_pairs(encoded: bytes) -> dict[str, str]:
    """A query string or form strictly: UTF-8, no NUL, each name once (values by the rules of Statements, Data §2.2)."""
    try:
        pairs = parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeError as error:
        raise InvalidParameter("The parameters are not UTF-8.") from error
    except ValueError as error:
        raise InvalidParameter(f"More than {_MOST_PARAMETERS} parameters.") from error
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name in parameters:
            raise InvalidParameter(f"{name[:80]}: given twice")
        if "\0" in name + value:
            raise InvalidParameter("A parameter contains a NUL character.")
        parameters[name] = value
    return parameters


def only_parameter(request: HttpRequest, name: str) -> str:
    """The value of the one parameter that a resource takes and needs."""
    parameters = read_parameters(request)
    if extra := sorted(parameters.keys() - {name}):
        raise InvalidParameter(f"{extra[0][:80]}: unknown parameter")
    if name not in parameters:
        raise InvalidParameter(f"{name}: missing")
    return parameters[name]


def decode_parameter(text: str) -> Any:
    return read_json(text.encode())


def checked(reader: Callable[..., T], *args: Any) -> T:
    """A pure reader of parameters: BadParameter becomes a refusal."""
    try:
        return reader(*args)
    except BadParameter as error:
        raise InvalidParameter(str(error)) from error
