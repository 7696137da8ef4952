"""This LMS as other LMSes know it: one row, made on first use."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # nothing is known to be complete yet


def new_origin() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def new_epoch() -> str:
    return secrets.token_hex(6)


def new_tag_key() -> bytes:
    return secrets.token_bytes(32)


class Instance(models.Model):
    origin = models.CharField(max_length=45, default=new_origin)
    epoch = models.CharField(max_length=12, default=new_epoch)
    past_epochs = models.JSONField(default=list)
    tag_key = models.BinaryField(default=new_tag_key)
    floor = models.PositiveBigIntegerField(default=0)  # greatest position of a tombstone that was dropped
    sequenced_through = models.DateTimeField(default=BEGINNING)
    expired_through = models.DateTimeField(default=timezone.now)  # until when ended events were told to leave
    keep_past_days = models.PositiveIntegerField(_("Days that past events stay shared"), default=365)
    tombstone_days = models.PositiveIntegerField(_("Days that deletions are remembered"), default=90)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="instance_one_row"),
            models.CheckConstraint(condition=models.Q(tombstone_days__gte=7), name="instance_tombstones_last"),
        ]

    def __str__(self) -> str:
        return self.origin

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    read_at: datetime  # the database's time of the query that read this row

    @classmethod
    def current(cls) -> Self:
        """The row as it is now, with ``read_at``."""
        rows = cls.objects.annotate(read_at=Now()).filter(pk=1)
        row = rows.first()
        if row is None:
            cls.objects.get_or_create(pk=1)
            row = rows.get()
        return row

    def kept_since(self, at: datetime) -> datetime:
        """Events that ended before this are no longer shared at ``at``."""
        return at - timedelta(days=self.keep_past_days)

    def renew_epoch(self) -> bool:
        """A new epoch after a rewind; False where somebody else was first."""
        past = [*self.past_epochs, self.epoch]
        return bool(type(self).objects.filter(pk=1, epoch=self.epoch).update(epoch=new_epoch(), past_epochs=past))
