"""How often a client used a service, by period and outcome."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client


class ClientUsage(models.Model):
    class Outcome(models.TextChoices):
        OK = "ok", _("Succeeded")
        UNAUTHENTICATED = "unauthenticated", _("Credential refused")
        FORBIDDEN = "forbidden", _("Not allowed")
        LIMITED = "limited", _("Too many requests")
        FAILED = "failed", _("Failed")  # accepted, and then answered with an error
        ISSUED = "issued", _("Access token issued")

    client = models.ForeignKey(Client, models.CASCADE, related_name="usage", db_index=False)
    started_at = models.DateTimeField()  # start of the hour; for issued tokens, of the minute
    service = models.CharField(max_length=16)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "started_at", "service", "outcome"], name="usage_unique_row")
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.outcome} {self.started_at:%Y-%m-%d %H:%M}: {self.count}"


class RecentRequest(models.Model):
    """One of a client's latest requests; clients.activity keeps the newest few of each client."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="recent_requests", db_index=False)
    at = models.DateTimeField()
    service = models.CharField(max_length=16)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=120)  # the pattern of the address: no identifier, no query string
    status = models.PositiveSmallIntegerField()
    credential = models.CharField(max_length=16)  # secret, bearer or access_token
    reason = models.CharField(max_length=40, blank=True)  # why a credential or a right was refused
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["client", "-at", "-id"], name="recent_request_by_client")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}"
