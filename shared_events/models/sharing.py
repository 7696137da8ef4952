"""What a client may do with shared events beyond its one switch, and what it was given so far."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from shared_events.models.share_label import ShareLabel, expanded


class ClientSharing(models.Model):
    """Made when a client first reads or is limited. ``all_events`` is its own choice: without labels, it has none."""

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="sharing")
    read = models.BooleanField(_("May read events"), default=True)
    register = models.BooleanField(_("May register participants"), default=False, db_default=False)
    all_events = models.BooleanField(_("All shared events"), default=True)
    share_labels = models.ManyToManyField(ShareLabel, blank=True, related_name="+", verbose_name=_("Share labels"))
    issued = models.PositiveBigIntegerField(default=0)  # pages with items
    acked_seq = models.PositiveBigIntegerField(default=0)  # all up to here has been applied by the reader
    last_read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.client)

    @classmethod
    def of(cls, client_pk: int) -> Self:
        """The stored row, or the unsaved defaults of a client that never read."""
        return cls.objects.filter(pk=client_pk).first() or cls(pk=client_pk)

    def served_labels(self) -> frozenset[int] | None:
        """The share labels one of which an event must bear; None for a client that is given all shared events."""
        if self.all_events:
            return None
        return expanded(set(self.share_labels.values_list("pk", flat=True)))
