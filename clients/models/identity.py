"""Who an administrator is at the organisation's provider. Written by clients.identities only."""

from django.db import models

from clients.models.administrator import Administrator


class OidcIdentity(models.Model):
    """``subject`` is the provider's own name for a person: it stays where an e-mail address changes hands."""

    administrator = models.ForeignKey(Administrator, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="oidc_identity_one_administrator"),
            models.UniqueConstraint(fields=["administrator", "issuer"], name="oidc_identity_one_a_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.administrator} at {self.issuer}"
