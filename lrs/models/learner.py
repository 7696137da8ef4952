"""Which Agents are users of the LMS."""

from django.db import models


class AgentUser(models.Model):
    """An identifier's key and a user it belongs to, with his name as of now. ``lrs.learners`` keeps it."""

    pk = models.CompositePrimaryKey("key", "user")
    key = models.UUIDField()
    user = models.BigIntegerField(db_index=True)  # id of a user; the service that keeps users is a stranger to this one
    name = models.TextField()

    def __str__(self) -> str:
        return self.name


class LinkPosition(models.Model):
    """One row: how far all users have been gone through."""

    user = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.user)
