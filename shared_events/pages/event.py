"""Add, edit and cancel an event."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator, Client
from clients.pages.frame import Step, administrator, sent, show
from clients.pages.reach import demand, find, needed, permits
from shared_events import actions
from shared_events.models import Event, Exposure, Kind
from shared_events.pages.event_form import EventForm


def _above(event: Event | None = None) -> list[Step]:
    steps = [Step(_("Events"), reverse("events"))]
    return [*steps, Step(event.title, event.get_absolute_url())] if event else steps


def _rows() -> "QuerySet[Event]":
    return Event.objects.select_related("created_by", "updated_by")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.ADD, ObjectType.EVENT)
    form = EventForm(sent(request), user=user)
    if not form.is_valid():
        return show(request, "shared_events/event_add.html", title=_("Add event"), above=_above(), form=form)
    event = actions.create_event(values=form.values, labels=form.chosen_labels, by=Origin.of(request))
    messages.success(request, _("Event created."))
    return redirect(event)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    event = find(_rows(), user, pk, needed(request, Action.EDIT))
    form = EventForm(sent(request), user=user, event=event)
    if not permits(_rows(), user, pk, Action.EDIT):
        form.only_show()
    if form.is_valid():
        actions.update_event(event, values=form.values, labels=form.chosen_labels, by=Origin.of(request))
        messages.success(request, _("Changes saved."))
        return redirect(event)
    return show(request, "shared_events/event.html", title=event.title, above=_above(), form=form, event=event)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of its own, since nothing takes a cancellation back."""
    user = administrator(request)
    event = find(_rows(), user, pk, Action.EDIT)
    if request.method == "POST":
        if actions.cancel_event(event, by=Origin.of(request)):
            messages.success(request, _("Event cancelled."))
        return redirect(event)
    if event.cancelled:
        return redirect(event)
    return show(
        request,
        "shared_events/event_cancel.html",
        title=_("Cancel event"),
        above=_above(event),
        event=event,
        affected=_affected(event, user),
    )


def _affected(event: Event, user: Administrator) -> list[str]:
    """Who was sent the event: clients in reach by name, the others by number."""
    readers = Exposure.objects.filter(kind=Kind.EVENT, ref=event.uid).values("client")
    names = Client.objects.in_reach_of(user, Action.VIEW).filter(pk__in=readers).order_by("name")
    known = list(names.values_list("name", flat=True))
    if others := readers.count() - len(known):
        return [*known, ngettext("%(n)s other LMS", "%(n)s other LMSes", others) % {"n": others}]
    return known
