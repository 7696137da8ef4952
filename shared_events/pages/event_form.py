"""The form of an event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.administration import Action, ObjectType
from clients.models import Administrator, LmsSettings
from clients.pages.forms import SwitchField, TextField
from clients.pages.label_field import LabelField
from clients.pages.labelled_form import LabelledForm
from shared_events import calendar
from shared_events.models import Event, EventKind, Stage, Status
from shared_events.pages.fields import LocalTimeField

MAX_INFO_BYTES = 64 * 1024
_COLUMNS = ("title", "kind", "location_name", "start", "time_zone", "info", "status", "stage", "shared")


class EventForm(LabelledForm):
    """A cancelled event has no field Status: nothing takes a cancellation back."""

    title = TextField(_("Name"), limit=255, ask=_("Enter a name for the event."))
    kind = forms.ChoiceField(label=_("Kind"), choices=EventKind.choices)
    location_name = TextField(
        _("Location Name"),
        limit=255,
        help_text=_("Room or address; for an online event the name of the software, never the link to join."),
    )
    start = LocalTimeField(_("Start Time"), ask=_("Enter when the event starts."))
    end = LocalTimeField(_("End Time"), ask=_("Enter when the event ends."))
    time_zone = forms.ChoiceField(
        label=_("Time Zone"),
        help_text=_("Start and end are times on the clocks of this zone."),
        error_messages={"invalid_choice": _("Choose a time zone from the list.")},
    )
    info = forms.CharField(
        label=_("Additional Information for Participants"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Plain text."),
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=[(str(status), status.label) for status in (Status.PLANNED, Status.ACTIVE)]
    )
    stage = forms.ChoiceField(
        label=_("Stage"),
        choices=Stage.choices,
        help_text=_("Drafts and archived events are never seen by other LMSes."),
    )
    shared = SwitchField(_("Shared"))
    labels = LabelField(
        help_text=_(
            "Labels control which administrators reach this event. Choose the most specific ones: their parents are "
            "implied. Without a label, only administrators with unlimited permission reach it."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator, event: Event | None = None) -> None:
        borne = {label.pk for label in event.labels.all()} if event else set()
        super().__init__(data, initial=_initial(event, borne))
        self.label_field.limit_to(user, Action.EDIT if event else Action.ADD, borne, ObjectType.EVENT)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name) for name in calendar.zone_names()]
        self.fields["shared"].help_text = _shared_help()
        if event and event.cancelled:
            del self.fields["status"]

    def clean_info(self) -> str:
        """Lines end as in JSON documents, and the whole text fits into one."""
        info = str(self.cleaned_data["info"]).replace("\r\n", "\n")
        if len(info.encode()) > MAX_INFO_BYTES:
            raise ValidationError(_("Shorten the text: it may have up to 64 KiB."))
        return info

    def clean(self) -> dict[str, Any]:
        """The end comes after the start, and the clocks of the zone show both."""
        cleaned: dict[str, Any] = self.cleaned_data
        if not {"start", "end", "time_zone"} <= set(cleaned):
            return cleaned
        start, end = (self._instant(name, cleaned[name], cleaned["time_zone"]) for name in ("start", "end"))
        if start and end and end <= start:
            self.add_error("end", _("Enter an end after the start."))
        elif start and end:
            cleaned["duration_seconds"] = calendar.seconds_between(start, end)
        return cleaned

    def _instant(self, name: str, local: datetime, zone: str) -> datetime | None:
        try:
            return calendar.existing_instant(local, zone)
        except calendar.NonexistentLocalTime:
            words = _("Enter another time: the clocks of %(zone)s are put forward then and skip this one.")
            self.add_error(name, ValidationError(words, code="nonexistent", params={"zone": zone}))
            return None

    @property
    def values(self) -> dict[str, Any]:
        """What the event's own columns shall be."""
        return {name: self.cleaned_data[name] for name in (*_COLUMNS, "duration_seconds") if name in self.cleaned_data}


def _initial(event: Event | None, borne: set[int]) -> dict[str, Any]:
    if event is None:
        return {"time_zone": LmsSettings.current().time_zone or "UTC", "stage": Stage.PUBLISHED}
    return {**{name: getattr(event, name) for name in _COLUMNS}, "end": event.end, "labels": borne}


def _shared_help() -> Any:
    if LmsSettings.current().shared_events_enabled:
        return _("Other LMSes that synchronize events with this one see it.")
    return _("Shared events are off for this LMS: this has no effect now.")
