"""When each piece of background work ran, how it ended, and who runs it now."""

from datetime import datetime

from django.db import models
from django.db.models import Q


class JobStateQuerySet(models.QuerySet["JobState"]):
    def free(self, at: datetime) -> "JobStateQuerySet":
        """Nobody runs them, or whoever did has not been heard of for longer than the lease."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=at))

    def due(self, at: datetime) -> "JobStateQuerySet":
        return self.free(at).filter(due_at__lte=at).order_by("due_at", "name")


class JobState(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()
    holder = models.UUIDField(null=True)  # of the run that has the lease
    leased_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # since it last went well
    error = models.CharField(max_length=100, default="")  # class of the last failure; its message may hold anything

    objects = JobStateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
