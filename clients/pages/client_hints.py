"""Hints on a client's page: what looks wrong or no longer needed, and what to do about it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clients import lookup
from clients.models import AuditEntry, Client, ClientUsage, Credential
from clients.rights import Right, Service

UNUSED_DAYS, OLD_DAYS, REFUSED_DAYS = 90, 365, 7


def hints(client: Client) -> list[str]:
    """In the order of their urgency; none for a client that is not active."""
    if not client.active:
        return []
    rights = lookup.switches_of(client.pk).rights
    return [*_refused(client, rights), *_old(client), *_unused(client), *_unread(client)]


def _refused(client: Client, rights: Right) -> Iterator[str]:
    """Services it called lately although they are off for it now."""
    since = timezone.now() - timedelta(days=REFUSED_DAYS)
    entries = AuditEntry.objects.filter(object_type="client", object_id=client.client_id, at__gte=since)
    told = entries.filter(action="credential_refused", facts__reason="no right").order_by()
    called = set(told.values_list("facts__service", flat=True))
    for service in Service:
        if service.slug in called and not rights & service.rights:
            yield _(
                "%(service)s was called in the last %(days)s days and refused, because it is not switched on. Switch "
                "it on below, or stop the integration from calling it."
            ) % {"service": service.realm, "days": REFUSED_DAYS}


def _old(client: Client) -> Iterator[str]:
    now = timezone.now()
    secrets = Credential.objects.live(now).filter(client=client, kind=Credential.Kind.SECRET)
    if secrets.filter(created_at__lt=now - timedelta(days=OLD_DAYS)).exists():
        yield _(
            "The client secret is older than %(days)s days. Agree on a time with whoever runs the integration, and "
            "regenerate it on the Credentials tab."
        ) % {"days": OLD_DAYS}


def _unused(client: Client) -> Iterator[str]:
    before = timezone.now() - timedelta(days=UNUSED_DAYS)
    last = Credential.objects.filter(client=client).aggregate(last=Max("last_used_at"))["last"]
    if (last or client.created) < before:
        yield _(
            "Not used for %(days)s days. Ask whoever owns it; where nobody needs it, switch Active off, or delete it."
        ) % {"days": UNUSED_DAYS}


def _unread(client: Client) -> Iterator[str]:
    """Older than a while, may read everything, and never asked the LRS for anything."""
    settled = client.created < timezone.now() - timedelta(days=REFUSED_DAYS)
    if client.lrs_full_read and settled and not _used(client, Service.XAPI):
        yield _(
            "Full read access to all data is on, and the client has never called the LRS. Switch it off until it is "
            "needed."
        )


def _used(client: Client, service: Service) -> bool:
    return ClientUsage.objects.filter(client=client, service=service.slug, outcome=ClientUsage.Outcome.OK).exists()
