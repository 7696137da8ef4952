"""Ready-made activity of a client."""

from datetime import timedelta

from django.utils import timezone

from clients import refusals
from clients.models import Client, ClientUsage, Credential, RecentRequest

LAST = {
    "service": "xapi",
    "method": "GET",
    "path": "/xapi/statements",
    "status": 200,
    "credential": "bearer",
    "reason": "",
    "address": "192.0.2.7",
}


def count(client: Client, outcome: str, number: int = 1, *, service: str = "xapi", days_ago: int = 0) -> ClientUsage:
    at = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    return ClientUsage.objects.create(client=client, started_at=at, service=service, outcome=outcome, count=number)


def request_of(client: Client, *, seconds_ago: int = 0, **values) -> RecentRequest:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    return RecentRequest.objects.create(client=client, at=at, **LAST | values)


def refuse(client: Client, reason: str, number: int = 1, *, service: str = "xapi") -> None:
    for _ in range(number):
        refusals.note(refusals.Cause(client.client_id, service, reason, "192.0.2.9"))
    refusals.flush(everything=True)


def use(client: Client, *, kind: str = "bearer", days_ago: int = 0) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    Credential.objects.filter(client=client, kind=kind).update(last_used_at=at, last_used_from="192.0.2.7")
