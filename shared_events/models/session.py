"""The dated parts of an event. Written by ``scheduling.set_sessions`` only; a trigger notices every other writer."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now

from shared_events import calendar
from shared_events.models.event import Event
from shared_events.models.local_time import LocalDateTimeField


class EventSession(models.Model):
    """Local times are on the clocks of the event's zone. A removed one stays a while, so that calendars can be told."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    sid = models.UUIDField(default=uuid.uuid4)
    version = models.PositiveIntegerField(default=0, db_default=0)  # the event's, as it was written last
    start = LocalDateTimeField()
    duration_seconds = models.PositiveIntegerField()
    location_name = models.CharField(max_length=255, blank=True)  # empty: where the event is
    join_url = models.URLField(max_length=500, blank=True)  # never told to other LMSes
    created = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["start", "sid"]
        constraints = [
            models.UniqueConstraint(fields=["event", "sid"], name="session_unique_sid"),
            models.CheckConstraint(condition=models.Q(duration_seconds__gte=1), name="session_has_duration"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.start}"

    @property
    def starts_at(self) -> datetime:
        return calendar.instant(self.start, self.event.time_zone)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.duration_seconds)

    @property
    def end(self) -> datetime:
        """Local time in the event's zone."""
        return calendar.local_time(self.ends_at, self.event.time_zone)
