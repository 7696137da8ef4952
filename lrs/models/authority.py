"""Who asserts a Statement (xAPI 1.0.3 Data §2.4.9): the client that stored it, as it was called then."""

from django.db import models

from clients.models import Client


class Authority(models.Model):
    """Immutable: a client that is renamed gets another row, and its Statements keep theirs."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="+", db_index=False)
    digest = models.BinaryField(max_length=32)  # SHA-256 of json
    json = models.TextField()
    key = models.UUIDField(db_index=True)  # of the Agent: what related_agents finds it by

    class Meta:
        verbose_name_plural = "authorities"
        constraints = [models.UniqueConstraint(fields=["client", "digest"], name="lrs_authority_unique")]

    def __str__(self) -> str:
        return self.json
