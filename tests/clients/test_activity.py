"""The latest requests of each client: what is kept of them, how many, and when it is written."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from clients import activity, usage
from clients.models import ClientUsage, RecentRequest
from clients.rights import Service
from tests.access_cases import access_token, make_client_for, set_active, switch
from tests.builders import make_client, make_client_with_credentials
from tests.clients.activity_cases import LAST
from tests.headers import basic, bearer

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
XAPI = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
SECRET_QUERY = "?agent=%7B%22mbox%22%3A%22mailto%3Aaino%40example.org%22%7D"


def held_row(client, number=0, **values):
    return RecentRequest(client_id=client.pk, at=timezone.now() + timedelta(seconds=number), **LAST | values)


def latest():
    activity.flush()
    row = RecentRequest.objects.first()
    return None if row is None else (row.service, row.method, row.path, row.status, row.credential, row.reason)


@pytest.mark.parametrize(
    ("kind", "present"),
    [
        ("bearer", lambda made: bearer(made.bearer)),
        ("access_token", lambda made: bearer(access_token(made))),
        ("secret", lambda made: basic(made.client_id, made.secret)),
    ],
)
def test_of_a_request_its_pattern_is_kept_and_nothing_sent(client, kind, present):
    made = make_client_for(Service.XAPI)
    client.get("/xapi/statements" + SECRET_QUERY, REMOTE_ADDR="192.0.2.7", **present(made), **XAPI)
    assert latest() == ("xapi", "GET", "/xapi/statements", 200, kind, "")
    row = RecentRequest.objects.get()
    assert row.client == made.client
    assert row.address == "192.0.2.7"


@pytest.mark.parametrize(
    ("service", "path", "pattern"),
    [
        (Service.SCIM, "/scim/v2/Users/6b6d5c3e-0b70-4d0c-8f0e-0c3f0c7f0a11", "/scim/v2/Users/<uuid>"),
        (Service.SHARED_EVENTS, "/shared-events/v1/changes", "/shared-events/v1/changes"),
    ],
)
def test_an_identifier_is_not_kept(client, service, path, pattern):
    made = make_client_for(service)
    client.get(path, **bearer(made.bearer))
    assert latest()[:3] == (service.slug, "GET", pattern)


@pytest.mark.parametrize(
    ("route", "pattern"),
    [
        ("shared-events/v1/events/<str:origin>/<uuid:uid>", "/shared-events/v1/events/<origin>/<uid>"),
        (r"^xapi/activities/state/?$", "/xapi/activities/state"),
        (r"^xapi(?:/.*)?$", "/xapi"),
        (r"^scim/(?P<slug>[^/]+)/v2/^Users(?:/(?P<uuid>[^/]+))?$", "/scim/<slug>/v2/Users"),
        (r"^scim(?:/|$)", "/scim"),
        (r"^shared-events(/|$)", "/shared-events"),
        ("", "/"),
    ],
)
def test_routes_as_people_write_addresses(route, pattern):
    assert activity.path_pattern(route, ["origin", "uid", "slug"]) == pattern


class TestRefused:
    def test_an_inactive_client(self, client):
        made = make_client_for(Service.XAPI)
        set_active(made.client, active=False)
        client.get("/xapi/statements", **bearer(made.bearer))
        assert latest() == ("xapi", "GET", "/xapi/statements", 401, "bearer", "inactive client")
        client.get("/xapi/statements", **basic(made.client_id, made.secret))
        assert latest()[3:] == (401, "secret", "inactive client")

    def test_an_access_token_of_a_client_that_was_inactive(self, client):
        made = make_client_for(Service.XAPI)
        token = access_token(made)
        set_active(made.client, active=False)
        set_active(made.client, active=True)
        client.get("/xapi/statements", **bearer(token))
        assert latest()[3:] == (401, "access_token", "expired or ended")

    def test_no_right(self, client):
        made = make_client_for(Service.XAPI)
        switch(Service.XAPI, made.client, on=False)
        client.get("/xapi/statements", **bearer(made.bearer))
        assert latest()[3:] == (403, "bearer", "no right")

    def test_a_scope(self, client):
        made = make_client_for(Service.XAPI)
        form = "grant_type=client_credentials&scope=scim"
        client.post("/oauth2/token", form, FORM, **basic(made.client_id, made.secret))
        assert latest() == ("oauth", "POST", "/oauth2/token", 400, "secret", "scope")

    def test_at_the_token_endpoint(self, client):
        made = make_client_for(Service.XAPI)
        set_active(made.client, active=False)
        client.post("/oauth2/token", "grant_type=client_credentials", FORM, **basic(made.client_id, made.secret))
        assert latest()[3:] == (401, "secret", "inactive client")

    def test_a_stranger_is_nobodys_activity(self, client):
        made = make_client_for(Service.XAPI)
        client.get("/xapi/statements", **bearer("lmsbt_x"))
        client.get("/xapi/statements", **basic(made.client_id, "lmscs_" + "0" * 49))
        client.get("/account/login/")
        assert latest() is None


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("/xapi/statements?limit=x", {"ok": 1, "failed": 1}),
        ("/xapi/statements?statementId=6b6d5c3e-0b70-4d0c-8f0e-0c3f0c7f0a11", {"ok": 1}),
    ],
    ids=["refused as malformed", "nothing there"],
)
def test_an_error_after_the_login_is_counted_as_failed(client, path, counts):
    made = make_client_for(Service.XAPI)
    client.get(path, **bearer(made.bearer), **XAPI)
    usage.flush()
    assert dict(ClientUsage.objects.values_list("outcome", "count")) == counts


class TestKept:
    def test_the_newest_in_memory_and_in_the_table(self):
        one, other = make_client(), make_client()
        for number in range(activity.KEPT + 10):
            activity._hold(held_row(one, number, status=200 + number))
        assert len(activity._rings[one.pk]) == activity.KEPT
        activity.flush()
        activity._hold(held_row(one, 500, status=555))
        activity._hold(held_row(other, status=201))
        activity.flush()
        kept = list(RecentRequest.objects.filter(client=one).values_list("status", flat=True))
        assert kept == [555, *range(259, 210, -1)]
        assert RecentRequest.objects.filter(client=other).count() == 1

    def test_rows_of_several_processes_merge_by_time(self):
        made = make_client()
        for number in (3, 1, 2):
            activity._hold(held_row(made, number, status=200 + number))
            activity.flush()
        assert list(RecentRequest.objects.values_list("status", flat=True)) == [203, 202, 201]

    def test_one_statement_writes_and_one_prunes(self, django_assert_num_queries):
        clients = [make_client() for _ in range(3)]
        for number in range(120):
            activity._hold(held_row(clients[number % 3], number))
        with django_assert_num_queries(2):
            activity.flush()
        assert RecentRequest.objects.count() == 120
        with django_assert_num_queries(0):
            activity.flush()

    def test_written_after_a_minute_or_when_many_wait(self, client, monkeypatch):
        made = make_client_for(Service.XAPI)
        client.get("/xapi/about", **bearer(made.bearer))
        monkeypatch.setattr(activity, "_flushed_at", activity._flushed_at + 60)
        client.get("/xapi/statements", **bearer(made.bearer), **XAPI)
        assert not RecentRequest.objects.exists()
        monkeypatch.setattr(activity, "WAITING", 2)
        client.get("/xapi/statements", **bearer(made.bearer), **XAPI)
        assert RecentRequest.objects.count() == 2
        monkeypatch.setattr(activity, "WAITING", 1_000)
        monkeypatch.setattr(activity, "_flushed_at", activity._flushed_at - 61)
        client.get("/xapi/statements", **bearer(made.bearer), **XAPI)
        assert RecentRequest.objects.count() == 3

    def test_a_failing_database_fails_no_request(self, client, monkeypatch, caplog):
        def fail(*args):
            raise DatabaseError("secret detail")

        made = make_client_for(Service.XAPI)
        monkeypatch.setattr(activity, "_write", fail)
        monkeypatch.setattr(activity, "WAITING", 1)
        assert client.get("/xapi/statements", **bearer(made.bearer), **XAPI).status_code == 200
        assert "recent requests were not written" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_flushes_at_once_leave_the_newest_of_a_client():
    made, start = make_client_with_credentials().client, threading.Barrier(4)

    def work(number):
        try:
            start.wait()
            for each in range(5):
                activity._write([held_row(made, number * 100 + each * 10 + step) for step in range(10)])
                activity._prune({made.pk})
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    activity._prune({made.pk})
    assert RecentRequest.objects.count() == activity.KEPT
