"""What the sign-in library asks of this project."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from clients import audit
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.account_forms import WRONG_CODE
from clients.pages.account_login import NO_MATCH
from clients.second_factors import SEALER
from lms_oauth.http import client_address
from lms_oauth.sealing import Unsealable


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy("Too many attempts."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say what happened in words of their own."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.warning(request, NO_MATCH)
        return redirect("login")

    def login(self, request: HttpRequest, user: Any) -> None:
        """The last step: who was blocked since the first one comes no further."""
        if not user.is_active:
            clear_login(request)
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        with transaction.atomic():
            super().login(request, user)
            audit.record("logged_in", user, by=Origin.of(request), by_means_of=_means(request, user))


class MfaAdapter(DefaultMFAAdapter):
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def encrypt(self, text: str) -> str:
        return SEALER.seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Sealed under a key that is gone, it is no factor any more: no code fits it."""
        try:
            return SEALER.unseal(encrypted_text.encode())
        except Unsealable:
            raise ValidationError(WRONG_CODE, code="incorrect_code") from None


def _means(request: HttpRequest, user: Administrator) -> list[str]:
    return [str(record.get("type") or record["method"]) for record in get_authentication_records(request, user)]
