"""A training event of this LMS."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.models import Labelled, LabelledQuerySet
from shared_events import calendar
from shared_events.models.local_time import LocalDateTimeField
from shared_events.models.share_label import ShareLabel

if TYPE_CHECKING:
    from shared_events.models.seats import Seats
    from shared_events.models.session import EventSession


class EventKind(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("Hybrid")


class Status(models.TextChoices):
    """The only state that other LMSes are told."""

    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    CANCELLED = "cancelled", _("Cancelled")


class Stage(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class Event(Labelled):
    """Written by ``publishing.publish`` only; a database trigger notices every other writer."""

    object_type = ObjectType.EVENT

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # raised by each publish
    title = models.CharField(_("Name"), max_length=255)
    kind = models.CharField(_("Kind"), max_length=16, choices=EventKind, default=EventKind.IN_PERSON)
    location_name = models.CharField(_("Location Name"), max_length=255, blank=True)
    start = LocalDateTimeField(_("Start Time"))
    time_zone = models.CharField(_("Time Zone"), max_length=64)
    duration_seconds = models.PositiveIntegerField()
    info = models.TextField(_("Additional Information for Participants"), blank=True)
    status = models.CharField(_("Status"), max_length=16, choices=Status, default=Status.PLANNED)
    stage = models.CharField(_("Stage"), max_length=16, choices=Stage, default=Stage.PUBLISHED)
    shared = models.BooleanField(_("Shared"), default=False)
    share_labels = models.ManyToManyField(ShareLabel, blank=True, related_name="events", verbose_name=_("Share labels"))
    starts_at = models.DateTimeField(editable=False)  # from start and time_zone, for sorting
    ends_at = models.DateTimeField(editable=False, db_index=True)
    created = models.DateTimeField(_("Created"), auto_now_add=True, db_default=Now())
    updated = models.DateTimeField(_("Updated"), auto_now=True, db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = LabelledQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="event_unique_uid"),
            models.CheckConstraint(condition=models.Q(kind__in=EventKind.values), name="event_known_kind"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="event_known_status"),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="event_known_stage"),
            models.CheckConstraint(condition=models.Q(duration_seconds__gte=1), name="event_has_duration"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.pk])

    def place_in_time(self) -> None:
        """The instants that start, zone and duration mean with the time zone rules of today."""
        self.starts_at = calendar.instant(self.start, self.time_zone)
        self.ends_at = self.starts_at + timedelta(seconds=self.duration_seconds)

    @property
    def end(self) -> datetime:
        """Local time in the event's zone."""
        return calendar.local_time(self.ends_at, self.time_zone)

    @property
    def parts(self) -> "list[EventSession]":
        """Its sessions that take place, in order; empty for an event in one piece."""
        return [session for session in self.sessions.all() if session.removed_at is None]

    @property
    def enrolment(self) -> "Seats | None":
        """None until somebody needed it: without a limit, and with nobody in it."""
        return getattr(self, "seats", None)

    @property
    def cancelled(self) -> bool:
        return self.status == Status.CANCELLED
