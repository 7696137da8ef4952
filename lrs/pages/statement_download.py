"""The filtered statements as CSV or JSON Lines, streamed in pages up to the horizon at the start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.pages.download import stream_csv
from clients.pages.frame import Step, administrator, show
from clients.pages.reach import demand
from lrs.clock import tell_horizon
from lrs.export import json_lines, pages
from lrs.pages.reach import owners
from lrs.pages.statement_columns import COLUMNS, MOST_PATHS, Layout
from lrs.pages.statement_filter import StatementFilter, languages_of
from lrs.pages.statement_row import shown
from lrs.query import Row, whole_range
from lrs.ranges import Range
from lrs.statement.parameters import ListQuery

_PREVIEW = 5
_CHOICE = ("column", "paths")


@dataclass(frozen=True, slots=True)
class Walk:
    """All that a filter finds, as of one moment."""

    query: ListQuery
    within: Sequence[int] | None
    part: Range

    @classmethod
    def of(cls, request: HttpRequest) -> "Walk":
        user = demand(request, Action.DOWNLOAD, ObjectType.STATEMENT)
        asked = StatementFilter.of(request.GET, user)
        if asked.query is None:
            raise Http404
        return cls(asked.query, owners(user, Action.DOWNLOAD, asked.client), whole_range(asked.query, tell_horizon()))

    def pages(self, size: int = 0) -> Iterator[list[Row]]:
        return pages(self.query, self.part, self.within, size)

    def ends(self) -> list[Row]:
        """The first and the last row; nothing where nothing is found."""
        other = not self.part.ascending
        turned = Walk(replace(self.query, ascending=other), self.within, self.part._replace(ascending=other))
        return [row for walk in (self, turned) for row in next(walk.pages(1), [])]


def _download(response: StreamingHttpResponse, walk: Walk) -> StreamingHttpResponse:
    """Between which moments the rows were stored: a script that knows where it is shows how far it is."""
    if ends := walk.ends():
        response["X-Stored-First"], response["X-Stored-Last"] = ends[0].stored, ends[-1].stored
    return response


@require_safe
def as_json_lines(request: HttpRequest) -> StreamingHttpResponse:
    walk = Walk.of(request)
    response = StreamingHttpResponse(json_lines(walk.pages()), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lrs-statements.jsonl"'
    return _download(response, walk)


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse | HttpResponseRedirect:
    walk, layout, languages = Walk.of(request), Layout.of(request.GET), languages_of(get_language())
    if layout.problem:
        return redirect(f"{reverse('lrs-statements-download')}?{request.GET.urlencode()}")
    cells = layout.table(walk.pages(), languages)
    return _download(stream_csv("lrs-statements", layout.heads(), cells), walk)


@require_safe
def as_typed_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Always the same columns under the same names, whatever the administrator's language."""
    walk, layout = Walk.of(request), Layout(COLUMNS, "")
    cells = layout.table(walk.pages(), ["en"])
    return _download(stream_csv("lrs-statements-typed", [one.key for one in COLUMNS], cells), walk)


@require_safe
def choice(request: HttpRequest) -> HttpResponse:
    """What to download: the columns, with the first rows as they will be."""
    walk, layout = Walk.of(request), Layout.of(request.GET)
    rows = [] if layout.problem else shown(next(walk.pages(_PREVIEW), []), languages_of(get_language()))
    kept = [(name, value) for name, values in request.GET.lists() if name not in _CHOICE for value in values]
    return show(
        request,
        "lrs/statement_download.html",
        status=422 if layout.problem else 200,
        title=_("Download statements"),
        above=[Step(_("LRS statements"), reverse("lrs-statements"))],
        layout=layout,
        columns=COLUMNS,
        most=MOST_PATHS,
        rows=[list(zip(layout.heads(), layout.cells(one), strict=True)) for one in rows],
        kept=kept,
        filters=StatementFilter.of(request.GET, administrator(request)),
        suffix=f"?{urlencode(kept)}",
    )
