"""Access tokens are signed values (clients.tokens); only their revocation needs a row.

The library's own token tables exist because it demands the models, and stay empty: saving one raises.
"""

from typing import Any, NoReturn

from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)


class RevokedToken(models.Model):
    """An access token revoked before its time (RFC 7009). Needed until ``expires`` only."""

    digest = models.BinaryField(max_length=32)  # SHA-256 of the token
    expires = models.BigIntegerField(db_index=True)  # seconds since 1970

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="revoked_token_unique_digest")]

    def __str__(self) -> str:
        return f"revoked token {self.pk}"


class Unreachable(models.Model):
    """A table of the library that nothing may write to."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return "unused"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the library's token storage is not used: access tokens are signed values")


class UnusedAccessToken(Unreachable, AbstractAccessToken):
    class Meta(AbstractAccessToken.Meta):
        pass


class UnusedRefreshToken(Unreachable, AbstractRefreshToken):
    class Meta(AbstractRefreshToken.Meta):
        pass


class UnusedIDToken(Unreachable, AbstractIDToken):
    class Meta(AbstractIDToken.Meta):
        pass


class UnusedGrant(Unreachable, AbstractGrant):
    class Meta(AbstractGrant.Meta):
        pass


class UnusedDeviceGrant(Unreachable, AbstractDeviceGrant):
    class Meta(AbstractDeviceGrant.Meta):
        pass
