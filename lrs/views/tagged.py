"""Answers with an ETag (xAPI 1.0.3 Communication §3.1)."""

from hashlib import sha1

from django.http import HttpRequest, HttpResponse

from lrs.preconditions import Preconditions, read_preconditions
from lrs.views.base import json_answer


def preconditions(request: HttpRequest) -> Preconditions:
    return read_preconditions(request.headers.get("If-Match"), request.headers.get("If-None-Match"))


def tagged(request: HttpRequest, response: HttpResponse, tag: str) -> HttpResponse:
    """With its ETag, and 304 instead where If-None-Match names it. ``tag`` without quotes."""
    response["ETag"] = f'"{tag}"'
    if preconditions(request).seen(tag):
        response.status_code, response.content = 304, b""
        del response["Content-Type"]
    return response


def tagged_json(request: HttpRequest, body: bytes) -> HttpResponse:
    return tagged(request, json_answer(body), sha1(body, usedforsecurity=False).hexdigest())
