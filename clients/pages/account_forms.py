"""Forms of second factors, in the house's look."""

import struct
from typing import TYPE_CHECKING, Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.pages.forms import Form, Styled, TextField

if TYPE_CHECKING:
    _Answering = AuthenticateWebAuthnForm
else:
    _Answering = object

# What the library raises where the JSON, or the CBOR in it, is of another shape than it expects.
MALFORMED = (TypeError, ValueError, LookupError, AttributeError, struct.error)
TOO_MANY = "too_many_login_attempts"
WRONG_CODE = gettext_lazy("This is not a code that works now. Enter the one shown at the moment.")
_NO_PASSKEY = gettext_lazy("No passkey was made. Try again.")


class _House(Styled):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = gettext_lazy("Code")
        field.help_text = gettext_lazy("From your authenticator app, or one of your recovery codes.")
        field.error_messages["required"] = gettext_lazy("Enter a code.")
        field.widget.attrs.pop("placeholder", None)


class CodeForm(_House, AuthenticateForm):
    pass


class AgainCodeForm(_House, ReauthenticateForm):
    pass


class _Answer(_Answering):
    """What an authenticator answered, or anything else that was sent in its place."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except MALFORMED:
            raise ValidationError(WRONG_CODE, code="incorrect_code") from None


class PasskeyStepForm(_Answer, AuthenticateWebAuthnForm):
    pass


class AgainPasskeyForm(_Answer, ReauthenticateWebAuthnForm):
    pass


class PasskeyLoginForm(_Answer, LoginWebAuthnForm):
    pass


class AppForm(Form):
    """The first code proves that the app holds the secret."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("The six digits that the app shows now."),
        error_messages={"required": gettext_lazy("Enter the code that the app shows.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any, secret: str) -> None:
        super().__init__(data)
        self._secret = secret

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not self._secret or not validate_totp_code(self._secret, code):
            raise ValidationError(WRONG_CODE, code="incorrect_code")
        return code


class NameForm(Form):
    name = TextField(gettext_lazy("Name"), limit=64, ask=gettext_lazy("Enter a name for the passkey."))


class PasskeyForm(Form):
    """The browser has made the passkey when this is sent, so a missing name is no reason to refuse it."""

    name = TextField(
        gettext_lazy("Name"),
        limit=64,
        help_text=gettext_lazy("So that you know it again, such as the device."),
    )
    credential = forms.JSONField(
        widget=forms.HiddenInput, error_messages={"required": _NO_PASSKEY, "invalid": _NO_PASSKEY}
    )

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"] or _("Passkey"))

    def clean_credential(self) -> dict[str, Any]:
        credential: dict[str, Any] = self.cleaned_data["credential"]
        try:
            auth.parse_registration_response(credential)
            auth.complete_registration(credential)
        except (*MALFORMED, ValidationError):
            raise ValidationError(_NO_PASSKEY, code="refused") from None
        return credential
