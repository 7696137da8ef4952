"""Menu > System > Settings: what applies to the whole LMS."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.lms_settings import change_settings
from clients.models import Client, LmsSettings
from clients.pages import setting_parts
from clients.pages.forms import Form, SwitchField
from clients.pages.frame import sent, show
from clients.pages.reach import demand, needed


class SettingsForm(Form):
    """The settings that something in the LMS obeys."""

    shared_events_enabled = SwitchField(gettext_lazy("Shared events enabled"))
    shared_event_registrations_enabled = SwitchField(
        gettext_lazy("Registrations for shared events enabled"),
        help_text=gettext_lazy(
            "Clients that may register participants take seats for learners of their LMS. No effect while shared "
            "events are off. Turning this off keeps existing registrations; they can be cancelled."
        ),
    )
    employee_ids_in_use = SwitchField(
        gettext_lazy("Employee IDs in use"),
        help_text=gettext_lazy(
            "Users are also told apart by employee ID; a user then needs an email or an employee ID."
        ),
    )
    public_address = forms.URLField(
        label=gettext_lazy("Public address of the LMS"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Enter an address like https://lms.example.org.")},
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a time zone from the list.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Default language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of pages, for administrators who chose none in their preferences."),
        error_messages={"invalid_choice": gettext_lazy("Choose a language from the list.")},
    )
    access_token_lifetime_seconds = forms.IntegerField(
        label=gettext_lazy("Access token lifetime (seconds)"),
        min_value=300,
        max_value=86_400,
        help_text=gettext_lazy("From 300 (5 minutes) to 86400 (a day). Tokens already issued keep theirs."),
        error_messages={
            "required": gettext_lazy("Enter how long an access token lasts."),
            "invalid": gettext_lazy("Enter the lifetime as a whole number of seconds."),
            "min_value": gettext_lazy("Enter a lifetime of 300 seconds or more."),
            "max_value": gettext_lazy("Enter a lifetime of 86400 seconds or less."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None, stored: LmsSettings) -> None:
        super().__init__(data, initial={name: getattr(stored, name) for name in self.base_fields})
        for part in setting_parts.registered():
            self.fields |= part.fields()
            self.initial.update(part.stored())
        self.dress()
        self.fields["public_address"].help_text = _(
            "The endpoints on the Credentials tab begin with it. Empty: %(address)s, as the server is configured."
        ) % {"address": settings.PUBLIC_URL}
        self.fields["shared_events_enabled"].help_text = _shared_events_help(stored)
        zones = [(name, name) for name in sorted(available_timezones())]
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("As the server: %(zone)s") % {"zone": settings.TIME_ZONE}), *zones]

    @property
    def of_other_apps(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.base_fields]

    def clean_public_address(self) -> str:
        """Scheme and host only: paths are ours."""
        address = str(self.cleaned_data["public_address"]).rstrip("/")
        parts = urlsplit(address)
        if address and (parts.scheme not in {"http", "https"} or parts.path or parts.query or parts.fragment):
            raise ValidationError(self.fields["public_address"].error_messages["invalid"], code="invalid")
        return address


def _shared_events_help(stored: LmsSettings) -> str:
    """Before the switch is turned off, how many clients lose effect by it."""
    count = Client.objects.filter(shared_events=True).count()
    if not stored.shared_events_enabled:
        return ngettext(
            "%(n)s client has shared events access, without effect while this is off.",
            "%(n)s clients have shared events access, without effect while this is off.",
            count,
        ) % {"n": count}
    return ngettext(
        "Turning this off stops the shared events access of %(n)s client at once. The client keeps its setting.",
        "Turning this off stops the shared events access of %(n)s clients at once. The clients keep their setting.",
        count,
    ) % {"n": count}


@transaction.atomic
def _change(form: SettingsForm, by: Origin) -> None:
    change_settings({name: form.cleaned_data[name] for name in form.base_fields}, by=by)
    for part in setting_parts.registered():
        part.change({name: form.cleaned_data[name] for name in part.stored()}, by)


@require_http_methods(["GET", "HEAD", "POST"])
def lms_settings(request: HttpRequest) -> HttpResponse:
    user = demand(request, needed(request, Action.EDIT), ObjectType.SETTING)
    stored = LmsSettings.objects.get()
    form = SettingsForm(sent(request), stored)
    if not user.may(Action.EDIT, ObjectType.SETTING):
        form.only_show()
    if form.is_valid():
        _change(form, Origin.of(request))
        messages.success(request, _("Changes saved."))
        return redirect("settings")
    return show(request, "clients/settings.html", title=_("Settings"), form=form, stored=stored)
