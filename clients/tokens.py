"""Access tokens: signed values that name the client, the secret and the generation they were issued with.

The MAC key is derived from a server key and the secret's digest, so neither ``SECRET_KEY`` nor a copy of the database
alone makes a token, and a new secret ends the old tokens cryptographically too. Nothing in a token is believed before
its MAC holds; there is one algorithm.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from functools import lru_cache
from secrets import token_bytes

from django.conf import settings
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from clients import secrets
from clients.lookup import Holder
from clients.models import RevokedToken
from clients.rights import Right, Service, rights_of, scope_names

_FIELDS = struct.Struct(">BQIIQIHB")  # version, client, number, generation, issued, lifetime, scopes, services
_VERSION = 1
_MAX_PK = 2**63 - 1
_MAC_BYTES = 32
_BYTES = _FIELDS.size + secrets.RANDOM_BYTES + _MAC_BYTES
BODY_LENGTH = 129  # base-62 characters for 96 bytes
ALL_SERVICES = (1 << len(Service)) - 1
_SERVICE_BIT = {service: 1 << position for position, service in enumerate(Service)}
_LABEL = b"lms access token 1"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. Seconds since 1970; ``services`` are the services it is good for (RFC 8707), as bits."""

    client_pk: int
    number: int
    generation: int
    issued_at: int
    expires_at: int
    scopes: int
    services: int

    @property
    def scope(self) -> str:
        return " ".join(scope_names(self.scopes))

    def rights_at(self, service: Service) -> Right:
        return rights_of(self.scopes) & service.rights if self.services & _SERVICE_BIT[service] else Right.NONE

    def audience(self) -> list[Service]:
        return [service for service in Service if self.rights_at(service)]


def services_bits(services: list[Service]) -> int:
    """Bits for ``services``; none named means all."""
    return sum(_SERVICE_BIT[service] for service in set(services)) or ALL_SERVICES


@sensitive_variables()
def issue(holder: Holder, *, scopes: int, services: int, lifetime_seconds: int, now: int) -> str:
    """A token for ``holder``, as one SQL statement saw its secret and its generation."""
    fields = _FIELDS.pack(
        _VERSION, holder.client_pk, holder.number, holder.generation, now, lifetime_seconds, scopes, services
    )
    message = fields + token_bytes(secrets.RANDOM_BYTES)
    mac = _mac(_server_keys()[0], holder.digest, message)
    number = int.from_bytes(message + mac)
    return secrets.seal(secrets.ACCESS_TOKEN, secrets.encode(number, BODY_LENGTH))


@dataclass(frozen=True, slots=True)
class Token:
    """A value that has the form of an access token. Believe its claims only after ``is_authentic``."""

    claims: Claims
    signed: bytes
    mac: bytes

    def __repr__(self) -> str:
        return f"Token({self.claims})"


@sensitive_variables()
def read(value: str) -> Token | None:
    """None when ``value`` has not the form of an access token."""
    if not secrets.has_form(value, secrets.ACCESS_TOKEN, BODY_LENGTH):
        return None
    try:
        message = secrets.decode(secrets.body(value)).to_bytes(_BYTES)
    except OverflowError:
        return None
    version, client_pk, number, generation, issued, lifetime, scopes, services = _FIELDS.unpack(message[: _FIELDS.size])
    if version != _VERSION or client_pk > _MAX_PK:
        return None
    claims = Claims(client_pk, number, generation, issued, issued + lifetime, scopes, services)
    return Token(claims, message[:-_MAC_BYTES], message[-_MAC_BYTES:])


@sensitive_variables()
def is_authentic(token: Token, holder: Holder) -> bool:
    """Whether we issued it with the secret of ``holder``."""
    return any(secrets.same(_mac(key, holder.digest, token.signed), token.mac) for key in _server_keys())


def is_current(claims: Claims, holder: Holder, now: int) -> bool:
    """Neither expired nor ended: the client is active, its generation unchanged, the secret still live."""
    return claims.expires_at > now and holder.live and holder.generation == claims.generation


def revoke(value: str, claims: Claims) -> None:
    """RFC 7009 §2.1. Remembered until the token would have expired anyway; doing it again changes nothing."""
    try:
        with transaction.atomic():
            RevokedToken.objects.create(digest=secrets.digest(value), expires=claims.expires_at)
    except IntegrityError:
        return


def _mac(server_key: bytes, digest: bytes, message: bytes) -> bytes:
    return hmac.digest(hmac.digest(server_key, digest, hashlib.sha256), message, hashlib.sha256)


def _server_keys() -> tuple[bytes, ...]:
    return _derive(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _derive(*keys: str) -> tuple[bytes, ...]:
    return tuple(hmac.digest(key.encode(), _LABEL, hashlib.sha256) for key in keys)
