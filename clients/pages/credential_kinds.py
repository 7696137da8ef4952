"""The two credentials of a client, and the whole sentences that the pages say about each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clients import actions
from clients.models import Credential
from clients.pages.text import Text


@dataclass(frozen=True, slots=True)
class CredentialKind:
    slug: str
    kind: Credential.Kind
    url_name: str
    regenerate: Callable[..., actions.Generated]
    first_verb: Text
    verb: Text
    first_question: Text
    question: Text
    ends_now: Text  # with %(when)s
    shown_once: Text
    not_affected: Text
    tick: Text
    new_heading: Text
    stored: Text
    previous_ended: Text  # with %(time)s
    tokens_ended: Text  # with %(count)s and %(time)s; empty where no tokens end
    conflict: Text  # with %(ago)s and %(name)s
    conflict_nameless: Text  # with %(ago)s


SECRET = CredentialKind(
    slug="secret",
    kind=Credential.Kind.SECRET,
    url_name="client-regenerate-secret",
    regenerate=actions.regenerate_secret,
    first_verb=_("Generate secret"),
    verb=_("Regenerate secret"),
    first_question=_("Generate a client secret?"),
    question=_("Regenerate the client secret?"),
    ends_now=_("The current secret, generated %(when)s, is refused at once."),
    shown_once=_("The new secret is shown only once."),
    not_affected=_("The bearer token is not affected."),
    tick=_("I can put the new secret into the integration now"),
    new_heading=_("New client secret"),
    stored=_("I have stored the secret"),
    previous_ended=_("The previous secret stopped working at %(time)s."),
    tokens_ended=ngettext_lazy(
        "The previous secret and %(count)s active token stopped working at %(time)s.",
        "The previous secret and %(count)s active tokens stopped working at %(time)s.",
        "count",
    ),
    conflict=_("The secret was regenerated %(ago)s by %(name)s. It was shown once and cannot be shown again."),
    conflict_nameless=_("The secret was regenerated %(ago)s. It was shown once and cannot be shown again."),
)
TOKEN = CredentialKind(
    slug="token",
    kind=Credential.Kind.BEARER,
    url_name="client-regenerate-token",
    regenerate=actions.regenerate_token,
    first_verb=_("Generate token"),
    verb=_("Regenerate token"),
    first_question=_("Generate a bearer token?"),
    question=_("Regenerate the bearer token?"),
    ends_now=_("The current token, generated %(when)s, is refused at once."),
    shown_once=_("The new token is shown only once."),
    not_affected=_("The client secret and the tokens issued with it are not affected."),
    tick=_("I can put the new token into the integration now"),
    new_heading=_("New bearer token"),
    stored=_("I have stored the token"),
    previous_ended=_("The previous token stopped working at %(time)s."),
    tokens_ended="",
    conflict=_("The token was regenerated %(ago)s by %(name)s. It was shown once and cannot be shown again."),
    conflict_nameless=_("The token was regenerated %(ago)s. It was shown once and cannot be shown again."),
)
KINDS = {kind.slug: kind for kind in (SECRET, TOKEN)}
