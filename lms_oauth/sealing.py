"""Secrets that have to be used again, so that a digest cannot do: encrypted under a key that is not in the database."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


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

    def _box(self) -> MultiFernet:
        """Seals with the present key, opens with former ones too."""
        return MultiFernet([self._fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])

    def _fernet(self, key: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(hmac.digest(key.encode(), self._purpose, hashlib.sha256)))
