"""Request ids and security headers on every answer."""

import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from lms_oauth.logs import RequestIdFilter, current_request_id
from lms_oauth.middleware import RequestIdMiddleware

pytestmark = pytest.mark.django_db
ADDRESS = "/.well-known/oauth-authorization-server"


@pytest.mark.parametrize("sent", ["0123456789abcdef", "a.b-c_d.E", "x" * 64])
def test_a_proxys_request_id_is_kept(client, sent):
    assert client.get(ADDRESS, HTTP_X_REQUEST_ID=sent)["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["", "short", "x" * 65, "with space", "a\nb\nc\nd\ne", "<script>alert", "lmsbt_ÿÿÿÿ"])
def test_any_other_is_replaced(client, sent):
    received = client.get(ADDRESS, HTTP_X_REQUEST_ID=sent)["X-Request-ID"]
    assert received != sent
    assert len(received) == 16


def test_log_records_carry_it_and_only_during_the_request():
    seen = []

    def view(request):
        record = logging.makeLogRecord({})
        RequestIdFilter().filter(record)
        seen.append((request.request_id, record.request_id))
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert seen == [(response["X-Request-ID"],) * 2]
    assert current_request_id.get() == "-"


def test_djangos_own_report_of_a_refusal_carries_it(client, caplog):
    response = client.get("/nowhere")
    [record] = [record for record in caplog.records if record.name == "django.request"]
    RequestIdFilter().filter(record)
    assert record.request_id == response["X-Request-ID"]


def test_two_requests_have_two_ids(client):
    assert client.get(ADDRESS)["X-Request-ID"] != client.get(ADDRESS)["X-Request-ID"]


@pytest.mark.parametrize("path", [ADDRESS, "/oauth2/token", "/oauth2/nowhere", "/nowhere"])
def test_security_headers_on_every_answer(client, path):
    response = client.get(path)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", [ADDRESS, "/oauth2/token"])
def test_no_cookie_is_ever_set_by_an_api(client, path):
    assert not client.get(path).cookies


def test_pages_stay_in_no_cache(client):
    assert client.get("/system/")["Cache-Control"] == "no-store"
    assert client.get(ADDRESS)["Cache-Control"] == "max-age=300"
