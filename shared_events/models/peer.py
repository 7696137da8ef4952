"""Another LMS whose shared events this one mirrors, and how far the copy has come."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.models import Labelled, LabelledQuerySet


class PeerState(models.TextChoices):
    NEW = "new", _("Not synchronized yet")
    OK = "ok", _("OK")
    BEHIND = "behind", _("Behind")
    FAILED = "failed", _("Failed")
    AUTH_FAILED = "auth_failed", _("Credentials refused")
    DISABLED = "disabled", _("Disabled there")
    NEEDS_CONFIRMATION = "needs_confirmation", _("Needs confirmation")


class Peer(Labelled):
    object_type = ObjectType.PEER

    name = models.CharField(_("Name"), max_length=120)
    base_url = models.URLField(_("Address"), max_length=300)
    client_id = models.CharField(_("Client ID"), max_length=120)
    secret = models.BinaryField(editable=False)  # sealed, see peers.sealing
    enabled = models.BooleanField(_("Synchronize"), default=True)
    poll_seconds = models.PositiveIntegerField(_("Seconds between polls"), default=60)
    origin = models.CharField(max_length=45, blank=True)  # pinned at the first contact
    may_register = models.BooleanField(default=False, db_default=False)  # as its discovery said last
    remote_name = models.CharField(max_length=200, blank=True)

    cursor = models.TextField(blank=True)
    last_cursor = models.TextField(blank=True)  # the last one ever held: lets a rewound host find out
    epoch = models.CharField(max_length=64, blank=True)
    pass_number = models.PositiveIntegerField(default=0)
    in_full_pass = models.BooleanField(default=True)  # removals wait until it ends
    complete_through = models.DateTimeField(null=True)

    state = models.CharField(max_length=24, choices=PeerState, default=PeerState.NEW)
    problem = models.TextField(blank=True)  # the last failure, in plain words
    failures = models.PositiveIntegerField(default=0)  # in a row
    next_try_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    skew_seconds = models.IntegerField(null=True)
    page_limit = models.PositiveIntegerField(default=500)

    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)  # raised with each lease: an older runner can commit nothing
    stop_requested = models.BooleanField(default=False)

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
        verbose_name = _("shared-event peer")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="peer_unique_name"),
            models.UniqueConstraint(fields=["origin"], name="peer_unique_origin", condition=~models.Q(origin="")),
            models.CheckConstraint(condition=models.Q(poll_seconds__gte=5), name="peer_polls_politely"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("peer", args=[self.pk])

    def due(self, at: datetime) -> bool:
        return self.enabled and (self.next_try_at is None or self.next_try_at <= at)


class SyncRun(models.Model):
    """One turn of reading a peer's feed."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="runs")
    full = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    items = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    outcome = models.CharField(max_length=24, blank=True)  # a PeerState; empty while it runs
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.peer_id} {self.started_at}"

    def get_outcome_display(self) -> Any:
        return PeerState(self.outcome).label if self.outcome else _("Running")
