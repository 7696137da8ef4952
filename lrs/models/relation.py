"""What Statements are found by, and what they refer to."""

from django.db import models

from clients.models import Client


class Relation(models.Model):
    """A key a Statement can be found by. The primary key is the only index: each question is one range of it."""

    pk = models.CompositePrimaryKey("client_id", "key", "plain", "seq", "hop")
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    key = models.UUIDField()
    plain = models.BooleanField()  # false: only the related_ filters ask for it
    seq = models.BigIntegerField()
    # 0: the Statement's own; n: lent by the n-th Statement it refers to; -n: the same, over a foreign one.
    hop = models.SmallIntegerField()
    roles = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.key} in {self.seq}"


class Reference(models.Model):
    """A Statement whose object is a StatementRef."""

    pk = models.CompositePrimaryKey("target", "seq")
    target = models.UUIDField()
    seq = models.BigIntegerField()
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    voids = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.seq} to {self.target}"
