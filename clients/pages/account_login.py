"""Signing in: the password, and what comes between it and the pages."""

from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login as Attempt
from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from clients import audit, throttle
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.forms import Styled
from lms_oauth.errors import TooManyRequests
from lms_oauth.http import client_address

NO_MATCH = gettext_lazy("Check the user name and the password: together they match no account.")
_LIMITED = "limited"


class LoginForm(Styled, AuthenticationForm):
    """A blocked administrator reads the same message as for a wrong password."""

    error_messages = {"invalid_login": NO_MATCH, "inactive": NO_MATCH}
    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("User name")
        self.fields["username"].error_messages["required"] = gettext_lazy("Enter your user name.")
        self.fields["password"].error_messages["required"] = gettext_lazy("Enter your password.")

    def clean(self) -> dict[str, Any]:
        name = str(self.cleaned_data.get("username", ""))
        if not spend(self.request, name):
            raise ValidationError(gettext_lazy("Too many attempts."), code=_LIMITED)
        try:
            return super().clean()
        except ValidationError:
            audit.record_failed_login("login_failed", _named(name), by=Origin.of(self.request))
            raise


class Login(auth.LoginView):
    template_name = "account/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True
    extra_context = {"title": gettext_lazy("Log in")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_where_only_the_provider_opens()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **ways()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        attempt = Attempt(user=form.get_user(), redirect_url=self.get_success_url())
        return perform_password_login(self.request, {}, attempt)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if form.has_error("__all__", _LIMITED):
            return too_many(self.request)
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def ways() -> dict[str, Any]:
    """What pages offer beside or in place of the password."""
    return {
        "provider": settings.OIDC_NAME,
        "with_provider": bool(settings.OIDC_ISSUER),
        "only_provider": settings.OIDC_ONLY,
    }


def refuse_where_only_the_provider_opens() -> None:
    if settings.OIDC_ONLY:
        raise PermissionDenied


def spend(request: HttpRequest, name: str) -> bool:
    """Count one attempt; False where there were too many. The audit log tells of the first refusal in a while."""
    address = client_address(request)
    try:
        throttle.spend_login(name, address)
    except TooManyRequests:
        if throttle.first_refused_login(address):
            audit.record_failed_login("login_limited", _named(name), by=Origin.of(request))
        return False
    return True


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


def _named(name: str) -> Administrator | None:
    return Administrator.objects.filter(username__iexact=name).first()
