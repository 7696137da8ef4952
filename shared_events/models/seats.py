"""Seats of an event and who holds or waits for one. Written by ``registrations.seating`` only."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from shared_events.models.event import Event


class Seats(models.Model):
    """One row an event, made when somebody first needs it. Whoever changes a registration holds its lock.

    Registrations refer to it and not to the event, whose lock an editor of the event holds.
    """

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="seats")
    capacity = models.PositiveIntegerField(_("Seats"), null=True)  # None: no limit
    minimum = models.PositiveIntegerField(_("Minimum number of participants"), null=True)
    overbooked_to = models.PositiveIntegerField(null=True)  # an administrator let more in than there are seats
    seats_taken = models.PositiveIntegerField(default=0)
    accepting = models.BooleanField(default=True)  # neither cancelled nor archived
    waiting_list = models.BooleanField(_("Waiting list"), default=True)
    waiting_limit = models.PositiveIntegerField(_("Places on the waiting list"), null=True)
    waitlisted = models.PositiveIntegerField(default=0)
    next_number = models.PositiveIntegerField(default=1)  # who waits is served by number
    join_url = models.URLField(_("Link to join"), max_length=500, blank=True)  # told to who has a seat, and to no other
    rev = models.PositiveIntegerField(default=0, db_default=0)  # raised on any change of what is told of seats

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity=None)
                | Q(seats_taken__lte=F("capacity"))
                | Q(overbooked_to__isnull=False, seats_taken__lte=F("overbooked_to")),
                name="seats_not_oversold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.seats_taken} of {self.capacity}"

    @property
    def free(self) -> int | None:
        """None: no limit."""
        return None if self.capacity is None else max(self.capacity - self.seats_taken, 0)


class State(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    WAITLISTED = "waitlisted", _("Waiting")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (State.CONFIRMED, State.WAITLISTED)


class CancelledBy(models.TextChoices):
    HOST = "host", _("by an administrator")
    HOME = "home", _("by the participant's LMS")
    EVENT = "event", _("with the event")


class Registration(models.Model):
    """Of a user of this LMS, or of somebody whom the LMS of ``client`` knows by ``ref`` and nobody here can name."""

    seats = models.ForeignKey(Seats, models.CASCADE, related_name="registrations")
    user = models.PositiveBigIntegerField(null=True)  # as lms_oauth.learners knows them; None: deleted since
    client = models.ForeignKey(Client, models.PROTECT, null=True, related_name="+")
    rid = models.UUIDField(null=True)  # the client's own name for it
    ref = models.CharField(max_length=64, blank=True, db_default="")
    rev = models.PositiveIntegerField(default=1, db_default=1)  # raised on any change that the client is told
    state = models.CharField(_("State"), max_length=16, choices=State)
    cancelled_by = models.CharField(max_length=16, choices=CancelledBy, blank=True)
    number = models.PositiveIntegerField(null=True)  # while waiting
    created = models.DateTimeField(_("Registered"), auto_now_add=True, db_default=Now())
    changed = models.DateTimeField(_("Updated"), auto_now=True, db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seats", "user"], condition=Q(state__in=LIVE), name="registration_one_live_of_a_user"
            ),
            models.UniqueConstraint(
                fields=["seats", "client", "ref"],
                condition=Q(state__in=LIVE, client__isnull=False),
                name="registration_one_live_of_a_ref",
            ),
            models.UniqueConstraint(fields=["client", "rid"], name="registration_unique_rid"),
            models.CheckConstraint(
                condition=Q(client=None, rid=None, ref="")
                | Q(client__isnull=False, rid__isnull=False, user=None) & ~Q(ref=""),
                name="registration_local_or_of_a_client",
            ),
            models.UniqueConstraint(fields=["seats", "number"], name="registration_one_place_in_line"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="registration_known_state"),
            models.CheckConstraint(
                condition=Q(state=State.WAITLISTED, number__isnull=False)
                | Q(~Q(state=State.WAITLISTED), number__isnull=True),
                name="registration_waits_with_number",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CANCELLED, cancelled_by__in=CancelledBy.values)
                | Q(~Q(state=State.CANCELLED), cancelled_by=""),
                name="registration_cancelled_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="registration_by_user")]

    def __str__(self) -> str:
        return f"{self.participant}: {self.state}"

    @property
    def participant(self) -> int | str | None:
        """The number of a user, or what a client calls somebody; None for a user who was deleted."""
        return self.ref or self.user

    @property
    def live(self) -> bool:
        return self.state in LIVE


def new_hold() -> str:
    return f"h_{secrets.token_urlsafe(18)}"


class Hold(models.Model):
    """Seats kept for a client for some minutes; they count as taken."""

    key = models.CharField(max_length=32, default=new_hold, unique=True)
    seats = models.ForeignKey(Seats, models.CASCADE, related_name="holds")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    left = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(left__gte=1), name="hold_of_something")]

    def __str__(self) -> str:
        return f"{self.left} until {self.expires_at}"
