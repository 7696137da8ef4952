"""Copies of other LMSes' events. Written by ``peers.applying`` and ``peers.passes`` only."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shared_events import calendar
from shared_events.models.peer import Peer


class MirrorEvent(models.Model):
    peer = models.ForeignKey(Peer, models.CASCADE, related_name="events")
    uid = models.UUIDField()
    epoch = models.CharField(max_length=64)
    rev = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)  # of document, as the host's etag names it
    document = models.TextField()  # canonical {"event": …, "training": …} as it came
    title = models.CharField(_("Name"), max_length=255)
    kind = models.CharField(max_length=64)  # open: an unknown one is shown as "see host"
    status = models.CharField(max_length=64)
    location_name = models.CharField(max_length=255, blank=True)
    time_zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    availability = models.JSONField(null=True)  # taken, remaining, waitlisted, open: as the host told last
    removed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=64, blank=True)  # why the host removed it
    pending_removal = models.BooleanField(default=False)  # by the full pass that is under way, or held by the brake
    updated = models.DateTimeField(_("Updated"))

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["peer", "uid"], name="mirror_event_unique")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("mirrored-event", args=[self.pk])

    @property
    def start(self) -> datetime:
        """Local time in the event's zone."""
        return calendar.local_time(self.starts_at, self.time_zone)

    @property
    def end(self) -> datetime:
        return calendar.local_time(self.ends_at, self.time_zone)


class MirrorSeen(models.Model):
    """Met in the full pass that is under way."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="+")
    uid = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["peer", "uid"], name="mirror_seen_unique")]

    def __str__(self) -> str:
        return str(self.uid)


class Quarantine(models.Model):
    """An item that could not be taken, kept until a later one of the same event can, or until a person discards it."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="quarantine")
    ref = models.CharField(max_length=64)  # the uid as it came
    document = models.TextField()
    problem = models.TextField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-last_seen_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["peer", "ref"], name="quarantine_unique")]

    def __str__(self) -> str:
        return f"{self.ref}: {self.problem}"
