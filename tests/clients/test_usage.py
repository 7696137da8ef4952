"""What clients did, written after the answer."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from clients import actions, lookup, secrets, usage
from clients.models import ClientUsage, Credential
from clients.rights import Service
from tests.access_cases import make_client_for, set_active, switch
from tests.builders import BY, make_client, make_client_with_credentials
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]
FORM = "application/x-www-form-urlencoded"
GRANT = "grant_type=client_credentials"
AT = datetime(2026, 5, 4, 13, 37, 42, 123456, tzinfo=UTC)
OK = ClientUsage.Outcome.OK


def holder_of(made):
    return lookup.by_digest(Credential.Kind.BEARER, secrets.digest(made.bearer), timezone.now())


def counted():
    """(service, outcome) → count, of all clients."""
    usage.flush()
    return {(row.service, row.outcome): row.count for row in ClientUsage.objects.all()}


def last_used(made):
    row = Credential.objects.get(client=made.client, kind="bearer")
    return row.last_used_at, row.last_used_from


def test_counts_by_hour_and_issued_tokens_by_minute():
    holder = holder_of(make_client_with_credentials())
    for _ in range(3):
        usage.note(holder, "xapi", OK, now=AT, address="")
    usage.note(holder, "xapi", OK, now=AT + timedelta(hours=1), address="")
    usage.note(holder, "oauth", ClientUsage.Outcome.ISSUED, now=AT, address="")
    usage.flush()
    rows = {(row.service, row.started_at): row.count for row in ClientUsage.objects.all()}
    hour = AT.replace(minute=0, second=0, microsecond=0)
    minute = AT.replace(second=0, microsecond=0)
    assert rows == {("xapi", hour): 3, ("xapi", hour + timedelta(hours=1)): 1, ("oauth", minute): 1}


def test_several_processes_add_to_the_same_row():
    holder = holder_of(make_client_with_credentials())
    for _ in range(3):
        usage.note(holder, "xapi", OK, now=AT, address="")
        usage.flush()
    assert counted() == {("xapi", "ok"): 3}


def test_rows_are_written_in_one_order_and_in_bounded_statements(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(usage, "MAX_ROWS", 2)
    holders = [holder_of(make_client_with_credentials()) for _ in range(3)]
    for holder in reversed(holders):
        usage.note(holder, "xapi", OK, now=AT, address="")
    usage._used.clear()
    with django_assert_num_queries(2):
        usage.flush()
    written = list(ClientUsage.objects.order_by("pk").values_list("client_id", flat=True))
    assert written == sorted(holder.client_pk for holder in holders)


def test_a_request_is_counted_and_its_credential_marked(client):
    made = make_client_for(Service.XAPI)
    before = timezone.now()
    client.get(ADDRESSES[Service.XAPI], REMOTE_ADDR="192.0.2.7", **bearer(made.bearer))
    at, address = last_used(made)
    assert before <= at <= timezone.now()
    assert address == "192.0.2.7"
    assert counted() == {("xapi", "ok"): 1}
    assert Credential.objects.get(client=made.client, kind="secret").last_used_at is None


def test_at_most_one_write_a_minute(client, django_assert_num_queries):
    made = make_client_for(Service.XAPI)
    client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer))
    first = last_used(made)
    with django_assert_num_queries(1):  # the check itself
        client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer))
    assert last_used(made) == first
    earlier = timezone.now() - timedelta(seconds=61)
    Credential.objects.update(last_used_at=earlier)
    client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer))
    assert last_used(made)[0] > earlier


def test_another_process_was_faster():
    made = make_client_with_credentials()
    holder = holder_of(made)
    usage.note(holder, "xapi", OK, now=AT, address="192.0.2.1")
    Credential.objects.update(last_used_at=AT, last_used_from="192.0.2.2")
    usage.flush()
    assert last_used(made) == (AT, "192.0.2.2")


@pytest.mark.parametrize(
    ("do", "outcome"),
    [
        (
            lambda client, made: client.post("/oauth2/token", GRANT, FORM, **basic(made.client_id, made.secret)),
            "issued",
        ),
        (
            lambda client, made: client.post(
                "/oauth2/token", GRANT + "&scope=scim", FORM, **basic(made.client_id, made.secret)
            ),
            "forbidden",
        ),
        (
            lambda client, made: client.post(
                "/oauth2/introspect", "token=x", FORM, **basic(made.client_id, made.secret)
            ),
            "ok",
        ),
        (
            lambda client, made: client.post("/oauth2/revoke", "token=x", FORM, **basic(made.client_id, made.secret)),
            "ok",
        ),
    ],
    ids=["issued", "scope refused", "introspection", "revocation"],
)
def test_outcomes_at_the_authorization_server(client, do, outcome):
    made = make_client_for(Service.XAPI)
    do(client, made)
    assert counted() == {("oauth", outcome): 1}
    assert Credential.objects.get(client=made.client, kind="secret").last_used_at is not None


def test_too_many_tokens(client, settings):
    settings.TOKENS_PER_CLIENT = (1, 1)
    made = make_client_for(Service.XAPI)
    for _ in range(2):
        client.post("/oauth2/token", GRANT, FORM, **basic(made.client_id, made.secret))
    assert counted() == {("oauth", "issued"): 1, ("oauth", "limited"): 1}


@pytest.mark.parametrize("kind", ["bearer", "basic", "body"])
def test_a_refused_credential_is_counted_and_not_marked_as_used(client, kind):
    made = make_client_for(Service.XAPI)
    set_active(made.client, active=False)
    if kind == "body":
        form = f"{GRANT}&client_id={made.client_id}&client_secret={made.secret}"
        assert client.post("/oauth2/token", form, FORM).status_code == 401
    else:
        header = bearer(made.bearer) if kind == "bearer" else basic(made.client_id, made.secret)
        assert client.get(ADDRESSES[Service.XAPI], **header).status_code == 401
    assert counted() == {("oauth" if kind == "body" else "xapi", "unauthenticated"): 1}
    assert not Credential.objects.exclude(last_used_at=None).exists()


def test_a_missing_right_is_counted(client):
    made = make_client_for(Service.XAPI)
    switch(Service.XAPI, made.client, on=False)
    client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer))
    assert counted() == {("xapi", "ok"): 1, ("xapi", "forbidden"): 1}


def test_a_stranger_is_counted_for_nobody(client):
    make_client_for(Service.XAPI)
    client.get(ADDRESSES[Service.XAPI], **bearer("lmsbt_x"))
    assert counted() == {}


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_a_failing_database_fails_no_request(client, monkeypatch, caplog, error):
    def fail(*args):
        raise error("secret detail")

    made = make_client_for(Service.XAPI)
    monkeypatch.setattr(usage, "_write_last_used", fail)
    assert client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer)).status_code == 200
    assert "usage was not written" in caplog.text


def test_counts_wait_for_a_minute(client, monkeypatch):
    made = make_client_for(Service.XAPI)
    client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer))
    assert not ClientUsage.objects.exists()
    monkeypatch.setattr(usage, "_flushed_at", usage._flushed_at - 61)
    client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer))
    assert ClientUsage.objects.get().count == 2


def test_threads_lose_no_count():
    holder = holder_of(make_client_with_credentials())

    def work():
        for _ in range(500):
            usage.note(holder, "xapi", OK, now=AT, address="")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted() == {("xapi", "ok"): 2_000}


class TestActiveTokens:
    def test_of_the_live_secret_within_the_lifetime(self, client):
        made = make_client_for(Service.XAPI)
        for _ in range(3):
            client.post("/oauth2/token", GRANT, FORM, **basic(made.client_id, made.secret))
        assert usage.active_tokens(made.client, lifetime_seconds=3600) == 3
        ClientUsage.objects.update(started_at=timezone.now() - timedelta(seconds=3700))
        assert usage.active_tokens(made.client, lifetime_seconds=3600) == 0

    def test_none_without_a_secret(self):
        assert usage.active_tokens(make_client(), lifetime_seconds=3600) == 0

    def test_an_earlier_secrets_tokens_do_not_count(self):
        made = make_client_with_credentials()
        earlier = timezone.now() - timedelta(minutes=10)
        ClientUsage.objects.create(client=made.client, started_at=earlier, service="oauth", outcome="issued", count=5)
        Credential.objects.update(created_at=earlier - timedelta(minutes=1))
        assert usage.active_tokens(made.client, lifetime_seconds=3600) == 5
        actions.regenerate_secret(made.client, by=BY)
        assert usage.active_tokens(made.client, lifetime_seconds=3600) == 0


def test_the_time_of_last_use_as_the_database_returns_it():
    made = make_client_with_credentials()
    Credential.objects.update(last_used_at=AT)
    holder = holder_of(made)
    assert not usage._is_stale(holder, AT + timedelta(seconds=60))
    assert usage._is_stale(holder, AT + timedelta(seconds=61))
