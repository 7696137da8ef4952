"""The one view of every SCIM address."""

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django_scim.views import SCIMView

from clients.audit import Origin
from lms_oauth.errors import ApiError, InvalidRequest
from lms_oauth.http import passing_trouble, read_body
from scim import guard
from scim.errors import Fault, render, response
from scim.guard import Admission, refused
from scim.protocol import MAX_BULK_BYTES, Answer, Call, answer

MAX_SEARCH_BYTES = 64 * 1024
MAX_BYTES = {"Groups": 16 * 1024 * 1024, "Bulk": MAX_BULK_BYTES}  # a group is sent with all its members
MAX_OTHER_BYTES = 1024 * 1024
MAX_PARAMETERS = 50
# Endpoint names match in any case.
_NAMES = {
    name.lower(): name
    for name in ("Users", "Groups", "Me", "Bulk", "ServiceProviderConfig", "ResourceTypes", "Schemas", ".search")
}


class ScimView(SCIMView):
    """``dispatch`` stays the shell's: it takes away CSRF protection and calls the guard."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.serve(request)

    head = post = put = patch = delete = options = get

    def http_method_not_allowed(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.serve(request)

    def serve(self, request: HttpRequest) -> HttpResponse:
        """Everything ends here, so that every answer is SCIM's own."""
        admission: Admission = request.scim  # type: ignore[attr-defined]
        try:
            made = self._answered(request, admission)
        except ApiError as error:
            made = render(error)
            admission.log(request, refused(request, admission, error))
        except Exception as error:  # noqa: BLE001 - logged in fault()
            passing = passing_trouble(error)
            made = render(passing) if passing else guard.fault(request)
            guard.log_failure(request, admission, passing or Fault())
        for name, value in _limits(request).items():
            made[name] = value
        if request.method == "HEAD":
            made["Content-Length"] = str(len(made.content))
            made.content = b""
        return made

    def _answered(self, request: HttpRequest, admission: Admission) -> HttpResponse:
        by = Origin.client(admission.access.client.name, request)
        given = answer(_call(request, admission), admission.configuration, by)
        admission.log(request, given.operations)
        return _response(given)


def _limits(request: HttpRequest) -> dict[str, str]:
    admission: Admission = request.scim  # type: ignore[attr-defined]
    return admission.allowance.headers() if admission.allowance else {}


def _call(request: HttpRequest, admission: Admission) -> Call:
    method = "GET" if request.method == "HEAD" else request.method or ""
    path = _canonical(admission.path)
    return Call(
        method=method,
        base_url=admission.base_url,
        path=path,
        query=_query(request),
        headers=dict(request.headers),
        body=b"" if method == "GET" else read_body(request, _most_bytes(path)),
    )


def _most_bytes(path: str) -> int:
    if path.endswith("/.search"):
        return MAX_SEARCH_BYTES
    return MAX_BYTES.get(path.split("/")[1], MAX_OTHER_BYTES)


def _canonical(path: str) -> str:
    """Without empty segments, with endpoint names as RFC 7644 §3.2 spells them."""
    segments = [segment for segment in path.split("/") if segment]
    return "/" + "/".join(
        _NAMES.get(segment.lower(), segment) if position == 0 or segment.lower() == ".search" else segment
        for position, segment in enumerate(segments)
    )


def _query(request: HttpRequest) -> dict[str, str]:
    raw = request.META.get("QUERY_STRING", "")
    try:
        pairs = parse_qsl(
            raw.encode("latin-1").decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except UnicodeError as error:
        raise InvalidRequest("The query is not UTF-8.") from error
    except ValueError as error:
        raise InvalidRequest(f"The query has more than {MAX_PARAMETERS} parameters.") from error
    query = dict(pairs)
    if len(query) != len(pairs):
        raise InvalidRequest("A query parameter is repeated.")
    return query


def _response(found: Answer) -> HttpResponse:
    made = response(found.status, found.body)
    for name, value in found.headers.items():
        made[name] = value
    made["Cache-Control"] = "private, no-cache"
    return made
