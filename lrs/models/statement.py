"""Statements. The hot tables have no foreign key constraints: each insert would lock the same client row."""

from enum import IntFlag

from django.db import models

from clients.models import Client
from lrs.models.authority import Authority


class Flag(IntFlag):
    """What is known of a stored Statement. Kept in rows: append only."""

    VOIDED = 1
    VOIDS = 2
    ID_ASSIGNED = 4
    TIMESTAMP_ASSIGNED = 8
    VERSION_ASSIGNED = 16
    OF_VERSION_2 = 32  # the rules it was accepted by
    HAS_DATA = 64  # of attachments, in the storage


class Bits:
    """The same as plain ints, for what is tested with every row: arithmetic of an IntFlag is slow."""

    VOIDED, VOIDS, ID_ASSIGNED, TIMESTAMP_ASSIGNED, VERSION_ASSIGNED, OF_VERSION_2, HAS_DATA = map(int, Flag)


ERASED = 0  # the ``seq`` of an id whose Statement was erased: whatever comes under it again is a conflict


class StatementId(models.Model):
    """Decides races for an id. Without ``seq``: something refers to this Statement, which is not here yet."""

    id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField(null=True)
    client = models.ForeignKey(
        Client, models.DO_NOTHING, related_name="+", null=True, db_constraint=False, db_index=False
    )
    digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seq__isnull=True, client__isnull=True, digest__isnull=True)
                | models.Q(seq__isnull=False, client__isnull=False, digest__isnull=False),
                name="lrs_statement_id_whole_or_awaited",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Statement(models.Model):
    """One stored Statement. Only the voided flag changes, and the text where a person is erased."""

    seq = models.BigIntegerField(primary_key=True)  # microseconds since 1970: order, cursor and ``stored`` in one
    client = models.ForeignKey(Client, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    flags = models.SmallIntegerField()
    happened = models.BigIntegerField()  # timestamp, in microseconds since 1970
    uuid = models.UUIDField()
    json = models.BinaryField()  # what was received, without the members the LRS owns

    class Meta:
        indexes = [models.Index(fields=["client", "seq"], name="lrs_statement_by_client")]

    def __str__(self) -> str:
        return str(self.uuid)
