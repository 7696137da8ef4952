"""Regenerate a secret or a token: confirm, and show the new value once, in the answer to the POST itself."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from clients.actions import CredentialConflict
from clients.audit import Origin
from clients.models import Client, Credential
from clients.models.label import Action
from clients.pages.account_again import fresh
from clients.pages.client_credentials import Held, held, tab
from clients.pages.client_tabs import above
from clients.pages.credential_kinds import KINDS
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import find
from clients.pages.text import Text
from clients.templatetags.ui import seconds_ago

_NO_SUCH_NUMBER = -1
_MAX_DIGITS = 9


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def regenerate(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    rows = Client.objects.select_related("scim_configuration")
    client = find(rows, administrator(request), pk, Action.REGENERATE)
    current = held(client, KINDS[slug], sent(request))
    if current.form.is_valid():
        return _regenerate(request, current, _number(current.form.cleaned_data["number"]))
    return show(
        request,
        "clients/client_regenerate.html",
        title=current.question,
        above=above(client),
        here=current.verb,
        form=current.form,
        client=client,
        held=current,
    )


@sensitive_variables()
def _regenerate(request: HttpRequest, current: Held, number: int) -> HttpResponse:
    ended = current.active_tokens
    try:
        generated = current.words.regenerate(current.client, by=Origin.of(request), number=number)
    except CredentialConflict as conflict:
        return _refuse(request, current, conflict.newest)
    panel = {"words": current.words, "ended": _ended(current, ended, generated.credential.created_at)}
    response = tab(request, current.client, panel=panel, value=generated.value)
    response["Cache-Control"] = "no-store"
    return response


def _ended(current: Held, tokens: int, at: datetime) -> Text:
    """What stopped working, and when; empty for the first credential of its kind."""
    facts: dict[str, Any] = {"count": tokens, "time": date_format(timezone.localtime(at), "H:i:s")}
    if not current.newest:
        return ""
    if current.words.tokens_ended and tokens:
        return current.words.tokens_ended % facts
    return current.words.previous_ended % facts


def _refuse(request: HttpRequest, current: Held, newest: Credential | None) -> HttpResponse:
    return show(
        request,
        "clients/client_conflict.html",
        title=_("This was changed meanwhile"),
        above=above(current.client),
        here=current.verb,
        status=HTTPStatus.CONFLICT,
        client=current.client,
        held=held(current.client, current.words),
        reason=_reason(current, newest),
    )


def _reason(current: Held, newest: Credential | None) -> Text:
    if newest is None:
        return _("The form was out of date. Nothing was changed.")
    facts = {"ago": seconds_ago(newest.created_at), "name": newest.created_by}
    return (current.words.conflict if newest.created_by else current.words.conflict_nameless) % facts


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else _NO_SUCH_NUMBER
