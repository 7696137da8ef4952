"""Signing in at the organisation's provider: OpenID Connect Core 1.0, code flow with PKCE. Knows no administrator."""

import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from django.views.decorators.debug import sensitive_variables
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests import RequestException, Response

log = logging.getLogger("clients.oidc")
LONGEST_NAME = 255  # of an issuer and of a subject
ANY = "any"
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_TIMEOUT_SECONDS = 5
_LEEWAY_SECONDS = 60
_LIFETIME_SECONDS = 900  # from the first page of the provider to its answer
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# What a provider that answers nonsense makes libraries raise.
_MALFORMED = (RequestException, AuthlibBaseError, JoseError, ValueError, LookupError, TypeError, AttributeError)


class Reason(StrEnum):
    """As the audit log keeps it."""

    LOST = "not started here"  # or longer ago than anybody takes
    CANCELLED = "cancelled"
    PROVIDER = "unfit answer"
    NOT_ASKED = "not asked anew"


class Refused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Started:
    """What the session keeps until the provider sends the browser back. ``fresh``: who is there is to be asked anew."""

    state: str
    nonce: str
    verifier: str
    at: float
    fresh: bool

    def is_answered_by(self, state: str) -> bool:
        in_time = time.time() - self.at < _LIFETIME_SECONDS
        return in_time and secrets.compare_digest(self.state.encode(), state.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Asserted:
    """What the provider says. ``authenticated_at`` is 0 where it does not say when."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    authenticated_at: float
    second_factor: bool


def is_safe(address: str) -> bool:
    """Whether nobody on the way reads along."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def probe() -> None:
    """Refused where no login could begin."""
    with _provider():
        pass


def start(*, back: str, fresh: bool) -> tuple[str, Started]:
    """Where to send the browser, and what to keep. ``back``: the address to which it returns."""
    state, nonce, verifier = (secrets.token_urlsafe(48) for _each in range(3))
    asked = {"prompt": "login", "max_age": "0"} if fresh else {}
    with _provider() as (session, metadata):
        url, _state = session.create_authorization_url(
            metadata["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            redirect_uri=back,
            scope="openid email",
            **asked,
        )
    return url, Started(state, nonce, verifier, time.time(), fresh)


@sensitive_variables()
def finish(started: Started, answer: Mapping[str, str], *, back: str) -> Asserted:
    """``answer``: the parameters with which the browser came back."""
    with _provider() as (session, metadata):
        _check_sender(answer, metadata)
        if "error" in answer:
            log.warning("The provider refused: %.200r", answer["error"])
            raise Refused(Reason.CANCELLED if answer["error"] == "access_denied" else Reason.PROVIDER)
        token = session.fetch_token(
            metadata["token_endpoint"],
            grant_type="authorization_code",
            code=answer["code"],
            code_verifier=started.verifier,
            redirect_uri=back,
            allow_redirects=False,
        )
        claims = _claims(session, metadata, token, started)
        if started.fresh and not claims["auth_time"] >= started.at - _LEEWAY_SECONDS:
            raise Refused(Reason.NOT_ASKED)
        complete = {"email", "email_verified"} <= set(claims)
        return _asserted(claims, claims if complete else _userinfo(session, metadata, claims["sub"]))


@contextmanager
def _provider() -> Iterator[tuple[Any, dict[str, Any]]]:
    """A session with the provider and its metadata, read anew: keys and addresses may have changed since."""
    try:
        with OAuth2Session(
            settings.OIDC_CLIENT_ID,
            settings.OIDC_CLIENT_SECRET,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT_SECONDS,
        ) as session:
            metadata = _discovered(session)
            session.token_endpoint_auth_method = _client_authentication(metadata)
            yield session, metadata
    except _MALFORMED as error:
        log.warning("Signing in at the provider failed: %s: %.300r", type(error).__name__, str(error))
        raise Refused(Reason.PROVIDER) from error


def _discovered(session: Any) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0, section 4."""
    metadata = _get(session, settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration")
    if metadata["issuer"] != settings.OIDC_ISSUER:
        raise ValueError("its metadata names another issuer")
    return metadata


def _client_authentication(metadata: Mapping[str, Any]) -> str:
    offered = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"


def _check_sender(answer: Mapping[str, str], metadata: Mapping[str, Any]) -> None:
    """RFC 9207: an answer of another provider is none."""
    named = metadata.get("authorization_response_iss_parameter_supported") is True
    if answer.get("iss", "" if named else metadata["issuer"]) != metadata["issuer"]:
        raise ValueError("the answer is another provider's")


def _claims(session: Any, metadata: Mapping[str, Any], token: Mapping[str, Any], started: Started) -> Any:
    """OpenID Connect Core 1.0, section 3.1.3.7, and no audience but us."""
    keys = KeySet.import_key_set(_get(session, metadata["jwks_uri"]))  # type: ignore[arg-type]
    registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
    decoded = jwt.decode(token["id_token"], keys, registry=registry)
    wanted = {"iss": settings.OIDC_ISSUER, "aud": settings.OIDC_CLIENT_ID, "nonce": started.nonce}
    options = {name: {"essential": True, "value": value} for name, value in wanted.items()}
    params = {
        "nonce": started.nonce,
        "client_id": settings.OIDC_CLIENT_ID,
        "access_token": token.get("access_token"),
        "max_age": started.fresh,
    }
    claims = CodeIDToken(decoded.claims, decoded.header, options, params)
    claims.validate(leeway=_LEEWAY_SECONDS)
    if claims["aud"] not in (settings.OIDC_CLIENT_ID, [settings.OIDC_CLIENT_ID]):
        raise ValueError("the ID token is for others too")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_NAME:
        raise ValueError("the subject is no text of 1 to 255 characters")
    return claims


def _asserted(claims: Mapping[str, Any], contact: Mapping[str, Any]) -> Asserted:
    return Asserted(
        issuer=settings.OIDC_ISSUER,
        subject=claims["sub"],
        email=str(contact.get("email") or ""),
        email_verified=contact.get("email_verified") is True,
        authenticated_at=min(claims.get("auth_time", 0), time.time()),
        second_factor=_second_factor(claims),
    )


def _userinfo(session: Any, metadata: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """OpenID Connect Core 1.0, section 5.3: where the ID token does not hold the e-mail address."""
    if "userinfo_endpoint" not in metadata:
        return {}
    claims = _get(session, metadata["userinfo_endpoint"], withhold_token=False)
    if claims["sub"] != subject:
        raise ValueError("the claims are another person's")
    return claims


def _get(session: Any, address: str, *, withhold_token: bool = True) -> dict[str, Any]:
    if not is_safe(address):
        raise ValueError("an address of the provider is not https")
    response: Response = session.get(address, withhold_token=withhold_token, allow_redirects=False)
    if response.status_code != HTTPStatus.OK:
        raise ValueError(f"{response.status_code} from {address}")
    content = response.json()
    if not isinstance(content, dict):
        raise TypeError("no JSON object")
    return content


def _second_factor(claims: Mapping[str, Any]) -> bool:
    """``amr`` (RFC 8176) or ``acr`` says so in one of the words that the operator trusts."""
    trusted = settings.OIDC_SECOND_FACTOR
    return ANY in trusted or any(word in trusted for word in [*claims.get("amr", []), claims.get("acr")])
