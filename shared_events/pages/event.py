"""Add, edit, cancel and archive an event."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.frame import sent, show
from clients.pages.reach import demand, needed
from shared_events import actions
from shared_events.models import Event, Exposure, Kind, Stage
from shared_events.pages.event_form import EventForm
from shared_events.pages.event_tabs import above, editable, found, tabs
from shared_events.pages.readers import named


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.ADD, ObjectType.EVENT)
    form = EventForm(sent(request), user=user)
    if not form.is_valid():
        return show(request, "shared_events/event_add.html", title=_("Add event"), above=above(), form=form)
    event = actions.create_event(
        values=form.values,
        labels=form.chosen_labels,
        share_labels=form.chosen_share_labels or (),
        by=Origin.of(request),
    )
    messages.success(request, _("Event created."))
    return redirect(event)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, event = found(request, pk, needed(request, Action.EDIT))
    form = EventForm(sent(request), user=user, event=event)
    if may_look_only := not editable(user, event):
        form.only_show()
    if form.is_valid():
        actions.update_event(
            event,
            values=form.values,
            labels=form.chosen_labels,
            share_labels=form.chosen_share_labels,
            by=Origin.of(request),
        )
        messages.success(request, _("Changes saved."))
        return redirect(event)
    return show(
        request,
        "shared_events/event.html",
        title=event.title,
        above=above(),
        tabs=tabs(event, "event"),
        form=form,
        event=event,
        may_end=not may_look_only,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of its own, since nothing takes a cancellation back."""
    user, event = found(request, pk, Action.EDIT)
    if request.method == "POST":
        if actions.cancel_event(event, by=Origin.of(request)):
            messages.success(request, _("Event cancelled."))
        return redirect(event)
    if event.cancelled:
        return redirect(event)
    return _confirm(request, "shared_events/event_cancel.html", _("Cancel event"), event, user)


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    user, event = found(request, pk, Action.EDIT)
    if request.method == "POST":
        if actions.archive_event(event, by=Origin.of(request)):
            messages.success(request, _("Event archived."))
        return redirect(event)
    if event.stage == Stage.ARCHIVED:
        return redirect(event)
    return _confirm(request, "shared_events/event_archive.html", _("Archive event"), event, user)


def _confirm(request: HttpRequest, template: str, title: str, event: Event, user: Administrator) -> HttpResponse:
    """Names who is affected before it happens."""
    return show(
        request,
        template,
        title=title,
        above=above(event),
        event=event,
        seats=event.enrolment,
        affected=_affected(event, user),
    )


def _affected(event: Event, user: Administrator) -> list[str]:
    """Who was sent the event."""
    sent_to = Exposure.objects.filter(kind=Kind.EVENT, ref=event.uid)
    return named(set(sent_to.values_list("client_id", flat=True)), user)
