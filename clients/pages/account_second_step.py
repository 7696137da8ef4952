"""Signing in by a second factor after the password, or by a passkey alone."""

from http import HTTPStatus
from typing import Any

from allauth.account.models import Login as Attempt
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clients import audit
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.account_again import wanted
from clients.pages.account_forms import TOO_MANY, CodeForm, PasskeyLoginForm, PasskeyStepForm
from clients.pages.account_login import refuse_where_only_the_provider_opens, spend, too_many
from clients.pages.passkey_options import to_get
from clients.second_factors import Kind, factors


class SecondStep(AuthenticateView):
    template_name = "account/second_step.html"
    form_class = CodeForm
    webauthn_form_class = PasskeyStepForm

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        user = self.stage.login.user
        limited = any(form.has_error(name, TOO_MANY) for name in form.errors)
        audit.record("login_limited" if limited else "login_failed", user, by=Origin.of(self.request), step="second")
        if limited:
            return too_many(self.request)
        return self.render_to_response(self.get_context_data(), status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.stage.login.user
        has_passkey = factors(user).filter(type=Kind.WEBAUTHN).exists()
        return {
            "title": gettext_lazy("Second step"),
            "form": self.auth_form,
            "options": to_get(user) if has_passkey else "",
        }


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """GET: what the browser asks its authenticator. POST: what that answered."""
    refuse_where_only_the_provider_opens()
    if not spend(request, ""):
        return too_many(request)
    if request.method == "GET":
        return HttpResponse(to_get(), content_type="application/json")
    form = PasskeyLoginForm(data=request.POST)
    found = form.cleaned_data["credential"] if form.is_valid() else None
    if found is None or not found.user.is_active:
        audit.record_failed_login("login_failed", _owner(found), by=Origin.of(request), by_means_of=["webauthn"])
        messages.warning(request, _("This passkey opens no account here."))
        return redirect("login")
    return perform_passwordless_login(request, found, Attempt(user=found.user, redirect_url=wanted(request)))


def _owner(found: Any) -> Administrator | None:
    return found.user if found else None
