"""Learners of this LMS who take part in another LMS's event: on the page of the mirrored event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.frame import Step, administrator, show
from clients.pages.reach import demand, find, permits
from clients.pages.sentences import told
from lms_oauth import learners
from shared_events.models import Booking, BookingState, MirrorEvent, Peer
from shared_events.models.booking import ENDED
from shared_events.pages.participants import DIGITS, FOUND, may_know_users
from shared_events.pages.peer import above
from shared_events.peers import registering
from shared_events.profiles import registrations_enabled


@dataclass(frozen=True, slots=True)
class Row:
    booking: Booking
    name: str


@dataclass(frozen=True, slots=True)
class Participants:
    """What an administrator sees and may do there. ``offered``: users found, and whether each is registered."""

    rows: Sequence[Row]
    known: bool
    may_edit: bool
    may_add: bool
    words: str
    offered: Sequence[tuple[learners.Learner, bool]]

    @property
    def shown(self) -> bool:
        return bool(self.rows) or self.may_add


def shown(request: HttpRequest, user: Administrator, mirror: MirrorEvent) -> Participants:
    known, may_edit = may_know_users(user), permits(Peer.objects.all(), user, mirror.peer_id, Action.EDIT)
    may_add = known and may_edit and mirror.removed_at is None and mirror.peer.may_register and registrations_enabled()
    words = request.GET.get("find", "").replace("\0", "").strip()[:100]
    offered = _offered(mirror, words) if words and may_add else []
    return Participants(_rows(mirror.bookings.all(), known=known), known, may_edit, may_add, words, offered)


def _rows(bookings: Iterable[Booking], *, known: bool) -> list[Row]:
    bookings = list(bookings)
    users = {one.user for one in bookings if one.user is not None}
    names = {one.pk: one.name for one in learners.find(users)} if known else {}
    unnamed = _("Deleted user") if known else _("Participant %(number)s")
    return [Row(one, names.get(one.user or 0) or unnamed % {"number": one.pk}) for one in bookings]


def _offered(mirror: MirrorEvent, words: str) -> list[tuple[learners.Learner, bool]]:
    people = learners.search(words, FOUND)
    live = mirror.bookings.filter(user__in=[one.pk for one in people]).exclude(state__in=ENDED)
    there = set(live.values_list("user", flat=True))
    return [(one, one.pk in there) for one in people]


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    demand(request, Action.VIEW, ObjectType.USER)
    mirror = _mirror(request, pk)
    sent = request.POST.get("user", "")
    person = next(iter(learners.find([int(sent)])), None) if sent.isdecimal() and len(sent) < DIGITS else None
    if person is None or person.blocked:
        messages.error(request, _("Not added: choose a user who is not blocked."))
        return redirect(mirror)
    try:
        booking = registering.register(mirror, person.pk, by=Origin.of(request))
    except registering.NotRegistered as error:
        messages.error(request, told(str(error)))
        return redirect(mirror)
    _tell(request, booking, person.name)
    return redirect(mirror)


def _tell(request: HttpRequest, booking: Booking, name: str) -> None:
    if booking.state == BookingState.CONFIRMED:
        messages.success(request, _("%(name)s has a seat.") % {"name": name})
    elif booking.state == BookingState.WAITLISTED:
        messages.success(request, _("%(name)s is on the waiting list: no seat is free.") % {"name": name})
    elif booking.state == BookingState.FAILED:
        messages.error(request, _("Not registered: %(reason)s") % {"reason": told(booking.problem)})
    else:
        messages.warning(request, _("The host has not answered yet. This LMS goes on asking."))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int, booking: int) -> HttpResponse:
    mirror = _mirror(request, pk)
    one = get_object_or_404(mirror.bookings, pk=booking)
    if request.method == "POST":
        registering.cancel(one, by=Origin.of(request))
        one.refresh_from_db()
        if one.live:
            messages.warning(request, _("The host has not answered yet. This LMS goes on asking."))
        else:
            messages.success(request, _("Registration cancelled."))
        return redirect(mirror)
    if not one.live:
        return redirect(mirror)
    (row,) = _rows([one], known=may_know_users(administrator(request)))
    steps = [*above(mirror.peer), Step(mirror.title, mirror.get_absolute_url())]
    title = _("Cancel registration")
    return show(request, "shared_events/booking_cancel.html", title=title, above=steps, event=mirror, row=row)


def _mirror(request: HttpRequest, pk: int) -> MirrorEvent:
    """Who may change the peer may take seats there."""
    user = administrator(request)
    in_reach = MirrorEvent.objects.filter(peer__in=Peer.objects.in_reach_of(user, Action.VIEW))
    mirror = get_object_or_404(in_reach.select_related("peer"), pk=pk)
    find(Peer.objects.all(), user, mirror.peer_id, Action.EDIT)
    return mirror
