"""The State, Activity Profile and Agent Profile resources (xAPI 1.0.3 Communication §2.2, §2.3, §2.6, §2.7)."""

import time
from typing import ClassVar

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from lms_oauth.errors import InvalidRequest, NotFound
from lms_oauth.http import read_body
from lrs import documents
from lrs.clock import MICROSECONDS
from lrs.documents import Content
from lrs.models import Document
from lrs.preconditions import Preconditions
from lrs.refusals import DocumentConflict, InvalidParameter, PreconditionFailed, PreconditionMissing
from lrs.statement.documents import Asked, Kind, read
from lrs.statement.types import Version
from lrs.views.base import READ, WRITE, XapiResource
from lrs.views.parameters import checked, decode_parameter, read_parameters
from lrs.views.tagged import preconditions, tagged, tagged_json

_UNKNOWN_TYPE = "application/octet-stream"
# Whatever a client stores and calls HTML: a browser that shows it lets it do nothing.
_HARMLESS = "sandbox; default-src 'none'"


class Documents(XapiResource):
    kind: ClassVar[Kind]
    rights = {"GET": READ, "PUT": WRITE, "POST": WRITE, "DELETE": WRITE}

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = self._asked(listing=True)
        return self._list(asked) if asked.name is None else self._one(asked)

    def put(self, request: HttpRequest) -> HttpResponse:
        asked, conditions = self._named(), preconditions(request)
        content = _content(request)
        if self.kind is Kind.STATE and self.version is Version.V1 and not conditions.given:
            documents.overwrite(asked, content, client=self.access.client.pk, now=_now())
            return HttpResponse(status=204)

        def decide(existing: Document | None) -> Content:
            if not conditions.given:
                _refuse_unguarded(self.version, existing)
            _check(conditions, existing)
            return content

        documents.change(asked, decide, client=self.access.client.pk, now=_now())
        return HttpResponse(status=204)

    def post(self, request: HttpRequest) -> HttpResponse:
        asked, conditions = self._named(), preconditions(request)
        content = _content(request)

        def decide(existing: Document | None) -> Content:
            _check(conditions, existing)
            return documents.merged(existing, content)

        documents.change(asked, decide, client=self.access.client.pk, now=_now())
        return HttpResponse(status=204)

    def delete(self, request: HttpRequest) -> HttpResponse:
        conditions = preconditions(request)
        asked = self._asked() if self.kind is Kind.STATE else self._named()
        if asked.name is None:
            if conditions.given:
                raise InvalidRequest("If-Match and If-None-Match speak of one document: send a stateId.")
            documents.delete_all(asked, client=self.access.client.pk)
        else:
            documents.delete(asked, lambda existing: _check(conditions, existing), client=self.access.client.pk)
        return HttpResponse(status=204)

    def _asked(self, *, listing: bool = False) -> Asked:
        parameters = read_parameters(self.request)
        return checked(lambda: read(self.kind, parameters, self.version, decode_parameter, listing=listing))

    def _named(self) -> Asked:
        asked = self._asked()
        if asked.name is None:
            raise InvalidParameter(f"{self.kind.name_parameter}: missing")
        return asked

    def _one(self, asked: Asked) -> HttpResponse:
        document = documents.find(asked, owner=self.owner, client=self.access.client.pk)
        if document is None:
            raise NotFound("There is no such document.")
        response = HttpResponse(bytes(document.content), content_type=document.content_type)
        response["Last-Modified"] = http_date(document.updated // MICROSECONDS)
        response["Content-Security-Policy"] = _HARMLESS
        return tagged(self.request, response, document.sha1)

    def _list(self, asked: Asked) -> HttpResponse:
        names, newest = documents.names(asked, owner=self.owner)
        response = tagged_json(self.request, orjson.dumps(names))
        if newest is not None:
            response["Last-Modified"] = http_date(newest // MICROSECONDS)
        return response


class State(Documents):
    kind = Kind.STATE


class ActivityProfile(Documents):
    kind = Kind.ACTIVITY_PROFILE


class AgentProfile(Documents):
    kind = Kind.AGENT_PROFILE


def _content(request: HttpRequest) -> Content:
    if request.headers.get("Content-Encoding"):
        raise InvalidRequest("A request body is sent without Content-Encoding.")
    body = read_body(request, settings.LRS_MAX_DOCUMENT_BYTES, setting="LRS_MAX_DOCUMENT_BYTES")
    return Content(request.headers.get("Content-Type") or _UNKNOWN_TYPE, body)


def _check(conditions: Preconditions, existing: Document | None) -> None:
    if not conditions.hold(None if existing is None else existing.sha1):
        raise PreconditionFailed


def _refuse_unguarded(version: Version, existing: Document | None) -> None:
    """PUT with neither header: 1.0.3 wants one for each profile, 2.0 only where something would be lost."""
    if existing is not None:
        raise DocumentConflict
    if version is Version.V1:
        raise PreconditionMissing


def _now() -> int:
    return time.time_ns() // 1000
