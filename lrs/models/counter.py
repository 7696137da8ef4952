"""Statements counted for charts, by ``lrs.counting`` alone. The rows can be made again from the Statements."""

from django.db import models

from clients.models import Client


class Unit(models.IntegerChoices):
    """Kept in rows: append only."""

    DAY = 1
    MONTH = 2


class Kind(models.IntegerChoices):
    """What of a Statement is counted. Kept in rows: append only."""

    VERB = 1
    ACTIVITY = 2  # the object of a Statement, where it is an Activity


class CountPosition(models.Model):
    """One row. Whoever counts holds its lock, so each Statement is counted once."""

    seq = models.BigIntegerField(default=0)  # counted up to this number, included
    measured = models.DateTimeField(null=True)  # when documents and attachments were last summed up

    def __str__(self) -> str:
        return str(self.seq)


class HourCount(models.Model):
    pk = models.CompositePrimaryKey("client_id", "hour")
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    hour = models.IntegerField()  # since 1970, UTC
    statements = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.statements} in hour {self.hour}"


class TopCount(models.Model):
    """How often a Verb or an Activity stood in a client's Statements of one day or month of UTC.

    Once that is over, the most frequent ones stay and the rest is one row: its key is all zeros.
    """

    pk = models.CompositePrimaryKey("client_id", "unit", "kind", "start", "key")
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    unit = models.SmallIntegerField(choices=Unit)
    kind = models.SmallIntegerField(choices=Kind)
    start = models.IntegerField()  # days or months since 1970
    key = models.UUIDField()
    iri = models.TextField()
    statements = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.statements} with {self.iri}"


class ClientTotal(models.Model):
    """What one client has stored: Statements since the first one, documents and attachments as they are now."""

    client = models.OneToOneField(
        Client, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False, db_index=False
    )
    statements = models.BigIntegerField(default=0)
    json_bytes = models.BigIntegerField(default=0)
    first = models.BigIntegerField(null=True)  # seq
    last = models.BigIntegerField(null=True)  # seq
    documents = models.BigIntegerField(default=0)
    document_bytes = models.BigIntegerField(default=0)
    attachments = models.BigIntegerField(default=0)
    attachment_bytes = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.statements} statements"
