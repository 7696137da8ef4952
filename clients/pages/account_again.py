"""Asking again who is there, before something is made that opens doors."""

import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clients import audit
from clients.audit import Origin
from clients.identities import has_identity
from clients.models import Administrator
from clients.pages.account_forms import TOO_MANY, AgainCodeForm, AgainPasskeyForm
from clients.pages.account_login import refuse_where_only_the_provider_opens, spend, too_many, ways
from clients.pages.forms import Form
from clients.pages.frame import administrator, show
from clients.pages.passkey_options import to_get
from clients.second_factors import Kind, factors

View = Callable[..., HttpResponse]


class PasswordForm(Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        error_messages={"required": gettext_lazy("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any, user: Administrator) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."), code="differs")
        return password


def connect() -> None:
    user_logged_in.connect(_note_login, dispatch_uid="clients.note_login")


def _note_login(*, request: HttpRequest, user: Administrator, **_kwargs: object) -> None:
    """Who has just logged in, by whatever way, was just asked."""
    if not get_authentication_records(request, user):
        record_authentication(request, user, method="login")


def recent(request: HttpRequest) -> bool:
    records = get_authentication_records(request, administrator(request))
    return bool(records) and time.time() - records[-1]["at"] < settings.REAUTHENTICATION_SECONDS


def fresh(view: View) -> View:
    """The view for whoever said recently who he is. Others come back to it, with nothing sent."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if recent(request) else ask(request)

    return asked


def ask(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('reauthenticate')}?{urlencode({'next': request.get_full_path()})}")


def wanted(request: HttpRequest, default: str = "system") -> str:
    """Where to go on, if that is here."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if here else resolve_url(default)


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    if request.method != "POST":
        return _page(request, user)
    if not spend(request, user.username):
        return too_many(request)
    form = _sent(request, user)
    if form.is_valid():
        _note(request, form)
        return redirect(wanted(request))
    if any(form.has_error(name, TOO_MANY) for name in form.errors):
        return too_many(request)
    audit.record("reauthentication_failed", user, by=Origin.of(request))
    return _page(request, user, form)


def _sent(request: HttpRequest, user: Administrator) -> forms.Form:
    if "code" in request.POST:
        return AgainCodeForm(data=request.POST, user=user)
    if "credential" in request.POST:
        return AgainPasskeyForm(data=request.POST, user=user)
    refuse_where_only_the_provider_opens()
    return PasswordForm(request.POST, user)


def _note(request: HttpRequest, form: forms.Form) -> None:
    if isinstance(form, PasswordForm):
        reauthenticate_by_password(request)
    else:
        form.save()  # type: ignore[attr-defined]


def _page(request: HttpRequest, user: Administrator, refused: forms.Form | None = None) -> HttpResponse:
    kinds = {factor.type for factor in factors(user)}
    return show(
        request,
        "account/again.html",
        title=_("Confirm that it is you"),
        form=refused,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        next=wanted(request),
        password=refused if isinstance(refused, PasswordForm) else PasswordForm(None, user),
        with_password=user.has_usable_password() and not settings.OIDC_ONLY,
        **ways() | {"with_provider": has_identity(user)},
        code=_code_form(refused, user) if Kind.TOTP in kinds or Kind.RECOVERY_CODES in kinds else None,
        options=to_get(user) if Kind.WEBAUTHN in kinds else "",
    )


def _code_form(refused: forms.Form | None, user: Administrator) -> forms.Form:
    return refused if isinstance(refused, AgainCodeForm) else AgainCodeForm(user=user)
