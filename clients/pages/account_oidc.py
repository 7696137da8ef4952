"""Signing in at the organisation's provider, and saying there once more who one is."""

from dataclasses import asdict
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, perform_login, record_authentication
from allauth.account.models import Login as Attempt
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from clients import audit, identities, oidc
from clients.addresses import public_url
from clients.audit import Origin
from clients.identities import NoAccount, Unknown
from clients.models import Administrator
from clients.oidc import Asserted, Reason, Refused, Started
from clients.pages.account_again import wanted
from clients.pages.account_login import spend, too_many
from clients.pages.text import Text

METHOD = "oidc"
_PENDING = "oidc"
_NO_ACCOUNT = gettext_lazy("Your organisation’s account opens no account here. Ask who looks after the administrators.")
_WORDS: dict[str, Text] = {
    Reason.LOST: gettext_lazy("Logging in took too long, or was begun elsewhere. Start again."),
    Reason.CANCELLED: gettext_lazy("Logging in was cancelled. Nothing has changed."),
    Reason.PROVIDER: gettext_lazy(
        "Your organisation’s login did not answer as it should. Try again; if that does not help, tell who runs this "
        "installation: its log says why."
    ),
    Reason.NOT_ASKED: gettext_lazy(
        "Your organisation’s login did not ask again who you are. Confirm in another way, or tell who runs this "
        "installation."
    ),
    Unknown.UNVERIFIED: gettext_lazy(
        "Your organisation has not verified your e-mail address. Have that done there, then try again."
    ),
}


@login_not_required
@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """A link and no form: a policy that lets forms go to this site only would stop the redirect of one."""
    if not settings.OIDC_ISSUER:
        raise Http404
    if not spend(request, ""):
        return too_many(request)
    try:
        url, started = oidc.start(back=_back(), fresh=request.user.is_authenticated)
    except Refused as refused:
        return _refuse(request, refused.reason, wanted(request))
    request.session[_PENDING] = {"started": asdict(started), "user": request.user.pk, "next": wanted(request)}
    return redirect(url)


@login_not_required
@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    if not settings.OIDC_ISSUER:
        raise Http404
    pending = _taken(request)
    if pending is None:
        return _refuse(request, Reason.LOST, wanted(request)) if spend(request, "") else too_many(request)
    try:
        who = oidc.finish(Started(**pending["started"]), request.GET.dict(), back=_back())
        return _go_on(request, who, pending["next"])
    except Refused as refused:
        return _refuse(request, refused.reason, pending["next"])
    except NoAccount as none:
        return _refuse(request, none.reason, pending["next"], none.administrator)


def opened(request: HttpRequest, user: Administrator) -> bool:
    """Whether the session began at the provider."""
    records = get_authentication_records(request, user)
    return bool(records) and records[0]["method"] == METHOD


def _back() -> str:
    return public_url() + reverse("oidc-callback")


def _taken(request: HttpRequest) -> dict[str, Any] | None:
    """What was begun in this session by whoever is signed in, or nobody, now; each state serves once."""
    pending = request.session.get(_PENDING)
    if not pending or pending["user"] != request.user.pk:
        return None
    if not Started(**pending["started"]).is_answered_by(request.GET.get("state", "")):
        return None
    taken: dict[str, Any] = request.session.pop(_PENDING)
    request.session.save()  # before the provider is asked, so that a second answer finds nothing
    return taken


def _go_on(request: HttpRequest, who: Asserted, url: str) -> HttpResponse:
    user = request.user
    if isinstance(user, Administrator):
        return _confirm(request, user, who, url)
    person = identities.administrator_of(who, by=Origin.of(request))
    record_authentication(request, person, method=METHOD, at=who.authenticated_at)
    if not who.second_factor:
        return perform_login(request, Attempt(user=person, redirect_url=url))
    try:
        get_adapter().login(request, person)
    except ImmediateHttpResponse as refused:  # blocked this very moment
        return refused.response
    return redirect(url)


def _confirm(request: HttpRequest, user: Administrator, who: Asserted, url: str) -> HttpResponse:
    if not identities.is_known_as(user, who):
        raise NoAccount(Unknown.ANOTHER, user)
    record_authentication(request, user, method=METHOD, reauthenticated=True, at=who.authenticated_at)
    return redirect(url)


def _refuse(request: HttpRequest, reason: str, url: str, whom: Administrator | None = None) -> HttpResponse:
    """Pages say the same of every account that does not open; the audit log tells them apart."""
    by, user = Origin.of(request), request.user
    messages.warning(request, _WORDS.get(reason, _NO_ACCOUNT))
    if isinstance(user, Administrator):
        audit.record("reauthentication_failed", user, by=by, by_means_of=[METHOD], reason=str(reason))
    else:
        audit.record_failed_login("login_failed", whom, by=by, by_means_of=[METHOD], reason=str(reason))
    page = "reauthenticate" if isinstance(user, Administrator) else "login"
    return redirect(f"{reverse(page)}?{urlencode({'next': url})}")
