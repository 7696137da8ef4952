"""Expired revocations and old usage go, in batches; everything else stays."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from clients import retention
from clients.models import AdministratorSession, ClientUsage, RevokedToken
from clients.rights import Service
from tests.access_cases import access_token, make_client_for
from tests.builders import make_client
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]


def clean(capsys):
    call_command("clean_tokens")
    return capsys.readouterr().out


def test_a_hundred_thousand_rows_in_batches(capsys, django_assert_max_num_queries):
    now = int(timezone.now().timestamp())
    rows = (RevokedToken(digest=number.to_bytes(32), expires=now - 1) for number in range(100_000))
    RevokedToken.objects.bulk_create(rows, batch_size=5_000)
    kept = RevokedToken.objects.create(digest=b"k" * 32, expires=now + 3600)
    with django_assert_max_num_queries(2 * (100_000 // retention.BATCH + 2)):
        assert clean(capsys) == "Deleted 100000 expired tokens, 0 rows of usage and 0 sessions.\n"
    assert list(RevokedToken.objects.all()) == [kept]


def test_no_statement_deletes_more_than_a_batch(capsys, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        RevokedToken.objects.create(digest=number.to_bytes(32), expires=1)
    assert list(retention._in_batches(RevokedToken.objects.all())) == [2, 2, 1]


def test_usage_older_than_400_days(capsys):
    client, now = make_client(), timezone.now()
    for days in (0, 399, 401, 1_000):
        at = now - timedelta(days=days)
        ClientUsage.objects.create(client=client, started_at=at, service="scim", outcome="ok", count=1)
    assert clean(capsys) == "Deleted 0 expired tokens, 2 rows of usage and 0 sessions.\n"
    assert ClientUsage.objects.filter(started_at__lt=now - timedelta(days=400)).count() == 0
    assert ClientUsage.objects.count() == 2


def test_a_revoked_token_stays_dead(client, capsys):
    made = make_client_for(Service.SCIM)
    token = access_token(made)
    form = "application/x-www-form-urlencoded"
    client.post("/oauth2/revoke", f"token={token}", form, **basic(made.client_id, made.secret))
    clean(capsys)
    assert client.get(ADDRESSES[Service.SCIM], **bearer(token)).status_code == 401


def test_nothing_to_do(capsys):
    assert clean(capsys) == "Deleted 0 expired tokens, 0 rows of usage and 0 sessions.\n"


def test_sessions_that_have_ended_go_and_open_ones_stay(capsys):
    now = timezone.now()
    for number, days in enumerate((-2, -1, 1)):
        AdministratorSession.objects.create(
            session_key=f"k{number}", session_data="", expire_date=now + timedelta(days=days)
        )
    assert clean(capsys) == "Deleted 0 expired tokens, 0 rows of usage and 2 sessions.\n"
    assert AdministratorSession.objects.get().session_key == "k2"
