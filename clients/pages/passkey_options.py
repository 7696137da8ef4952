"""What the browser needs to make or use a passkey, as JSON for its own API. The challenge stays in the session."""

import json

from allauth.mfa.webauthn.internal import auth

from clients.models import Administrator


def to_create(user: Administrator) -> str:
    """A passkey that names its owner, so that it opens the pages without a user name."""
    return _json(auth.begin_registration(user, passwordless=True))


def to_get(user: Administrator | None = None) -> str:
    return _json(auth.begin_authentication(user))


def _json(options: dict[str, object]) -> str:
    return json.dumps(options["publicKey"], default=dict)
