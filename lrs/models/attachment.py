"""Data of attachments. The bytes are files in the storage ``lrs_attachments``."""

from django.db import models

from clients.models import Client


class Attachment(models.Model):
    """Kept for each client by itself: to know a hash opens nothing."""

    pk = models.CompositePrimaryKey("client_id", "sha2")
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    sha2 = models.CharField(max_length=128)  # lower case
    size = models.BigIntegerField()  # bytes
    file = models.CharField(max_length=255)  # name in the storage
    media_type = models.TextField()

    def __str__(self) -> str:
        return self.sha2


class StatementAttachment(models.Model):
    """A Statement names this data in an attachment of its own or of its SubStatement."""

    pk = models.CompositePrimaryKey("seq", "sha2")
    seq = models.BigIntegerField()
    sha2 = models.CharField(max_length=128)
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)

    class Meta:
        indexes = [models.Index(fields=["client", "sha2"], name="lrs_link_by_data")]  # whether data is still named

    def __str__(self) -> str:
        return f"{self.sha2} of {self.seq}"
