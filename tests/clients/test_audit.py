"""The audit log: one writer, append-only, never a secret."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from clients import audit
from clients.audit import Origin
from clients.models import AuditEntry
from tests.builders import make_client, make_superadmin

pytestmark = pytest.mark.django_db


def request(user=None, **extra):
    made = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7", **extra)
    made.user = user or AnonymousUser()
    made.request_id = "0123456789abcdef"
    return made


def test_an_administrator_on_a_page():
    administrator = make_superadmin("root")
    client = make_client()
    audit.record("client_updated", client, by=Origin.of(request(administrator)), active=[True, False])
    entry = AuditEntry.objects.first()
    assert (entry.actor, entry.actor_name, entry.via) == (administrator, "root", "page")
    assert (entry.address, entry.request_id) == ("192.0.2.7", "0123456789abcdef")
    assert (entry.object_type, entry.object_id, entry.object_name) == ("client", str(client.pk), client.name)
    assert entry.facts == {"active": [True, False]}


@pytest.mark.parametrize(
    ("origin", "name", "via", "address"),
    [
        (lambda: Origin.command("set_client"), "command set_client", "command", None),
        (lambda: Origin.client("Entra", request()), "Entra", "api", "192.0.2.7"),
        (lambda: Origin.of(request()), "anonymous", "page", "192.0.2.7"),
        (lambda: Origin.client("x" * 400, request(HTTP_X_FORWARDED_FOR="198.51.100.1")), "x" * 150, "api", "192.0.2.7"),
    ],
)
def test_other_origins(origin, name, via, address):
    audit.record("something", make_client(), by=origin())
    entry = AuditEntry.objects.first()
    assert (entry.actor, entry.actor_name, entry.via, entry.address) == (None, name, via, address)


def test_a_peer_without_address():
    made = request()
    made.META["REMOTE_ADDR"] = ""
    audit.record("something", make_client(), by=Origin.client("x", made))
    assert AuditEntry.objects.first().address is None


def test_refusals():
    audit.record_refusals("xapi", claimed="c" * 24, reason="wrong secret", count=3, by=Origin("c" * 24, "api"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_type, entry.object_id) == ("credential_refused", "client", "c" * 24)
    assert entry.facts == {"service": "xapi", "reason": "wrong secret", "count": 3}


def test_entries_are_never_changed_nor_deleted():
    audit.record("something", make_client(), by=Origin.command("test"))
    entry = AuditEntry.objects.first()
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(at=1)):
        with pytest.raises(TypeError):
            attempt()
