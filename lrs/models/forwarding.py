"""Other LRSes that Statements are forwarded to, and how far that has come."""

from django.db import models

from clients.models import Client


class ForwardTarget(models.Model):
    """Empty filters match everything. ``position``: the number up to which everything is delivered or refused."""

    name = models.CharField(max_length=120, unique=True)
    endpoint = models.URLField(max_length=300)  # what /statements follows
    username = models.CharField(max_length=200)
    password = models.BinaryField(editable=False)  # sealed, see lrs.forwarding.secrets
    client = models.ForeignKey(Client, models.PROTECT, related_name="+", null=True)
    verb = models.TextField(blank=True)
    activity = models.TextField(blank=True)
    agent = models.TextField(blank=True)  # as lrs.statement.identifiers reads it
    position = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)  # of the last turn, in plain words
    failures = models.PositiveIntegerField(default=0)  # in a row
    next_try_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)  # raised with each lease: an older runner can commit nothing

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ForwardRefusal(models.Model):
    """A Statement that a target does not take, and why."""

    target = models.ForeignKey(ForwardTarget, models.CASCADE, related_name="refusals")
    seq = models.BigIntegerField()
    statement = models.UUIDField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "seq"], name="lrs_forward_refusal_unique")]

    def __str__(self) -> str:
        return f"{self.statement}: {self.reason}"
