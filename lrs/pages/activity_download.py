"""The tables of LRS activity as CSV, each for the period and client of the page."""

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.pages.download import stream_csv
from clients.pages.reach import demand
from lrs.models import Kind
from lrs.pages.activity import Asked, client_rows, moment, share
from lrs.pages.activity_numbers import Span, by_part, top
from lrs.pages.statement_filter import languages_of

_MOST = 1_000


def _asked(request: HttpRequest) -> Asked:
    return Asked.of(request.GET, demand(request, Action.DOWNLOAD, ObjectType.STATEMENT), Action.DOWNLOAD)


@require_safe
def periods(request: HttpRequest) -> StreamingHttpResponse:
    asked = _asked(request)
    parts = list(asked.period.parts())
    counted = zip(parts, by_part(parts, asked.clients), strict=True)
    rows = ([part.start.isoformat(), part.end.isoformat(), count] for part, count in counted)
    return stream_csv("lrs-activity", [_("From"), _("To"), _("Statements")], rows)


@require_safe
def clients(request: HttpRequest) -> StreamingHttpResponse:
    heads = [
        _("Client"),
        _("Statements"),
        _("Share (%)"),
        _("Statements since the first"),
        _("JSON (bytes)"),
        _("Documents"),
        _("Documents (bytes)"),
        _("Attachments"),
        _("Attachments (bytes)"),
        _("First statement"),
        _("Last statement"),
    ]
    rows = (
        [
            total.client.name,
            row.statements,
            row.share,
            total.statements,
            total.json_bytes,
            total.documents,
            total.document_bytes,
            total.attachments,
            total.attachment_bytes,
            _text(total.first),
            _text(total.last),
        ]
        for row in client_rows(_asked(request))
        for total in [row.total]
    )
    return stream_csv("lrs-activity-clients", heads, rows)


def _text(seq: int | None) -> str:
    return "" if seq is None else moment(seq).isoformat()


@require_safe
def verbs(request: HttpRequest) -> StreamingHttpResponse:
    return _top(request, Kind.VERB, "lrs-activity-verbs", _("Verb"))


@require_safe
def activities(request: HttpRequest) -> StreamingHttpResponse:
    return _top(request, Kind.ACTIVITY, "lrs-activity-activities", _("Activity"))


def _top(request: HttpRequest, kind: Kind, name: str, head: str) -> StreamingHttpResponse:
    asked = _asked(request)
    span = Span.of(asked.period)
    whole = span.statements(asked.clients)
    uses = top(kind, span, asked.clients, languages_of(get_language()), _MOST)
    rows = ([use.name, use.iri, use.statements, share(use.statements, whole)] for use in uses)
    return stream_csv(name, [head, _("IRI"), _("Statements"), _("Share (%)")], rows)
