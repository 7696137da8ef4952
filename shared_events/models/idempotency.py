"""Answers that are given again when a client repeats a request under the same key."""

from django.db import models

from clients.models import Client


class IdempotencyRecord(models.Model):
    """Made in the transaction of what was done: where that is undone, so is this."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    payload = models.CharField(max_length=64)  # hexadecimal SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="idempotency_unique_key")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.status}"
