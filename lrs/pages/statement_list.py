"""Menu > System > LRS statements."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.frame import administrator, show
from lrs.clock import tell_horizon
from lrs.pages.reach import clients_of, owners
from lrs.pages.statement_filter import StatementFilter, languages_of
from lrs.pages.statement_row import may_know_learners, shown
from lrs.query import Row, find_of, whole_range
from lrs.statement.parameters import ListQuery

_ROWS = 25


@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    asked = StatementFilter.of(request.GET, user)
    within = owners(user, Action.VIEW, asked.client)
    found = _page(asked.query, within, _place(request.GET)) if asked.query else []
    rows = found[:_ROWS]
    return show(
        request,
        "lrs/statement_list.html",
        status=422 if asked.problem else 200,
        title=_("LRS statements"),
        asked=asked,
        clients=clients_of(user, Action.VIEW).order_by("name", "pk"),
        rows=shown(rows, languages_of(get_language()), learners=may_know_learners(user)),
        state=_state(user, asked, rows),
        further=_with(request.GET, after=rows[-1].seq) if len(found) > _ROWS else "",
        from_start=_with(request.GET) if "after" in request.GET else "",
        downloads=_downloads(user, request.GET),
    )


def _page(query: ListQuery, within: Sequence[int] | None, place: int | None) -> list[Row]:
    """One row more than is shown. ``place``: the number of the last row of the page before."""
    if within is not None and not within:
        return []
    part = whole_range(query, tell_horizon())
    return find_of(query, part if place is None else part.beyond(place), within, count=_ROWS + 1)


def _place(sent: QueryDict) -> int | None:
    text = sent.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - a bigint


def _with(sent: QueryDict, **changed: int) -> str:
    kept = sent.copy()
    kept.pop("after", None)
    for name, value in changed.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"


def _downloads(user: Administrator, sent: QueryDict) -> dict[str, str]:
    if not user.may(Action.DOWNLOAD, ObjectType.STATEMENT):
        return {}
    return {kind: reverse(f"lrs-statements-{kind}") + _with(sent) for kind in ("csv", "jsonl", "download")}


def _state(user: Administrator, asked: StatementFilter, rows: Sequence[Row]) -> str:
    """As in ``clients.pages.table.Listing``, and ``refused``."""
    if asked.problem:
        return "refused"
    if rows:
        return "rows"
    if asked.narrowed:
        return "no_match"
    return "none_yet" if user.reach(Action.VIEW, ObjectType.STATEMENT) is None else "no_reach"
