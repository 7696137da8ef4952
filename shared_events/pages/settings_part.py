"""What shared events add to the Settings page."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.audit import Origin
from clients.pages.setting_parts import Part
from shared_events.keeping import keep_past
from shared_events.models import Instance

MOST_DAYS = 3650


def _fields() -> dict[str, forms.Field]:
    days = forms.IntegerField(
        label=_("Days that past events stay shared"),
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_(
            "Other LMSes see a shared event for so many days after its end; then it leaves their calendars. After a "
            "change they read everything anew."
        ),
        error_messages={
            "required": _("Enter for how many days past events stay shared."),
            "invalid": _("Enter the days as a whole number."),
            "min_value": _("Enter 0 days or more."),
            "max_value": _("Enter at most 3650 days."),
        },
    )
    return {"keep_past_days": days}


def _stored() -> dict[str, Any]:
    return {"keep_past_days": Instance.current().keep_past_days}


def _change(values: Mapping[str, Any], by: Origin) -> bool:
    return keep_past(values["keep_past_days"], by=by)


PART = Part(_fields, _stored, _change)
