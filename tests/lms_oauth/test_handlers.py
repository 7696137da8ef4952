"""Nothing below the prefixes of the APIs ever answers with a page, whatever goes wrong on the way to a view."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from clients.rights import Service
from lms_oauth import handlers
from tests.access_cases import make_client_for
from tests.headers import basic, bearer

pytestmark = pytest.mark.django_db

PREFIXES = ["/oauth2", "/scim", "/xapi", "/shared-events", "/.well-known"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]


def assert_json(response, address=""):
    assert response.status_code < 500 or response.status_code == 501, (address, response.content)
    assert "html" not in response.headers.get("Content-Type", "")
    if response.content:
        assert "json" in response["Content-Type"] or response["Content-Type"].startswith("text/calendar")
        if "json" in response["Content-Type"]:
            response.json()


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("rest", ["", "/", "/nowhere", "/a/b/c/", "/%00", "/%ff", "//", "/../x", "/?a=%zz", "/é"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_unknown_addresses(client, prefix, rest, method):
    response = client.generic(method, prefix + rest)
    assert_json(response)
    assert response.status_code >= 400
    assert "Location" not in response


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_foreign_host(client, prefix):
    response = client.get(prefix + "/x", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"
    assert b"evil" not in response.content


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_fault_before_any_view(prefix, monkeypatch):
    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", None)
    response = Client(raise_request_exception=False).get(prefix + "/x")
    assert response.status_code == 500
    assert response.json()["error"] == "server_error"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("handler", "exception", "status"),
    [
        (handlers.bad_request, SuspiciousOperation("hidden"), 400),
        (handlers.permission_denied, PermissionDenied("hidden"), 403),
        (handlers.page_not_found, Http404("hidden"), 404),
        (handlers.server_error, None, 500),
    ],
)
def test_each_handler(handler, exception, status):
    arguments = [exception] if exception else []
    api = handler(RequestFactory().get("/xapi/x"), *arguments)
    assert (api.status_code, api["Content-Type"]) == (status, "application/json")
    assert b"hidden" not in api.content
    request = RequestFactory().get("/clients/7")
    request.user = None
    page = handler(request, *arguments)
    assert page.status_code == status
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/oauth2x", "/scimx/v2", "/x/oauth2/token", "/", "/well-known"])
def test_other_addresses_are_pages(path):
    assert not handlers.is_api(RequestFactory().get(path))


def test_the_prefixes_are_never_redirected_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    for prefix in PREFIXES:
        for path in (prefix, prefix + "/", prefix + "/x"):
            assert Client().get(path).status_code != 301, path


def api_addresses(patterns=None, prefix=""):
    """One address for each API pattern, with something in place of what it captures."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + _example(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from api_addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and handlers.is_api(RequestFactory().get("/" + route)):
            yield "/" + route


_EXAMPLES = [
    (r"\(\?P<\w+>\[\^/\]\+\)", "x"),
    (r"<uuid:\w+>", "6f1f6a52-9d2c-4c3b-8a55-0d4b3c1f7f00"),
    (r"<int:\w+>", "1"),
    (r"<[^>]+>", "x"),
    (r"\(\?:/\|\$\)", "/"),
    (r"\(/\.\*\)\?", "/x"),
    (r"\(\?:([^()]*)\)\??", r"\1"),
    (r"\[\.\]|\\\.", "."),
    (r"/\?\$|[\^$?]", ""),
]


def _example(route):
    """``^scim/(?P<slug>[^/]+)/v2/?$`` becomes ``scim/x/v2``."""
    for pattern, replacement in _EXAMPLES:
        route = re.sub(pattern, replacement, route)
    return route


HOSTILE = [
    ("application/json", b"{"),
    ("application/json", b"[" * 5_000),
    ("application/json", b"\xff\xfe"),
    ("application/x-www-form-urlencoded", b"%zz=%00&a=\xff"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/mixed; boundary=x", b"--x\r\n"),
    ("", b"x"),
    ("application/scim+json", b'{"schemas": 5}'),
]


def test_the_walk_meets_every_service_and_endpoint():
    addresses = set(api_addresses())
    assert {"/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"} <= addresses
    assert {"/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/xapi"} <= addresses
    assert "/scim/v2/Users/x" in addresses


@pytest.mark.parametrize("method", METHODS)
def test_every_address_answers_strangers_in_json(client, method):
    for address in api_addresses():
        for header in ({}, bearer("x"), basic("x", "y"), {"HTTP_AUTHORIZATION": "\xff"}):
            response = client.generic(method, address + "?%zz=%00", **header)
            assert_json(response, address)
            assert response.status_code in {200, 400, 401, 404, 405, 406, 415}, address


@pytest.mark.parametrize("method", METHODS)
def test_every_address_answers_hostile_bodies_in_json(client, method):
    made = make_client_for(*Service)
    for address in api_addresses():
        for content_type, body in HOSTILE:
            for header in (bearer(made.bearer), basic(made.client_id, made.secret)):
                assert_json(client.generic(method, address, body, content_type, **header), address)


def test_every_api_view_asks_no_login_and_no_csrf_token():
    strict = Client(enforce_csrf_checks=True)
    for address in api_addresses():
        response = strict.post(address, b"{}", "application/json")
        assert response.status_code in {400, 401, 404, 405, 415}, address
        assert "Location" not in response
