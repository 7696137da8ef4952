"""What is left of a client's requests, for all processes together; clients.limits.bucket reads and writes it."""

from django.db import models

from clients.models.client import Client


class ClientBucket(models.Model):
    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    full_at = models.FloatField()  # seconds since 1970, by the clock of the database
    taken = models.FloatField()  # by the statement that wrote last, which answers it

    def __str__(self) -> str:
        return f"bucket of client {self.client_id}"
