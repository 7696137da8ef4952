"""Documents of the State and both Profile resources (xAPI 1.0.3 Communication §2.2)."""

from django.db import models

from clients.models import Client


class Document(models.Model):
    """Each client has its own under the same name. The primary key is the only index: it ends in what lists leave open.

    ``activity``, ``agent`` and ``registration`` are all zeros where the kind has no such part or none was given.
    """

    pk = models.CompositePrimaryKey("kind", "activity", "agent", "client_id", "registration", "name_key")
    kind = models.SmallIntegerField()  # lrs.statement.documents.Kind
    activity = models.UUIDField()
    agent = models.UUIDField()
    client = models.ForeignKey(Client, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    registration = models.UUIDField()
    name_key = models.UUIDField()
    name = models.TextField()  # stateId or profileId
    activity_id = models.TextField()
    identifier = models.TextField()  # JSON of the Agent's identifier
    content_type = models.TextField()
    content = models.BinaryField()
    sha1 = models.CharField(max_length=40)
    updated = models.BigIntegerField()  # microseconds since 1970

    def __str__(self) -> str:
        return self.name
