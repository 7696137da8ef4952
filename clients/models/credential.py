"""What is kept of a client secret or a bearer token: never the value."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client


class CredentialQuerySet(models.QuerySet["Credential"]):
    def live(self, now: datetime) -> "CredentialQuerySet":
        """Neither revoked nor expired at ``now``."""
        return self.filter(
            models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gt=now),
            models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now),
        )

    def newest(self, client: Client, kind: str) -> "Credential | None":
        return self.filter(client=client, kind=kind).order_by("-number").first()


class Credential(models.Model):
    class Kind(models.TextChoices):
        SECRET = "secret", _("Client secret")
        BEARER = "bearer", _("Bearer token")

    client = models.ForeignKey(Client, models.CASCADE, related_name="credentials", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.PositiveIntegerField()  # 1, 2, … per client and kind
    digest = models.BinaryField(max_length=32)  # SHA-256
    prefix = models.CharField(max_length=8)
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.GenericIPAddressField(null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="credential_unique_digest"),
            models.UniqueConstraint(fields=["client", "kind", "number"], name="credential_unique_number"),
            models.UniqueConstraint(
                fields=["client", "kind"], condition=models.Q(revoked_at__isnull=True), name="credential_one_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} …{self.last_four}"
