"""What is known of Agents, Activities and Verbs beside their ids."""

from django.db import models

from clients.models import Client


class Description(models.Model):
    """One way a client has described something. Rows are only added, so no two writers wait for a shared row."""

    pk = models.CompositePrimaryKey("key", "client_id", "variant")
    key = models.UUIDField()
    client = models.ForeignKey(Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    variant = models.UUIDField()  # the first half of SHA-256 of content
    seq = models.BigIntegerField()  # of the Statement that brought it
    identifier = models.TextField()  # IRI, or JSON of an Agent's identifier
    content = models.TextField()  # JSON: {"name": …} of an Agent, {"display": …} of a Verb, definition of an Activity

    def __str__(self) -> str:
        return self.identifier
