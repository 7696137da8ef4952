"""``/metrics``: who may read it, and what it counts over all processes."""

import json
from datetime import timedelta

import pytest
import requests
from django.db import connection  # noqa: F401 - asked by skipif
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from clients.models import JobState
from clients.rights import Service
from lms_oauth import metrics
from shared_events.models import Peer
from tests.access_cases import make_client_for
from tests.headers import bearer
from tests.lrs.statement.samples import statement
from tests.shared_events.builders import make_event, make_mirror

TOKEN = "metrics-token-for-tests"


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN
    return {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}


def counted(text):
    """Requests by endpoint, method and status."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        (sample.labels["endpoint"], sample.labels["method"], sample.labels["status"]): sample.value
        for sample in samples
        if sample.name == "lms_request_seconds_count"
    }


def test_there_is_no_such_address_without_the_setting(client, db):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"bearer {TOKEN}", f"Basic {TOKEN}", "Bearer \xff"])
def test_only_for_the_bearer(client, token, header):
    answer = client.get("/metrics", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="metrics"'


def test_endpoints_are_patterns_and_strange_methods_one_word(client, db, token):
    client.get("/system/oauth-clients/123456/")
    client.get("/no/such/page?hush=1")
    client.generic("BREW", "/xapi/about")
    text = client.get("/metrics", **token).content.decode()
    kinds = counted(text)
    assert kinds["system/oauth-clients/<int:pk>/", "GET", "302"] >= 1
    assert kinds["none", "GET", "404"] >= 1
    assert any(method == "other" for _endpoint, method, _status in kinds)
    assert not any(leak in text for leak in ("123456", "such", "hush", "BREW"))


def test_the_state_of_the_installation(client, db, token):
    now = timezone.now()
    JobState.objects.create(name="clean_tokens", due_at=now - timedelta(seconds=90), failures=2)
    JobState.objects.create(name="purge_blocked_users", due_at=now + timedelta(seconds=90))
    peer = make_mirror(make_event()).peer
    Peer.objects.update(last_success_at=now - timedelta(seconds=60), enabled=True)
    gauges = read(client.get("/metrics", **token).content.decode())
    assert 90 <= gauges["lms_job_overdue_seconds", "clean_tokens"] < 120
    assert gauges["lms_job_overdue_seconds", "purge_blocked_users"] == 0
    assert gauges["lms_job_failures", "clean_tokens"] == 2
    assert 60 <= gauges["lms_peer_lag_seconds", str(peer.pk)] < 90
    assert 0 <= gauges["lms_lrs_horizon_age_seconds", ""] < 30


def test_a_gauge_that_cannot_be_read_takes_nothing_else_with_it(client, db, token, monkeypatch, caplog):
    def broken():
        raise OSError("no route")

    monkeypatch.setattr(metrics, "_gauges", [metrics.Gauge("lms_broken", "", "", broken), *metrics._gauges])
    text = client.get("/metrics", **token).content.decode()
    assert "lms_broken" not in text
    assert ("lms_lrs_horizon_age_seconds", "") in read(text)
    assert "lms_broken cannot be read" in caplog.text


def read(text):
    """Gauges by name and the value of their label."""
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        if family.type == "gauge"
        for sample in family.samples
    }


def test_processes_are_summed(installation):
    def total():
        answer = requests.get(f"{installation.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
        answer.raise_for_status()
        return sum(value for (_endpoint, _method, status), value in counted(answer.text).items() if status == "401")

    before = total()
    for _ in range(20):
        requests.get(f"{installation.url}/xapi/statements", timeout=30)
    assert total() - before == 20


def values(client, token, name):
    """Of one metric, by its labels."""
    text = client.get("/metrics", **token).content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {tuple(sorted(sample.labels.items())): sample.value for sample in samples if sample.name == name}


def test_answers_by_caller_and_outcome(client, db, token):
    made = make_client_for(Service.XAPI)
    headers = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
    before = values(client, token, "lms_requests_total")
    client.get("/xapi/statements", **headers, **bearer(made.bearer))
    client.get("/xapi/statements", **headers)
    client.get("/scim/v2/Users", **bearer(made.bearer))
    after = values(client, token, "lms_requests_total")
    grew = [dict(labels) for labels in after if after[labels] > before.get(labels, 0)]
    grown = {f"{labels['caller']} {labels['outcome']}" for labels in grew}
    assert {"bearer ok", "none unauthenticated", "bearer forbidden"} <= grown


def test_what_was_done(client, db, token):
    made = make_client_for(Service.XAPI, Service.SCIM)
    names = ["lms_tokens_issued_total", "lms_provisioning_operations_total"]
    before = [sum(values(client, token, name).values()) for name in names]
    form = f"grant_type=client_credentials&client_id={made.client_id}&client_secret={made.secret}"
    client.post("/oauth2/token", form, "application/x-www-form-urlencoded")
    client.get("/scim/v2/Users", **bearer(made.bearer))
    after = [sum(values(client, token, name).values()) for name in names]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_statements_that_were_stored(client, token):
    made = make_client_for(Service.XAPI)
    before = sum(values(client, token, "lms_statements_stored_total").values())
    headers = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3", **bearer(made.bearer)}
    for _ in range(2):  # the second time it is there already
        body = json.dumps([statement(), statement(id="6690e6c9-3ef0-4ed3-8b37-7f3964730bee")])
        client.post("/xapi/statements", body, "application/json", **headers)
    assert sum(values(client, token, "lms_statements_stored_total").values()) - before == 3


@pytest.mark.postgresql
def test_connections_of_the_database(client, db, token):
    found = values(client, token, "lms_database_connections")
    assert found[("state", "active"),] >= 1
    assert found[("state", "most"),] >= 10
