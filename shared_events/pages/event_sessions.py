"""Tab Sessions of an event. Rows are added and removed by submits that save nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.administration import Action
from clients.audit import Origin
from clients.pages.frame import show
from clients.pages.reach import needed
from shared_events import scheduling
from shared_events.models import Event
from shared_events.pages.event_tabs import above, editable, found, tabs
from shared_events.pages.sessions_form import SessionsForm, changed, stored, typed


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest, pk: int) -> HttpResponse:
    user, event = found(request, pk, needed(request, Action.EDIT))
    form, asked = _form(request, event)
    if form.is_valid() and _save(request, event, form):
        messages.success(request, _("Changes saved."))
        return redirect("event-sessions", pk)
    if not editable(user, event):
        form.only_show()
    return show(
        request,
        "shared_events/event_sessions.html",
        title=_("%(name)s, Sessions") % {"name": event.title},
        here=_("Sessions"),
        above=above(event),
        tabs=tabs(event, "event-sessions"),
        event=event,
        form=form,
        unsaved=asked,
        full=len(form.rows) >= scheduling.MAX_SESSIONS,
    )


def _form(request: HttpRequest, event: Event) -> tuple[SessionsForm, bool]:
    """The form, and whether it shows what is not saved yet."""
    if request.method != "POST":
        return SessionsForm(None, event=event, rows=stored(event)), False
    rows = typed(request.POST)
    other = changed(rows, request.POST)
    if other is None:
        return SessionsForm(request.POST, event=event, rows=rows), False
    form = SessionsForm(None, event=event, rows=other)
    form.initial["version"] = request.POST.get("version", "")
    return form, True


def _save(request: HttpRequest, event: Event, form: SessionsForm) -> bool:
    version = form.cleaned_data["version"]
    try:
        scheduling.set_sessions(event, form.parts, version=version, by=Origin.of(request))
    except scheduling.EventChanged:
        form.add_error(None, _("Somebody saved this event after you opened the page. Open it again and repeat."))
        return False
    return True
