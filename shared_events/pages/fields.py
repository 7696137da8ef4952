"""The form field of a local time."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.pages.text import Text
from shared_events import calendar
from shared_events.calendar import FIRST_YEAR, LAST_YEAR

_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


class LocalTimeInput(forms.TextInput):
    input_type = "datetime-local"


class LocalTimeField(forms.Field):
    """Date and time as the clocks of the event's zone show them. ``ask`` is the message where they are missing."""

    widget = LocalTimeInput
    default_error_messages = {
        "invalid": _("Enter a date and a time, such as 2027-03-29T09:00."),
        "year": _("Enter a year from %(first)s to %(last)s."),
    }

    def __init__(self, label: Text, *, ask: Text, **kwargs: Any) -> None:
        super().__init__(label=label, error_messages={"required": ask}, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        local = self._parsed(str(value).strip())
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise ValidationError(self.error_messages["year"], code="year", params=years)
        return local

    def _parsed(self, text: str) -> datetime:
        for form in _FORMATS:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007 - a local time has no zone of its own
            except ValueError:
                continue
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        """What browsers want to see: without seconds where there are none."""
        if not isinstance(value, datetime):
            return value
        return value.isoformat(timespec="seconds" if value.second else "minutes")


def existing_instant(form: forms.BaseForm, name: str, local: datetime, zone: str) -> datetime | None:
    """The instant of a local time, or an error at its field where the clocks of ``zone`` skip it."""
    try:
        return calendar.existing_instant(local, zone)
    except calendar.NonexistentLocalTime:
        words = _("Enter another time: the clocks of %(zone)s are put forward then and skip this one.")
        form.add_error(name, ValidationError(words, code="nonexistent", params={"zone": zone}))
        return None
