"""What opens the own account: password, authenticator app, passkeys and recovery codes."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from clients import second_factors
from clients.audit import Origin
from clients.pages import account_sessions
from clients.pages.account_again import fresh
from clients.pages.account_forms import AppForm, NameForm, PasskeyForm
from clients.pages.frame import Step, administrator, sent, show
from clients.pages.passkey_options import to_create
from clients.pages.qr import as_path
from clients.pages.text import Text
from clients.second_factors import SEALER, Kind, factors
from lms_oauth.sealing import Unsealable

_TO_BE = "app_to_be"  # in the session until the first code: sealed


def above() -> list[Step]:
    return [Step(_("Security"), reverse("security"))]


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    held = list(factors(administrator(request)))
    one = {factor.type: factor for factor in held}
    codes = one.get(Kind.RECOVERY_CODES)
    return show(
        request,
        "account/security.html",
        title=_("Security"),
        app=one.get(Kind.TOTP),
        passkeys=[factor for factor in held if factor.type == Kind.WEBAUTHN],
        codes=codes,
        codes_left=second_factors.unused_codes(codes) if codes else 0,
        sessions=account_sessions.shown(request),
        only_provider=settings.OIDC_ONLY,
        codes_made=app_settings.RECOVERY_CODE_COUNT,
    )


@never_cache
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def app(request: HttpRequest) -> HttpResponse:
    """Each GET makes a secret; it becomes the user's with the first code."""
    user = administrator(request)
    secret = _secret_to_be(request)
    form = AppForm(sent(request), secret)
    if form.is_valid():
        del request.session[_TO_BE]
        codes = second_factors.add_app(user, secret, by=Origin.of(request))
        messages.success(request, _("Authenticator app set up."))
        return _done(request, codes)
    url = get_adapter().build_totp_url(user, secret)
    title = _("Set up an authenticator app")
    return show(
        request, "account/app.html", title=title, above=above(), form=form, secret=_in_groups(secret), qr=as_path(url)
    )


@sensitive_variables()
def _secret_to_be(request: HttpRequest) -> str:
    if request.method == "POST" and _TO_BE in request.session:
        try:
            return SEALER.unseal(request.session[_TO_BE].encode())
        except Unsealable:
            pass
    secret = generate_totp_secret()
    request.session[_TO_BE] = SEALER.seal(secret).decode()
    return secret


def _in_groups(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request: HttpRequest) -> HttpResponse:
    factor = get_object_or_404(factors(administrator(request)), type=Kind.TOTP)
    text = _("Logging in asks for no code of the app any more.")
    return _remove(request, factor, title=_("Remove the authenticator app?"), text=text)


@never_cache
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    form = PasskeyForm(sent(request))
    if form.is_valid():
        values = form.cleaned_data
        codes = second_factors.add_passkey(user, values["name"], values["credential"], by=Origin.of(request))
        messages.success(request, _("Passkey added."))
        return _done(request, codes)
    title, options = _("Add a passkey"), to_create(user)
    return show(request, "account/passkey_add.html", title=title, above=above(), form=form, options=options)


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    factor = _passkey(request, pk)
    form = NameForm(sent(request), initial={"name": factor.data["name"]})
    if form.is_valid():
        second_factors.rename_passkey(factor, form.cleaned_data["name"], by=Origin.of(request))
        messages.success(request, _("Changes saved."))
        return redirect("security")
    return show(request, "account/form.html", title=_("Rename passkey"), above=above(), form=form)


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    factor = _passkey(request, pk)
    title = _("Remove the passkey “%(name)s”?") % {"name": factor.data["name"]}
    return _remove(request, factor, title=title, text=_("It opens this account no more. Delete it on its device too."))


@never_cache
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    get_object_or_404(factors(user).exclude(type=Kind.RECOVERY_CODES)[:1])
    if request.method == "POST":
        return _done(request, second_factors.new_codes(user, by=Origin.of(request)))
    text = _("Those made before stop working. The new ones are shown only once.")
    return _confirm(request, title=_("Make new recovery codes?"), text=text, verb=_("Make codes"))


def _passkey(request: HttpRequest, pk: int) -> Authenticator:
    return get_object_or_404(factors(administrator(request)), type=Kind.WEBAUTHN, pk=pk)


def _remove(request: HttpRequest, factor: Authenticator, *, title: Text, text: Text) -> HttpResponse:
    if request.method != "POST":
        return _confirm(request, title=title, text=text, verb=_("Remove"), danger=True)
    second_factors.remove(factor, by=Origin.of(request))
    messages.success(request, _("Removed."))
    return redirect("security")


def _confirm(request: HttpRequest, *, title: Text, **shown: Any) -> HttpResponse:
    return show(request, "account/confirm.html", title=title, above=above(), cancel=reverse("security"), **shown)


@sensitive_variables()
def _done(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Codes are shown in the answer that made them, and never again."""
    if not codes:
        return redirect("security")
    value = "\n".join(codes)
    return show(request, "account/codes.html", title=_("Recovery codes"), above=above(), value=value)
