"""The form of an event."""

from collections.abc import Mapping
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
from shared_events.models import Event, EventKind, ShareLabel, Stage, Status
from shared_events.pages.fields import LocalTimeField, existing_instant
from shared_events.pages.share_label_field import ShareLabelField
from shared_events.pages.share_label_rights import may_all
from shared_events.scheduling import LONGEST

MAX_INFO_BYTES = 64 * 1024
TOO_LONG = _("Enter an end within 366 days of the start: other LMSes refuse longer events.")
_COLUMNS = ("title", "kind", "location_name", "start", "time_zone", "info", "status", "stage", "shared")


class EventForm(LabelledForm):
    """No Status of a cancelled event, which nothing takes back; no times of one whose sessions tell them."""

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
    )  # archiving has a page of its own, so here is only the way back
    shared = SwitchField(_("Shared"))
    share_labels = ShareLabelField(
        help_text=_(
            "A client that is given only some share labels sees the event when it bears one of them, or one below. "
            "Clients that are given all shared events see it without a label too."
        ),
    )
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
        self._offer_share_labels(user, event)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name) for name in calendar.zone_names()]
        self.fields["shared"].help_text = _shared_help()
        if not event or event.stage != Stage.ARCHIVED:
            stage = self.fields["stage"]
            assert isinstance(stage, forms.ChoiceField)
            stage.choices = [choice for choice in Stage.choices if choice[0] != Stage.ARCHIVED]
        self.parts = event.parts if event else []
        if self.parts:
            del self.fields["start"], self.fields["end"]
        if event and event.cancelled:
            del self.fields["status"]

    def _offer_share_labels(self, user: Administrator, event: Event | None) -> None:
        """No field while there are none, unless for who may make the first."""
        field = self.fields["share_labels"]
        assert isinstance(field, ShareLabelField)
        if ShareLabel.objects.exists() or may_all(user, Action.ADD):
            field.offer(_share_labels_of(event))
        else:
            del self.fields["share_labels"]

    def clean_info(self) -> str:
        """Lines end as in JSON documents, and the whole text fits into one."""
        info = str(self.cleaned_data["info"]).replace("\r\n", "\n")
        if len(info.encode()) > MAX_INFO_BYTES:
            raise ValidationError(_("Shorten the text: it may have up to 64 KiB."))
        return info

    def clean(self) -> dict[str, Any]:
        """The end comes after the start, and the clocks of the zone show both."""
        cleaned: dict[str, Any] = self.cleaned_data
        if self.parts:
            self._check_parts()
            return cleaned
        if not {"start", "end", "time_zone"} <= set(cleaned):
            return cleaned
        zone = cleaned["time_zone"]
        start, end = (existing_instant(self, name, cleaned[name], zone) for name in ("start", "end"))
        if start and end and end <= start:
            self.add_error("end", _("Enter an end after the start."))
        elif start and end and end - start > LONGEST:
            self.add_error("end", TOO_LONG)
        elif start and end:
            cleaned["duration_seconds"] = calendar.seconds_between(start, end)
        return cleaned

    def _check_parts(self) -> None:
        """Sessions stay at their local times when the zone changes: its clocks have to show them."""
        for local in (time for part in self.parts for time in (part.start, part.end)):
            if "time_zone" in self.cleaned_data:
                existing_instant(self, "time_zone", local, self.cleaned_data["time_zone"])

    @property
    def chosen_share_labels(self) -> list[ShareLabel] | None:
        """None where the form asks for none: the event keeps those it bears."""
        if "share_labels" not in self.fields:
            return None
        return list(ShareLabel.objects.filter(pk__in=self.cleaned_data["share_labels"]))

    @property
    def values(self) -> dict[str, Any]:
        """What the event's own columns shall be."""
        return {name: self.cleaned_data[name] for name in (*_COLUMNS, "duration_seconds") if name in self.cleaned_data}


def _initial(event: Event | None, borne: set[int]) -> dict[str, Any]:
    if event is None:
        return {"time_zone": LmsSettings.current().time_zone or "UTC", "stage": Stage.PUBLISHED}
    labels = {"labels": borne, "share_labels": _share_labels_of(event)}
    return {**{name: getattr(event, name) for name in _COLUMNS}, "end": event.end, **labels}


def _share_labels_of(event: Event | None) -> set[int]:
    return {label.pk for label in event.share_labels.all()} if event else set()


def _shared_help() -> Any:
    if LmsSettings.current().shared_events_enabled:
        return _("Other LMSes that synchronize events with this one see it.")
    return _("Shared events are off for this LMS: this has no effect now.")
