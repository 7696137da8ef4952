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
from clients.pages.frame import administrator, show
from clients.pages.table import Column, Filter, Option, Table
from shared_events.models import Event, Stage, Status

_COLUMNS = (
    Column(_("Name"), "title", Lower("title"), _("Name, A to Z"), _("Name, Z to A")),
    Column(
        _("Start"), "starts_at", F("starts_at"), _("Start, earliest first"), _("Start, latest first"), newest_first=True
    ),
    Column(_("Kind")),
    Column(_("Status")),
    Column(_("Shared")),
    UPDATED,
)


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    reach = user.reach(Action.VIEW, ObjectType.EVENT)
    listing = _TABLE.listing(request, Event.objects.in_reach_of(user, Action.VIEW), limited=reach is not None)
    return show(
        request,
        "shared_events/event_list.html",
        title=_("Events"),
        listing=listing,
        rows=list(listing.page),
        sharing=LmsSettings.current().shared_events_enabled,
        add_url=reverse("event-add") if user.may(Action.ADD, ObjectType.EVENT) else "",
        download_url=_download_url(request) if user.may(Action.DOWNLOAD, ObjectType.EVENT) else "",
    )


def _download_url(request: HttpRequest) -> str:
    return f"{reverse('events-ics')}?{request.GET.urlencode()}"


def found(request: HttpRequest, rows: "QuerySet[Event]") -> "QuerySet[Event]":
    """Those of ``rows`` that the list shows, on all its pages."""
    return _TABLE.found(request, rows)


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s event", "%(first)s–%(last)s of %(count)s events", count)


def _at_time(rows: QuerySet[Any], when: str) -> QuerySet[Any]:
    past = Q(ends_at__lte=timezone.now())
    return rows.filter(past if when == "past" else ~past)


def _options(choices: type[Status] | type[Stage]) -> list[Option]:
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
        Filter("status", _("Status"), _("Any status"), _options(Status), lambda rows, value: rows.filter(status=value)),
        Filter("stage", _("Stage"), _("Any stage"), _options(Stage), lambda rows, value: rows.filter(stage=value)),
        Filter(
            "shared",
            _("Shared"),
            _("Yes and no"),
            [Option("yes", _("Yes")), Option("no", _("No"))],
            lambda rows, value: rows.filter(shared=value == "yes"),
        ),
    ),
)
