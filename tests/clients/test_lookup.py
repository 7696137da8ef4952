"""The raw statements say what the ORM would say, and use an index."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clients import lookup, secrets, tokens
from clients.models import Client, Credential, LmsSettings, RevokedToken
from clients.rights import Service, Switches
from tests.builders import enable_shared_events, make_client, make_configuration

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(params=range(5))
def population(request):
    """Twelve clients in random states with credentials in random states."""
    chance = random.Random(request.param)
    told = {"mapping": [{"path": "userName"}], "flags": {}, "log_reads_until": NOW, "rate": 7}
    configurations = [None, make_configuration(**told), make_configuration(active=False)]
    enable_shared_events(enabled=chance.random() < 0.5)
    for _ in range(12):
        client = make_client(
            active=chance.random() < 0.7,
            lrs_own=chance.random() < 0.5,
            lrs_full_read=chance.random() < 0.5,
            shared_events=chance.random() < 0.5,
            requests_per_minute=chance.choice([None, 0, 60]),
            burst=chance.choice([None, 5]),
            scim_configuration=chance.choice(configurations),
        )
        Client.objects.filter(pk=client.pk).update(generation=chance.randrange(1, 9))
        for kind in Credential.Kind:
            for number in range(1, chance.randrange(1, 4)):
                make_credential(client, kind, number, chance)


def make_credential(client, kind, number, chance):
    times = [None, NOW - timedelta(hours=1), NOW, NOW + timedelta(microseconds=1), NOW + timedelta(hours=1)]
    revoked = chance.choice(times[1:]) if number > 1 or chance.random() < 0.5 else None
    Credential.objects.create(
        client=client,
        kind=kind,
        number=number,
        digest=chance.randbytes(32),
        prefix="lmscs_",
        last_four="0000",
        created_at=NOW,
        expires_at=chance.choice(times),
        revoked_at=revoked,
        last_used_at=chance.choice(times),
    )


def expected(credential, service):
    """What the ORM knows of the same row."""
    client = Client.objects.select_related("scim_configuration").get(pk=credential.client_id)
    asked = {service} if service else set(Service)
    configuration = client.scim_configuration
    enabled = LmsSettings.objects.get().shared_events_enabled
    return {
        "client_pk": client.pk,
        "client_id": client.client_id,
        "name": client.name,
        "active": client.active,
        "generation": client.generation,
        "scim_configuration_pk": client.scim_configuration_id,
        "scim_configuration": every_field(configuration) if service is Service.SCIM else None,
        "credential_pk": credential.pk,
        "number": credential.number,
        "digest": bytes(credential.digest),
        "revoked": credential.revoked_at is not None and credential.revoked_at <= NOW,
        "expired": credential.expires_at is not None and credential.expires_at <= NOW,
        "requests_per_minute": client.requests_per_minute,
        "burst": client.burst,
        "switches": Switches(
            scim=Service.SCIM in asked and configuration is not None and configuration.active,
            lrs_own=client.lrs_own,
            lrs_full_read=client.lrs_full_read,
            shared_events=Service.SHARED_EVENTS in asked and client.shared_events and enabled,
        ),
    }


def facts(holder):
    found = {name: getattr(holder, name) for name in holder.__slots__ if name != "last_used_at"}
    return found | {"scim_configuration": every_field(found["scim_configuration"])}


def every_field(model):
    return model and {one.attname: getattr(model, one.attname) for one in model._meta.concrete_fields}


@pytest.mark.parametrize("service", [None, *Service])
def test_by_digest_is_its_orm_form(population, service):
    for credential in Credential.objects.all():
        digest = bytes(credential.digest)
        holder = lookup.by_digest(credential.kind, digest, NOW, service)
        assert facts(holder) == expected(credential, service)
        live = Credential.objects.live(NOW).filter(pk=credential.pk, client__active=True).exists()
        assert holder.live == live
        (other,) = set(Credential.Kind) - {credential.kind}
        assert lookup.by_digest(other, digest, NOW, service) is None
    assert lookup.by_digest(Credential.Kind.SECRET, b"\0" * 32, NOW, service) is None


@pytest.mark.parametrize("service", [None, *Service])
def test_by_number_is_its_orm_form(population, service):
    token_digest, revoked_digest = secrets.digest("token"), secrets.digest("revoked")
    RevokedToken.objects.create(digest=revoked_digest, expires=1)
    for client in Client.objects.all():
        for number in range(5):
            for digest in (token_digest, revoked_digest):
                holder = lookup.by_number(client.pk, number, digest, NOW, service)
                revoked = RevokedToken.objects.filter(digest=digest)
                credential = Credential.objects.filter(
                    ~Exists(revoked), client=OuterRef("pk"), kind=Credential.Kind.SECRET, number=number
                )
                found = Client.objects.filter(Exists(credential), pk=client.pk).exists()
                assert (holder is not None) == found
                if holder:
                    kept = Credential.objects.get(client=client, kind="secret", number=number)
                    assert facts(holder) == expected(kept, service)


@pytest.mark.parametrize(("pk", "number"), [(0, 0), (2**63 - 1, 2**32 - 1), (1, 2**31)])
def test_numbers_of_any_size_a_token_can_hold(pk, number):
    assert lookup.by_number(pk, number, b"\0" * 32, NOW) is None


@pytest.mark.parametrize("service", [None, *Service])
@pytest.mark.parametrize("key", ["digest", "number"])
def test_no_table_of_credentials_is_scanned(service, key, django_assert_num_queries):
    client = client_with_many_secrets()
    with django_assert_num_queries(1) as queries:
        if key == "digest":
            lookup.by_digest(Credential.Kind.SECRET, b"\0" * 32, NOW, service)
        else:
            lookup.by_number(client.pk, 1, b"\0" * 32, NOW, service)
    plan = explained(queries[0]["sql"])
    assert all(sign in plan for sign in SIGNS[connection.vendor, key]), plan
    assert "SCAN" not in plan


def client_with_many_secrets():
    """A planner that knows only empty tables may take any index, so this one is told of many rows."""
    client = make_client()
    Credential.objects.bulk_create(
        Credential(
            client=client, kind="secret", number=n, digest=secrets.digest(f"s{n}"), created_at=NOW, revoked_at=NOW
        )
        for n in range(500)
    )
    RevokedToken.objects.bulk_create(RevokedToken(digest=secrets.digest(f"t{n}"), expires=1) for n in range(500))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE clients_credential, clients_revokedtoken")
    return client


# What the plan says where the unique indices answer.
SIGNS = {
    ("sqlite", "digest"): ["SEARCH k USING INDEX", "(digest=?)"],
    ("sqlite", "number"): ["(client_id=? AND kind=? AND number=?)", "SEARCH r USING COVERING INDEX"],
    ("postgresql", "digest"): ["credential_unique_digest"],
    ("postgresql", "number"): ["credential_unique_number", "revoked_token_unique_digest"],
}


def explained(statement):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # the client's own table is too small for an index
            cursor.execute("EXPLAIN " + statement)
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + statement)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_what_each_service_joins():
    """Planning costs more than reading: nothing is joined that the service does not need."""
    joins = {}
    for service in (None, *Service):
        statement = lookup._statement(service, connection.vendor, "digest")
        joins[service] = ("scim_scimconfiguration" in statement, "lmssettings" in statement)
    assert joins == {
        None: (True, True),
        Service.SCIM: (True, False),
        Service.XAPI: (False, False),
        Service.SHARED_EVENTS: (False, True),
    }


def test_the_digest_stays_out_of_the_holders_text_form():
    credential = make_client()
    make_credential(credential, Credential.Kind.SECRET, 1, random.Random(1))
    stored = bytes(Credential.objects.get().digest)
    holder = lookup.by_digest(Credential.Kind.SECRET, stored, NOW)
    assert repr(stored) not in repr(holder)
    assert tokens.read("") is None
