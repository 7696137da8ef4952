"""The own password, and preferences."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients import audit
from clients.audit import Origin
from clients.models import Administrator, LmsSettings
from clients.pages.account_oidc import opened
from clients.pages.forms import Form, Styled, SwitchField
from clients.pages.frame import administrator, sent, show
from clients.pages.language import use_language_of
from clients.sessions import end_others

_THEMES = [("", gettext_lazy("As the system")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))]
_DENSITIES = [("", gettext_lazy("Comfortable")), ("compact", gettext_lazy("Compact"))]


class PasswordForm(Styled, PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].error_messages["required"] = gettext_lazy("Enter the password you have now.")
        self.fields["new_password1"].error_messages["required"] = gettext_lazy("Enter a new password.")
        self.fields["new_password2"].error_messages["required"] = gettext_lazy("Enter the new password again.")


class ChangePassword(auth.PasswordChangeView):
    template_name = "account/form.html"
    form_class = PasswordForm
    success_url = reverse_lazy("system")
    extra_context = {"title": gettext_lazy("Change password"), "here": gettext_lazy("Change password")}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        form.user.must_change_password = False
        with transaction.atomic():
            response = super().form_valid(form)
            user, by = administrator(self.request), Origin.of(self.request)
            audit.record("password_changed", user, by=by)
            end_others(user, self.request.session.session_key or "", by=by)
        messages.success(self.request, _("Password changed. Other sessions of yours are ended."))
        return response

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)


class OneTimePasswordMiddleware:
    """Whoever signed in with a one-time password sees no other page before choosing another."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Runs after LoginRequiredMiddleware: where a login is required, somebody is signed in."""
        if not getattr(view, "login_required", True) or not administrator(request).must_change_password:
            return None
        if opened(request, administrator(request)):
            return None
        if request.resolver_match is not None and request.resolver_match.url_name in {"password", "logout"}:
            return None
        messages.warning(request, _("Choose a password of your own to go on. The one-time password ends with it."))
        return redirect("password")


class PreferencesForm(Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Times on pages are shown and read in it. Downloads state the offset from UTC."),
        error_messages={"invalid_choice": gettext_lazy("Choose a time zone from the list.")},
    )
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=_THEMES, required=False)
    density = forms.ChoiceField(
        label=gettext_lazy("Density"),
        choices=_DENSITIES,
        required=False,
        help_text=gettext_lazy("How close the rows of a table stand."),
    )
    shortcuts = SwitchField(
        gettext_lazy("Keyboard shortcuts"),
        help_text=gettext_lazy("“/” leads to the search of a list, and “?” shows the keys."),
    )

    def __init__(self, data: Mapping[str, Any] | None, user: Administrator) -> None:
        super().__init__(data, initial={name: getattr(user, name) for name in self.base_fields})
        lms = LmsSettings.current()
        language = dict(settings.LANGUAGES).get(lms.language, lms.language)
        self._offer("language", _("As the LMS: %(language)s") % {"language": language}, settings.LANGUAGES)
        zone = _("As the LMS: %(zone)s") % {"zone": lms.time_zone or settings.TIME_ZONE}
        self._offer("time_zone", zone, [(name, name) for name in sorted(available_timezones())])

    def _offer(self, name: str, as_the_lms: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", as_the_lms), *choices]


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    form = PreferencesForm(sent(request), user)
    if not form.is_valid():
        return show(request, "account/form.html", title=_("Preferences"), form=form)
    for name, value in form.cleaned_data.items():
        setattr(user, name, value)
    user.save(update_fields=list(form.cleaned_data))
    use_language_of(user)
    messages.success(request, _("Changes saved."))
    return redirect("preferences")
