"""The Statement resource (xAPI 1.0.3 Communication §2.1)."""

import json
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date

from clients.models import LmsSettings
from clients.rights import Right
from lms_oauth.errors import NotFound
from lrs import formats, more, multipart, store
from lrs.attachments import in_storage, of_statements
from lrs.authorities import authority_of
from lrs.body import Body, attached, read_statement_body
from lrs.clock import MICROSECONDS, recent_horizon, tell_horizon
from lrs.incoming import Prepared, prepare, prepare_put
from lrs.models import Bits
from lrs.parsing import Received, read_one, read_one_or_more
from lrs.query import Row, find, find_one, whole_range
from lrs.ranges import Range
from lrs.refusals import ForeignCursor, InvalidCursor, InvalidParameter
from lrs.statement.language import read_preferences
from lrs.statement.parameters import ListQuery, OneQuery, read_query, statement_id
from lrs.statement.times import written
from lrs.views.base import READ, XapiResource, json_answer
from lrs.views.parameters import checked, decode_parameter, read_parameters

CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"
PATH = "/xapi/statements"
_WRITE = (Right.LRS_WRITE_OWN,)


class Statements(XapiResource):
    rights = {"GET": READ, "PUT": _WRITE, "POST": _WRITE}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """§2.1.3: Consistent-Through on every answer, refusals included."""
        response = super().dispatch(request, *args, **kwargs)
        response.setdefault(CONSISTENT_THROUGH, written(recent_horizon()))
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        if read_parameters(request):
            raise InvalidParameter("POST takes no parameters.")
        body = read_statement_body(request)
        received, in_batch = read_one_or_more(body.json)
        prepared = prepare(received, self.version, in_batch=in_batch)
        self._store(prepared, received, body)
        return json_answer(json.dumps([one.id for one in prepared]).encode())

    def put(self, request: HttpRequest) -> HttpResponse:
        parameters = read_parameters(request)
        if extra := sorted(parameters.keys() - {"statementId"}):
            raise InvalidParameter(f"{extra[0][:80]}: unknown parameter")
        name = checked(statement_id, parameters)
        body = read_statement_body(request)
        received = read_one(body.json)
        self._store([prepare_put(received, self.version, name)], [received], body)
        return HttpResponse(status=204)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        parameters = read_parameters(request)
        if "more" in parameters:
            return self._next_page(parameters)
        query = checked(read_query, parameters, self.version, decode_parameter)
        if isinstance(query, OneQuery):
            return self._one(query)
        horizon = tell_horizon()
        return self._page(query, whole_range(query, horizon), horizon)

    def _store(self, prepared: Sequence[Prepared], received: Sequence[Received], body: Body) -> None:
        client = self.access.client
        statements = [one.value for one in received]
        with attached(body.parts, statements, self.version) as sent, in_storage(sent, client.pk) as kept:
            data = store.Data(frozenset(sent), kept)
            store.write(prepared, client=client.pk, authority=authority_of(client), data=data)

    def _one(self, query: OneQuery) -> HttpResponseBase:
        horizon, row = find_one(query.id, self.owner, voided=query.voided)
        if row is None:
            raise NotFound("There is no such Statement.")
        response = self._answer(query, self._texts([row], query.format)[0], [row])
        response["Last-Modified"] = http_date(row.seq // MICROSECONDS)
        response[CONSISTENT_THROUGH] = written(horizon)
        return response

    def _next_page(self, parameters: dict[str, str]) -> HttpResponseBase:
        if len(parameters) > 1:
            raise InvalidCursor("more: takes no further parameter")
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        try:
            cursor = more.read(parameters["more"], now=int(time.time()), secrets=secrets)
        except more.BadCursor as error:
            raise InvalidCursor("more: was changed, or is older than 7 days") from error
        if cursor.client != self.access.client.pk:
            raise ForeignCursor("more: was given to another client")
        horizon = tell_horizon()
        return self._page(cursor.query, whole_range(cursor.query, horizon).beyond(cursor.seq), horizon)

    def _page(self, query: ListQuery, part: Range, horizon: int) -> HttpResponseBase:
        most = settings.LRS_PAGE_SIZE
        limit = min(query.limit or most, most)
        rows = find(query, part, self.owner, count=limit + 1)
        texts = _fitted(self._texts(rows[:limit], query.format))
        address = self._more(query, rows[len(texts) - 1].seq) if len(texts) < len(rows) else ""
        body = b'{"statements":[' + b",".join(texts) + b'],"more":"%s"}' % address.encode()
        response = self._answer(query, body, rows[: len(texts)])
        response[CONSISTENT_THROUGH] = written(horizon)
        return response

    def _texts(self, rows: Sequence[Row], chosen: str) -> list[bytes]:
        return formats.texts(rows, chosen, self.owner, _languages(self.request) if chosen == "canonical" else ())

    def _answer(self, query: ListQuery | OneQuery, body: bytes, rows: Sequence[Row]) -> HttpResponseBase:
        response = _with_attachments(body, rows) if query.attachments else json_answer(body)
        if query.format == "canonical":
            patch_vary_headers(response, ["Accept-Language"])
        return response

    def _more(self, query: ListQuery, seq: int) -> str:
        cursor = more.Cursor(self.access.client.pk, seq, query)
        return f"{PATH}?more={more.written(cursor, now=int(time.time()), secret=settings.SECRET_KEY)}"


def _languages(request: HttpRequest) -> list[str]:
    return [*read_preferences(request.headers.get("Accept-Language", "")), LmsSettings.current().language]


def _fitted(texts: list[bytes]) -> list[bytes]:
    """As many as LRS_MAX_PAGE_BYTES allows, at least one."""
    size = 0
    for index, text in enumerate(texts):
        size += len(text)
        if index and settings.LRS_MAX_PAGE_BYTES and size > settings.LRS_MAX_PAGE_BYTES:
            return texts[:index]
    return texts


def _with_attachments(body: bytes, rows: Sequence[Row]) -> HttpResponseBase:
    """§2.1.3: always multipart/mixed, with each data once, in pieces."""
    written = multipart.written(body, of_statements(row.seq for row in rows if row.flags & Bits.HAS_DATA))
    response = StreamingHttpResponse(written.chunks, content_type=f"multipart/mixed; boundary={written.boundary}")
    response["Content-Length"] = str(written.length)
    return response
