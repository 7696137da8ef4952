"""The form of an event's sessions: as many rows as there are, more or fewer by a submit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from clients.pages.forms import Form, TextField
from shared_events import calendar
from shared_events.models import Event
from shared_events.pages.event_form import TOO_LONG
from shared_events.pages.fields import LocalTimeField, existing_instant
from shared_events.scheduling import LONGEST, MAX_SESSIONS, Part

_COLUMNS = ("sid", "start", "end", "location", "link")
Raw = Mapping[str, Any]  # by column: a session as it is stored, or as it was typed


@dataclass(frozen=True, slots=True)
class Row:
    """One session's fields as the page shows them."""

    number: int
    sid: BoundField
    start: BoundField
    end: BoundField
    location: BoundField
    link: BoundField


class SessionsForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    rows_sent = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MAX_SESSIONS)

    def __init__(self, data: Mapping[str, Any] | None, *, event: Event, rows: Sequence[Raw]) -> None:
        """``rows``: what the fields begin with; of a bound form only their number counts."""
        initial = {f"{name}_{n}": row[name] for n, row in enumerate(rows) for name in _COLUMNS if name in row}
        super().__init__(data, initial={**initial, "version": event.version, "rows_sent": len(rows)})
        self._event = event
        self._numbers = range(len(rows))
        for number in self._numbers:
            self._add(number)

    def _add(self, number: int) -> None:
        fields = {
            "sid": forms.UUIDField(required=False, widget=forms.HiddenInput),
            "start": LocalTimeField(_("Start Time"), ask=_("Enter when the session starts.")),
            "end": LocalTimeField(_("End Time"), ask=_("Enter when the session ends.")),
            "location": TextField(_("Location Name"), limit=255),
            "link": forms.URLField(
                label=_("Link to join"),
                required=False,
                max_length=500,
                assume_scheme="https",
                error_messages={"invalid": _("Enter an address that begins with https://.")},
            ),
        }
        for name, field in fields.items():
            if not isinstance(field.widget, forms.HiddenInput):
                field.widget.attrs["class"] = "input"
            self.fields[f"{name}_{number}"] = field

    @property
    def rows(self) -> list[Row]:
        return [Row(n, *(self[f"{name}_{n}"] for name in _COLUMNS)) for n in self._numbers]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        spans = [span for n in self._numbers for span in self._span(n)]
        if spans and max(end for _start, end in spans) - min(start for start, _end in spans) > LONGEST:
            raise ValidationError(TOO_LONG)
        return cleaned

    def _span(self, number: int) -> Iterator[tuple[datetime, datetime]]:
        """Start and end, where both are times that the clocks of the event's zone show, in this order."""
        names = [f"{name}_{number}" for name in ("start", "end")]
        locals_ = [(name, self.cleaned_data[name]) for name in names if name in self.cleaned_data]
        instants = [existing_instant(self, name, local, self._event.time_zone) for name, local in locals_]
        begun = [instant for instant in instants if instant]
        if len(begun) < len(names):
            return
        start, end = begun
        if end <= start:
            self.add_error(names[1], _("Enter an end after the start."))
        else:
            yield start, end

    @property
    def parts(self) -> list[Part]:
        return [self._part(number) for number in self._numbers]

    def _part(self, number: int) -> Part:
        zone = self._event.time_zone
        sid, start, end, location, link = (self.cleaned_data[f"{name}_{number}"] for name in _COLUMNS)
        seconds = calendar.seconds_between(calendar.instant(start, zone), calendar.instant(end, zone))
        return Part(start, seconds, location, link, sid)


def stored(event: Event) -> list[Raw]:
    return [
        {"sid": one.sid, "start": one.start, "end": one.end, "location": one.location_name, "link": one.join_url}
        for one in event.parts
    ]


def typed(data: Mapping[str, str]) -> list[Raw]:
    """The rows of a submit, as they were typed."""
    text = data.get("rows_sent", "")
    count = min(int(text), MAX_SESSIONS) if text.isdecimal() and text.isascii() else 0
    return [{name: data.get(f"{name}_{number}", "") for name in _COLUMNS} for number in range(count)]


def changed(rows: Sequence[Raw], data: Mapping[str, str]) -> list[Raw] | None:
    """The rows after a press of Add or Remove; None where neither was pressed."""
    if "add" in data:
        return [*rows, {}][:MAX_SESSIONS]
    if "remove" in data:
        return [row for number, row in enumerate(rows) if str(number) != data["remove"]]
    return None
