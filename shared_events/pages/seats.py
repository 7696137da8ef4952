"""Tab Seats of an event: how many there are, and the waiting list."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clients.administration import Action
from clients.audit import Origin
from clients.pages.forms import Form, SwitchField
from clients.pages.frame import sent, show
from clients.pages.reach import needed
from shared_events.models import Event, Seats
from shared_events.pages.event_tabs import above, editable, found, tabs
from shared_events.registrations import seating

_MOST = 1_000_000


def _number(label: Any, help_text: Any) -> forms.IntegerField:
    messages = {"invalid": _("Enter a whole number."), "min_value": _("Enter 1 or more.")}
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=_MOST, help_text=help_text, error_messages=messages
    )


class SeatsForm(Form):
    capacity = _number(_("Seats"), _("Empty: as many as want to come."))
    overbook = forms.BooleanField(
        label=_("Keep everybody who has a seat, and give none away until enough are back"),
        required=False,
        template_name="components/check.html",
    )
    minimum = _number(_("Minimum number of participants"), _("For your planning; nothing happens by itself."))
    waiting_list = SwitchField(
        _("Waiting list"),
        help_text=_("Who comes when all seats are taken waits, and gets a seat that is freed in the order of coming."),
    )
    waiting_limit = _number(_("Places on the waiting list"), _("Empty: no limit."))
    join_url = forms.URLField(
        label=_("Link to join"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Shown here only: other LMSes and calendar files are never told."),
        error_messages={"invalid": _("Enter an address that begins with https://.")},
    )

    def __init__(self, data: QueryDict | None, *, event: Event) -> None:
        row = event.enrolment or Seats(event_id=event.pk)
        super().__init__(data, initial={name: getattr(row, name) for name in seating.SETTABLE})
        self.asks = bool(data and "overbook" in data)  # whether the box to overbook is shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        capacity, minimum = cleaned.get("capacity"), cleaned.get("minimum")
        if capacity and minimum and minimum > capacity:
            self.add_error("minimum", _("Enter a number that is not above the number of seats."))
        return cleaned

    def refuse(self, taken: int) -> None:
        self.asks = True
        words = _("%(taken)s seats are taken: enter as many, or tick the box below.")
        self.add_error("capacity", ValidationError(words, code="oversold", params={"taken": taken}))


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, pk: int) -> HttpResponse:
    user, event = found(request, pk, needed(request, Action.EDIT))
    form = SeatsForm(sent(request), event=event)
    if form.is_valid() and _save(request, event, form):
        return redirect("event-seats", pk)
    if not editable(user, event):
        form.only_show()
    return show(
        request,
        "shared_events/event_seats.html",
        title=gettext("%(name)s, Seats") % {"name": event.title},
        here=_("Seats"),
        above=above(event),
        tabs=tabs(event, "event-seats"),
        event=event,
        seats=event.enrolment,
        form=form,
    )


def _save(request: HttpRequest, event: Event, form: SeatsForm) -> bool:
    values = {name: form.cleaned_data[name] for name in seating.SETTABLE}
    try:
        promoted = seating.set_seats(event, values, overbook=form.cleaned_data["overbook"], by=Origin.of(request))
    except seating.Oversold as refusal:
        form.refuse(refusal.taken)
        return False
    messages.success(request, _saved(len(promoted or ())))
    return True


def _saved(promoted: int) -> str:
    if not promoted:
        return gettext("Changes saved.")
    words = ngettext(
        "Changes saved. %(n)s from the waiting list got a seat.",
        "Changes saved. %(n)s from the waiting list got seats.",
        promoted,
    )
    return words % {"n": promoted}
