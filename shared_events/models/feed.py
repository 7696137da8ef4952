"""The change feed: marks left by writers, entries in the order readers see, and what each reader was told.

Numbers are given after commit: a serial column would show the order in which transactions began to write, and a
reader that passed a number would never see the slower transaction below it.
"""

import secrets

from django.db import models

from clients.models import Client
from shared_events.models.event import Event
from shared_events.models.seats import Registration


class Kind(models.TextChoices):
    EVENT = "event"
    AVAILABILITY = "availability"
    REGISTRATION = "registration"


class EventDoc(models.Model):
    """What other LMSes are sent of an event. Outlives it, so that its removal can be told."""

    uid = models.UUIDField(primary_key=True)
    event = models.OneToOneField(Event, models.SET_NULL, null=True, related_name="document")
    rev = models.PositiveIntegerField()  # raised on any change of content
    sequence = models.PositiveIntegerField()  # raised on a change of time, place or status
    hash = models.CharField(max_length=64)  # of fragment
    fragment = models.TextField()  # canonical {"event": …, "training": …}, sent as it is
    updated_at = models.DateTimeField()  # when rev was raised

    def __str__(self) -> str:
        return f"{self.uid} rev {self.rev}"

    @property
    def etag(self) -> str:
        return etag(self.rev, self.hash)


def etag(rev: int, digest: str) -> str:
    """RFC 9110 §8.8.3: strong."""
    return f'"{rev}-{digest[:16]}"'


class FeedMark(models.Model):
    """ "This changed", written in the transaction of the change, taken by the sequencer after its commit."""

    kind = models.CharField(max_length=16)
    ref = models.UUIDField()
    rebuild = models.BooleanField(default=False, db_default=False)  # written around publish: its document may be old

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class FeedEntry(models.Model):
    """The one, newest position of a document."""

    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=16)
    document = models.ForeignKey(EventDoc, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seq"], name="feed_entry_unique_seq"),
            models.UniqueConstraint(fields=["kind", "document"], name="feed_entry_one_position"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class RegistrationEntry(models.Model):
    """The one, newest position of a registration, which only its client is told.

    A table of its own: the sequencer must not wait for whoever holds the registration's row.
    """

    seq = models.PositiveBigIntegerField()
    client = models.ForeignKey(Client, models.CASCADE, related_name="+", db_index=False)
    registration = models.OneToOneField(Registration, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "seq"], name="registration_entry_unique_seq")]

    def __str__(self) -> str:
        return f"{self.seq} {Kind.REGISTRATION}"


def new_nonce() -> str:
    return secrets.token_hex(8)


class FeedBatch(models.Model):
    """Positions up to ``seq_end`` that were given in one turn. A rewound feed cannot give the same nonce again."""

    seq_end = models.PositiveBigIntegerField(primary_key=True)
    nonce = models.CharField(max_length=16, default=new_nonce)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"to {self.seq_end}"

    @classmethod
    def head(cls) -> int:
        return cls.objects.aggregate(head=models.Max("seq_end"))["head"] or 0

    @classmethod
    def nonce_at(cls, position: int) -> str:
        """The nonce of the batch that holds a position; empty before the first and after the last."""
        held = cls.objects.filter(seq_end__gte=position).order_by("seq_end")
        return held.values_list("nonce", flat=True).first() or "" if position else ""


class Exposure(models.Model):
    """A client was sent this: its removal has to reach it too, and only those who saw it."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16)
    ref = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "kind", "ref"], name="exposure_unique")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.kind} {self.ref}"
