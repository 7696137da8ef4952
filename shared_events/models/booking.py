"""Seats that learners of this LMS have or want in other LMSes' events. Only the host says who gets one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shared_events.models.mirror import MirrorEvent


class BookingState(models.TextChoices):
    """The host's words, and two of ours. Words of later versions are kept as they come."""

    PENDING = "pending", _("Not confirmed yet")  # the host has not answered
    CONFIRMED = "confirmed", _("Confirmed")
    WAITLISTED = "waitlisted", _("Waiting")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Not registered")  # refused, or given up


ENDED = (BookingState.CANCELLED, BookingState.FAILED)


class Intent(models.TextChoices):
    """What the host has still to be told or asked."""

    NONE = ""
    SEND = "send"
    CANCEL = "cancel"
    FETCH = "fetch"  # it changed there: the link to join and the place in line are asked for


class Booking(models.Model):
    """Stored before the host is called, so that a lost answer can be asked for again under the same ``rid``."""

    rid = models.UUIDField(default=uuid.uuid4)
    mirror = models.ForeignKey(MirrorEvent, models.CASCADE, related_name="bookings")
    user = models.PositiveBigIntegerField(null=True)  # as lms_oauth.learners knows them; None: deleted, or not known
    ref = models.CharField(max_length=64, blank=True)  # what the host is told instead
    state = models.CharField(_("State"), max_length=64, default=BookingState.PENDING)
    cancelled_by = models.CharField(max_length=64, blank=True)
    join_url = models.URLField(max_length=500, blank=True)
    rev = models.PositiveBigIntegerField(default=0)
    intent = models.CharField(max_length=8, choices=Intent, default=Intent.SEND, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    created = models.DateTimeField(_("Registered"), auto_now_add=True, db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rid"], name="booking_unique_rid"),
            models.UniqueConstraint(
                fields=["mirror", "user"],
                condition=Q(user__isnull=False) & ~Q(state__in=ENDED),
                name="booking_one_live_of_a_user",
            ),
            models.CheckConstraint(condition=Q(intent__in=Intent.values), name="booking_known_intent"),
        ]
        indexes = [models.Index(fields=["user"], name="booking_by_user")]

    def __str__(self) -> str:
        return f"{self.rid}: {self.state}"

    @property
    def live(self) -> bool:
        return self.state not in ENDED

    @property
    def state_label(self) -> str:
        return str(BookingState(self.state).label) if self.state in BookingState.values else str(_("See the host"))
