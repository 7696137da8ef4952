"""The change feed."""

from django.http import HttpResponse, QueryDict
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from rest_framework.request import Request

from clients.audit import Origin
from shared_events.feed import DEFAULT_ITEMS, MAX_ITEMS, Query, read_page
from shared_events.models import Kind
from shared_events.problems import Malformed
from shared_events.profiles import served_kinds
from shared_events.views.base import READ, SharedEventsView, single

_KINDS = frozenset(Kind.values)
_LONGEST_NUMBER = 9


@method_decorator(gzip_page, name="dispatch")
class Changes(SharedEventsView):
    rights = READ

    def get(self, request: Request) -> HttpResponse:
        query = parse(request.query_params, served_kinds(self.sharing))
        client = self.access.client
        text = read_page(client, query, Origin.client(client.name, request._request))  # noqa: SLF001
        return HttpResponse(text, content_type="application/json", headers={"Cache-Control": "no-store"})


def parse(parameters: QueryDict, served: frozenset[str]) -> Query:
    """Malformed where a parameter is repeated or says nothing; a limit above the greatest is the greatest."""
    return Query(
        cursor=single(parameters, "cursor"),
        last=single(parameters, "last"),
        limit=_limit(single(parameters, "limit")),
        kinds=_kinds(single(parameters, "kinds"), served),
    )


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_ITEMS
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER and int(text)):
        raise Malformed("limit: not a whole number from 1.")
    return min(int(text), MAX_ITEMS)


def _kinds(text: str, served: frozenset[str]) -> frozenset[str]:
    """Those asked for that are served to this client."""
    if not text:
        return served
    asked = frozenset(text.split(","))
    if unknown := asked - _KINDS:
        raise Malformed(f"kinds: {len(unknown)} of them unknown.")
    return asked & served
