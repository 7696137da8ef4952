"""Menu > System > Events."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import LmsSettings
from clients.pages.columns import UPDATED
from clients.pages.frame import Tab, administrator, show
from clients.pages.table import Column, Filter, Listing, Option, Table
from shared_events.models import Event, EventKind, Stage, Status
from shared_events.pages.share_label_rights import may_all

_COLUMNS = (
    Column(_("Name"), "title", Lower("title"), _("Name, A to Z"), _("Name, Z to A")),
    Column(
        _("Start"), "starts_at", F("starts_at"), _("Start, earliest first"), _("Start, latest first"), newest_first=True
    ),
    Column(_("Kind")),
    Column(_("Status")),
    Column(_("Shared")),
    Column(_("Seats")),
    UPDATED,
)


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    reach = user.reach(Action.VIEW, ObjectType.EVENT)
    within = Event.objects.in_reach_of(user, Action.VIEW).select_related("seats")
    listing = _TABLE.listing(request, within, limited=reach is not None)
    return show(
        request,
        "shared_events/event_list.html",
        title=_("Events"),
        listing=listing,
        rows=list(listing.page),
        views=views(request, "events"),
        sharing=LmsSettings.current().shared_events_enabled,
        add_url=reverse("event-add") if user.may(Action.ADD, ObjectType.EVENT) else "",
        labels_url=reverse("share-labels") if may_all(user, Action.VIEW) else "",
        download_url=_download_url(request) if user.may(Action.DOWNLOAD, ObjectType.EVENT) else "",
    )


def _download_url(request: HttpRequest) -> str:
    return f"{reverse('events-ics')}?{request.GET.urlencode()}"


def found(request: HttpRequest, rows: "QuerySet[Event]") -> "QuerySet[Event]":
    """Those of ``rows`` that the list shows, on all its pages."""
    return _TABLE.found(request, rows)


def filters_of(request: HttpRequest) -> Listing:
    """Search and filters as they are chosen, of no rows."""
    return _TABLE.listing(request, Event.objects.none(), limited=False)


def views(request: HttpRequest, current: str) -> list[Tab]:
    """The same search and filters as a list and as a calendar."""
    kept = request.GET.copy()
    for name in set(kept) - {"q", *(one.name for one in _TABLE.filters)}:
        del kept[name]
    query = f"?{kept.urlencode()}" if kept else ""
    pages = {"events": _("List"), "events-calendar": _("Calendar")}
    return [Tab(words, reverse(name) + query, name == current) for name, words in pages.items()]


def _by_seats(rows: QuerySet[Any], word: str) -> QuerySet[Any]:
    full = Q(seats__capacity__isnull=False, seats__seats_taken__gte=F("seats__capacity"))
    conditions = {"free": ~full, "full": full, "waiting": Q(seats__waitlisted__gt=0)}
    return rows.filter(conditions[word])


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s event", "%(first)s–%(last)s of %(count)s events", count)


def _at_time(rows: QuerySet[Any], when: str) -> QuerySet[Any]:
    past = Q(ends_at__lte=timezone.now())
    return rows.filter(past if when == "past" else ~past)


def _options(choices: type[EventKind] | type[Status] | type[Stage]) -> list[Option]:
    return [Option(choice.value, choice.label) for choice in choices]


_TABLE = Table(
    columns=_COLUMNS,
    sort="-starts_at",
    counted=_counted,
    search=("title", "location_name"),
    filters=(
        Filter(
            "when",
            _("When"),
            _("Any time"),
            [Option("upcoming", _("Upcoming")), Option("past", _("Past"))],
            _at_time,
        ),
        Filter("kind", _("Kind"), _("Any kind"), _options(EventKind), lambda rows, value: rows.filter(kind=value)),
        Filter("status", _("Status"), _("Any status"), _options(Status), lambda rows, value: rows.filter(status=value)),
        Filter("stage", _("Stage"), _("Any stage"), _options(Stage), lambda rows, value: rows.filter(stage=value)),
        Filter(
            "shared",
            _("Shared"),
            _("Yes and no"),
            [Option("yes", _("Yes")), Option("no", _("No"))],
            lambda rows, value: rows.filter(shared=value == "yes"),
        ),
        Filter(
            "seats",
            _("Seats"),
            _("Any number"),
            [Option("free", _("Seats free")), Option("full", _("Full")), Option("waiting", _("With a waiting list"))],
            _by_seats,
        ),
    ),
)
