"""Secrets that have to be used again, so that a digest cannot do: encrypted under a key that is not in the database."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import QuerySet

_renewals: dict[str, Callable[[], int]] = {}


def register(name: str, renew: Callable[[], int]) -> None:
    """``renew`` seals what its app keeps under the present key, and returns how many that were."""
    _renewals[name] = renew


def renew_all() -> dict[str, int]:
    """How many were sealed anew, by what they are. Unsealable: SECRET_KEY_FALLBACKS lacks a key; nothing is lost."""
    return {name: renew() for name, renew in _renewals.items()}


def renew_field(rows: QuerySet[Any], field: str, sealer: "Sealer") -> int:
    """One row after the other; one that is changed meanwhile has the present key already."""
    count = 0
    for pk, sealed in rows.values_list("pk", field):
        count += rows.filter(pk=pk, **{field: sealed}).update(**{field: sealer.renewed(sealed)})
    return count


class Unsealable(Exception):
    """Sealed under a SECRET_KEY that is neither the present one nor among SECRET_KEY_FALLBACKS."""


class Sealer:
    """``purpose``: what is sealed for one opens for no other."""

    def __init__(self, purpose: bytes) -> None:
        self._purpose = purpose

    def seal(self, secret: str) -> bytes:
        return self._box().encrypt(secret.encode())

    def unseal(self, sealed: bytes | memoryview) -> str:
        try:
            return self._box().decrypt(bytes(sealed)).decode()
        except InvalidToken as error:
            raise Unsealable from error

    def renewed(self, sealed: bytes | memoryview) -> bytes:
        """The same secret under the present key."""
        try:
            return self._box().rotate(bytes(sealed))
        except InvalidToken as error:
            raise Unsealable from error

    def _box(self) -> MultiFernet:
        """Seals with the present key, opens with former ones too."""
        return MultiFernet([self._fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])

    def _fernet(self, key: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(hmac.digest(key.encode(), self._purpose, hashlib.sha256)))
