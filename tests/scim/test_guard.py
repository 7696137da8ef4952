"""Who is let in, in which order refusals come, and how they look."""

import json
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.test import Client as Http

from clients.models import Client
from tests.builders import make_client_with_credentials
from tests.scim.conftest import assert_refused, make_directory, person

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "header", [None, "Bearer nonsense", "Basic eDp5", "Bearer", "Bearer " + "x" * 70_000, "Bearer \xff"]
)
def test_without_a_good_token_the_answer_is_401_with_a_challenge(directory, header):
    """RFC 7644 §2, RFC 6750 §3."""
    headers = {} if header is None else {"HTTP_AUTHORIZATION": header}
    answer = Http().get("/scim/v2/Users", **headers)
    assert_refused(answer, 401)
    assert answer["WWW-Authenticate"].startswith('Bearer realm="SCIM"')


def test_the_body_is_not_read_before_the_token_is_checked(directory):
    class Unread:
        def read(self, *_size):
            raise AssertionError("read")

        readline = read

    wsgi = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(8 * 1024 * 1024), "CONTENT_TYPE": "application/scim+json"}
    answer = Http().post("/scim/v2/Users", HTTP_AUTHORIZATION="Bearer wrong", **wsgi)
    assert_refused(answer, 401)


def test_a_client_without_configuration_is_forbidden(db):
    client = make_client_with_credentials()
    answer = Http().get("/scim/v2/Users", **client.bearer_header)
    assert_refused(answer, 403)
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]


def test_an_inactive_configuration_is_forbidden(directory):
    directory.configuration.active = False
    directory.configuration.save()
    assert_refused(directory.get("/Users"), 403)
    assert_refused(directory.get("/ServiceProviderConfig"), 403)


def test_an_inactive_client_is_401(directory):
    Client.objects.update(active=False)
    assert_refused(directory.get("/Users"), 401)


def test_an_access_token_for_something_else_is_forbidden(directory):
    client = make_client_with_credentials(scim_configuration=directory.configuration, lrs_own=True)
    form = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": client.secret}
    tokens = {
        scope: Http()
        .post("/oauth2/token", urlencode(form | {"scope": scope}), content_type=FORM)
        .json()["access_token"]
        for scope in ("xapi:write", "scim")
    }
    directory.bearer = tokens["scim"]
    assert directory.get("/Users").status_code == 200
    directory.bearer = tokens["xapi:write"]
    assert_refused(directory.get("/Users"), 403)


def test_the_alias_is_another_way_to_the_same_configuration(directory):
    user = directory.created()
    alias = f"/scim/{directory.configuration.slug}/v2"
    directory.prefix = alias
    answer = directory.get(f"/Users/{user['id']}")
    assert answer.json()["meta"]["location"] == f"http://testserver{alias}/Users/{user['id']}"
    assert user["meta"]["location"] == f"http://testserver/scim/v2/Users/{user['id']}"


def test_an_alias_that_is_not_ones_own_is_401_whatever_follows(directory, other):
    """A token of one configuration tells nothing about another, not even whether it exists."""
    real = other.post(person("x9@x.test"))
    assert real.status_code == 201
    bodies = set()
    for slug in (other.configuration.slug, "invented"):
        for path in (f"/Users/{real.json()['id']}", "/Users/invented", "/Schemas", "/nowhere"):
            directory.prefix = f"/scim/{slug}/v2"
            answer = directory.get(path)
            assert_refused(answer, 401)
            assert 'error="invalid_token"' in answer["WWW-Authenticate"]
            bodies.add(answer.content)
    assert len(bodies) == 1


def test_locations_never_come_from_the_host_header(directory, settings):
    settings.ALLOWED_HOSTS = ["*"]
    answer = directory.post(person(), HTTP_HOST="evil.test")
    assert b"evil.test" not in answer.content
    assert answer["Location"].startswith("http://testserver/scim/v2/Users/")


def test_a_post_needs_no_csrf_token_and_a_session_is_no_credential(directory, admin_client):
    assert directory.post(person()).status_code == 201
    assert_refused(admin_client.get("/scim/v2/Users"), 401)


@pytest.mark.parametrize(
    "path",
    ["/scim", "/scim/", "/scim/nowhere", "/scim/v2/nowhere", "/scim/v2/Users/a/b", "/scim/v3/Users"],
)
def test_unknown_paths_are_404_in_scims_own_form(directory, path):
    directory.prefix = ""
    assert_refused(directory.get(path), 404)
    assert_refused(Http().get(path), 401)


@pytest.mark.parametrize("path", ["/Users", "/users", "/USERS/", "//Users", "//Users//"])
def test_spelling_of_endpoints_is_forgiven(directory, path):
    assert directory.get(path).status_code == 200


def test_an_unexpected_fault_is_an_error_body_without_the_reason(directory, monkeypatch, caplog):
    monkeypatch.setattr("scim.views.answer", lambda *_args: 1 / 0)
    answer = directory.get("/Users", HTTP_X_REQUEST_ID="request-0815")
    assert_refused(answer, 500)
    assert "request-0815" in answer.json()["detail"]
    assert "division" not in answer.content.decode()
    assert "ZeroDivisionError" in caplog.text


def test_a_fault_of_the_guard_is_an_error_body_too(directory, monkeypatch):
    monkeypatch.setattr("scim.guard.authenticate", lambda *_args: 1 / 0)
    assert_refused(directory.get("/Users"), 500)


def test_a_locked_database_asks_to_come_back(directory, monkeypatch):
    def locked(*_args):
        raise OperationalError("database is locked")

    monkeypatch.setattr("scim.views.answer", locked)
    answer = directory.get("/Users")
    assert_refused(answer, 503)
    assert answer["Retry-After"] == "1"


def test_two_configurations_live_in_one_process():
    """Each publishes its own schemas and its own addresses."""
    whole, part = make_directory(), make_directory(scope_division="Nordics")
    published = [
        {
            attribute["name"]
            for schema in json.loads(one.get("/Schemas").content)["Resources"]
            for attribute in schema["attributes"]
        }
        for one in (whole, part)
    ]
    assert published[0] - published[1] == {"division"}
