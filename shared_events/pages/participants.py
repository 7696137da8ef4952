"""Tab Participants of an event: who has a seat, who waits, and what an administrator does about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.download import stream_csv
from clients.pages.frame import Step, show
from clients.pages.reach import demand, permits
from clients.pages.table import Column, Filter, Option, Table
from lms_oauth import learners
from shared_events.models import Event, Registration, State
from shared_events.pages.event_tabs import above, editable, found, rows, tabs
from shared_events.registrations import seating

_SHOWN_OF_REF = 12
FOUND = 20  # users that a search offers
_REFUSALS: dict[type[seating.Refused], Any] = {
    seating.Full: gettext_lazy("Not added: no seat is free, and no place on the waiting list."),
    seating.Closed: gettext_lazy("Not added: the event is cancelled or archived."),
    seating.AlreadyRegistered: gettext_lazy("Not added: this user is registered already."),
    seating.NotPossible: gettext_lazy("Nothing was changed: the list was changed meanwhile. Look again."),
}


@dataclass(frozen=True, slots=True)
class Participant:
    """A registration as the pages show it. ``name`` tells of a user only who may look at users."""

    registration: Registration
    name: str
    user_name: str
    url: str
    position: int | None  # on the waiting list

    @property
    def first(self) -> bool:
        return self.position == 1


def may_know_users(user: Administrator) -> bool:
    """Users bear no labels: who may look at them may look at all."""
    return user.may(Action.VIEW, ObjectType.USER)


@require_safe
def participants(request: HttpRequest, pk: int) -> HttpResponse:
    user, event = found(request, pk, Action.VIEW)
    known, may_edit = may_know_users(user), editable(user, event)
    listing = _TABLE.listing(request, _registrations(event, request.GET.get("state", "")), limited=False)
    may_add = known and may_edit and (event.enrolment is None or event.enrolment.accepting) and not event.cancelled
    words = request.GET.get("find", "").replace("\0", "").strip()[:100]
    shown = _shown(event, list(listing.page), known=known)
    return show(
        request,
        "shared_events/participants.html",
        title=_("%(name)s, Participants") % {"name": event.title},
        here=_("Participants"),
        above=above(event),
        tabs=tabs(event, "event-participants"),
        event=event,
        seats=event.enrolment,
        listing=listing,
        rows=shown,
        waiting=event.enrolment.waitlisted if event.enrolment else 0,
        known=known,
        may_edit=may_edit,
        may_add=may_add,
        words=words,
        offered=_offered(event, words) if words and may_add else [],
        may_print=known,
        may_download=known and permits(rows(), user, pk, Action.DOWNLOAD),
    )


def _registrations(event: Event, state: str) -> "QuerySet[Registration]":
    """Those that ended only where they are asked for."""
    all_of_them = Registration.objects.filter(seats=event.pk)
    all_of_them = all_of_them.select_related("client")
    return all_of_them if state == State.CANCELLED else all_of_them.exclude(state=State.CANCELLED)


def _shown(event: Event, registrations: Sequence[Registration], *, known: bool) -> list[Participant]:
    waiting = Registration.objects.filter(seats=event.pk, state=State.WAITLISTED).order_by("number")
    positions = {pk: place for place, pk in enumerate(waiting.values_list("pk", flat=True), 1)}
    users = {one.user for one in registrations if one.user is not None}
    people = {one.pk: one for one in learners.find(users)} if known else {}
    return [_participant(one, people.get(one.user or 0), positions.get(one.pk), known=known) for one in registrations]


def _participant(
    registration: Registration, person: learners.Learner | None, position: int | None, *, known: bool
) -> Participant:
    if registration.client is not None:
        of_whom = {"ref": registration.ref[:_SHOWN_OF_REF], "lms": registration.client.name}
        return Participant(registration, _("%(ref)s of %(lms)s") % of_whom, "", "", position)
    if person is None:
        name = _("Deleted user") if known else _("Participant %(number)s") % {"number": registration.pk}
        return Participant(registration, name, "", "", position)
    return Participant(registration, person.name, person.user_name, reverse("lms-user", args=[person.pk]), position)


def _offered(event: Event, words: str) -> list[tuple[learners.Learner, bool]]:
    """Users whom the words fit, and whether each is registered."""
    people = learners.search(words, FOUND)
    live = Registration.objects.filter(seats=event.pk, user__in=[one.pk for one in people])
    there = set(live.exclude(state=State.CANCELLED).values_list("user", flat=True))
    return [(one, one.pk in there) for one in people]


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    demand(request, Action.VIEW, ObjectType.USER)
    _user, event = found(request, pk, Action.EDIT)
    sent = request.POST.get("user", "")
    person = next(iter(learners.find([int(sent)])), None) if sent.isdecimal() and len(sent) < DIGITS else None
    if person is None or person.blocked:
        messages.error(request, _("Not added: choose a user who is not blocked."))
        return redirect("event-participants", pk)
    try:
        made = seating.enrol(event, person.pk, by=Origin.of(request))
    except seating.Refused as refusal:
        messages.error(request, _REFUSALS[type(refusal)])
        return redirect("event-participants", pk)
    if made.state == State.CONFIRMED:
        messages.success(request, _("%(name)s has a seat.") % {"name": person.name})
    else:
        messages.success(request, _("%(name)s is on the waiting list: no seat is free.") % {"name": person.name})
    return redirect("event-participants", pk)


DIGITS = 19  # of a number that every database takes


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int, registration: int) -> HttpResponse:
    user, event, one = _one(request, pk, registration)
    if request.method == "POST":
        return _done(request, event, lambda by: _cancelled(seating.cancel(one, by=by)))
    return _confirm(request, "shared_events/participant_cancel.html", _("Cancel registration"), (user, event, one))


def _cancelled(promoted: list[int | str]) -> str:
    if not promoted:
        return _("Registration cancelled.")
    return _("Registration cancelled. The seat went to the first on the waiting list.")


@require_http_methods(["GET", "HEAD", "POST"])
def give_seat(request: HttpRequest, pk: int, registration: int) -> HttpResponse:
    user, event, one = _one(request, pk, registration)
    if request.method == "POST":

        def give(by: Origin) -> str:
            seating.give_seat(one, by=by)
            return _("Seat given.")

        return _done(request, event, give)
    return _confirm(request, "shared_events/participant_seat.html", _("Give a seat"), (user, event, one))


@require_POST
def move(request: HttpRequest, pk: int, registration: int) -> HttpResponse:
    _user, event, one = _one(request, pk, registration)

    def change_places(by: Origin) -> str:
        seating.move(one, up=request.POST.get("direction") != "down", by=by)
        return _("Moved.")

    return _done(request, event, change_places)


def _one(request: HttpRequest, pk: int, registration: int) -> tuple[Administrator, Event, Registration]:
    user, event = found(request, pk, Action.EDIT)
    return (
        user,
        event,
        get_object_or_404(Registration.objects.select_related("client"), pk=registration, seats=event.pk),
    )


def _done(request: HttpRequest, event: Event, change: Any) -> HttpResponse:
    try:
        messages.success(request, change(Origin.of(request)))
    except seating.Refused as refusal:
        messages.error(request, _REFUSALS[type(refusal)])
    return redirect("event-participants", event.pk)


def _confirm(
    request: HttpRequest, template: str, title: str, about: tuple[Administrator, Event, Registration]
) -> HttpResponse:
    user, event, registration = about
    if not registration.live:
        return redirect("event-participants", event.pk)
    (participant,) = _shown(event, [registration], known=may_know_users(user))
    steps = [*above(event), Step(_("Participants"), reverse("event-participants", args=[event.pk]))]
    return show(
        request, template, title=title, above=steps, event=event, seats=event.enrolment, participant=participant
    )


@require_safe
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """To take along: who has a seat, with a line to sign, and who waits."""
    demand(request, Action.VIEW, ObjectType.USER)
    _user, event = found(request, pk, Action.VIEW)
    people = _everybody(event)
    steps = [*above(event), Step(_("Participants"), reverse("event-participants", args=[event.pk]))]
    return show(
        request,
        "shared_events/participants_print.html",
        title=_("Participant list"),
        above=steps,
        event=event,
        seated=[one for one in people if one.registration.state == State.CONFIRMED],
        waiting=[one for one in people if one.registration.state == State.WAITLISTED],
        at=timezone.now(),
    )


def _everybody(event: Event) -> list[Participant]:
    """By name; who waits by place."""
    people = _shown(event, list(_registrations(event, "")), known=True)
    return sorted(people, key=lambda one: (one.position or 0, one.name.casefold(), one.registration.pk))


@require_safe
def download(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    demand(request, Action.VIEW, ObjectType.USER)
    _user, event = found(request, pk, Action.DOWNLOAD)
    heads = [_("Name"), _("User name"), _("State"), _("Place on the waiting list"), _("Registered")]
    return stream_csv("participants", heads, map(_cells, _everybody(event)))


def _cells(one: Participant) -> list[Any]:
    registered = timezone.localtime(one.registration.created).isoformat(timespec="seconds")
    return [one.name, one.user_name, one.registration.get_state_display(), one.position or "", registered]


def _counted(count: int) -> str:
    return ngettext(
        "%(first)s–%(last)s of %(count)s registration", "%(first)s–%(last)s of %(count)s registrations", count
    )


_TABLE = Table(
    columns=(
        Column(gettext_lazy("Name")),
        Column(
            gettext_lazy("State"),
            "place",
            Coalesce(F("number"), 0),
            gettext_lazy("Seats first, then the waiting list"),
            gettext_lazy("End of the waiting list first"),
        ),
        Column(
            gettext_lazy("Registered"),
            "created",
            F("created"),
            gettext_lazy("Registered, earliest first"),
            gettext_lazy("Registered, latest first"),
        ),
        Column(gettext_lazy("Change")),
    ),
    sort="place",
    counted=_counted,
    filters=(
        Filter(
            "state",
            gettext_lazy("State"),
            gettext_lazy("Confirmed and waiting"),
            [Option(state.value, state.label) for state in State],
            lambda rows, value: rows.filter(state=value),
        ),
    ),
)
