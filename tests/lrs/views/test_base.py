"""What every answer below /xapi/ has in common (xAPI 1.0.3 Communication §1.2, §3.2, §3.3)."""

import pytest
from django.test import Client as Browser

from lrs.views import statements
from tests.lrs.statement.samples import statement

VERSION = "X-Experience-API-Version"
CONSISTENT = "X-Experience-API-Consistent-Through"
BAD_VERSIONS = ["", "0.9", "1.1.0", "2.1.0", "abc", "1.0.3, 1.0.3", "9" * 64_000]


def get(path, version=None, **headers):
    sent = {} if version is None else {"HTTP_X_EXPERIENCE_API_VERSION": version}
    return Browser().get(path, **sent, **headers)


@pytest.mark.parametrize("path", ["/xapi/about", "/xapi/about/"])
@pytest.mark.parametrize("version", [None, "1.0.3", "2.0.0", *BAD_VERSIONS])
def test_about_needs_neither_credentials_nor_version(path, version):
    answer = get(path, version)
    assert (answer.status_code, answer.json()) == (200, {"version": ["1.0.3", "2.0.0"]})
    assert answer[VERSION] == ("2.0.0" if version == "2.0.0" else "1.0.3")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_about_answers_get_only(method):
    answer = getattr(Browser(), method)("/xapi/about")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert answer.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path", ["/xapi", "/xapi/", "/xapi/Statements", "/xapi/statements/x", "/xapi/activities/states"]
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_unknown_path_is_a_404_in_json(path, method):
    answer = getattr(Browser(), method)(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["status"] == 404
    assert answer[VERSION] == "1.0.3"


@pytest.mark.parametrize(
    ("sent", "answered"), [("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("2.0", "2.0.0"), ("2.0.7", "2.0.0")]
)
@pytest.mark.parametrize("status", [200, 400, 401, 404, 405])
def test_the_answer_has_the_version_of_the_request(own, sent, answered, status):
    headers = {} if status == 401 else own.credentials.bearer_header
    path = {400: "/xapi/statements?x=1", 404: "/xapi/x"}.get(status, "/xapi/statements")
    method = "DELETE" if status == 405 else "GET"
    answer = Browser().generic(method, path, HTTP_X_EXPERIENCE_API_VERSION=sent, **headers)
    assert answer.status_code == status
    assert answer[VERSION] == answered


@pytest.mark.parametrize("version", [None, *BAD_VERSIONS])
@pytest.mark.parametrize("default", ["1.0.3", "2.0.0"])
def test_missing_or_unknown_version_is_refused_as_the_default(own, settings, version, default):
    settings.LRS_DEFAULT_VERSION = default
    answer = get("/xapi/statements", version, **own.credentials.bearer_header)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_version"
    assert answer[VERSION] == default


def test_version_header_may_be_waived(own, settings):
    settings.LRS_REQUIRE_VERSION_HEADER = False
    assert get("/xapi/statements", None, **own.credentials.bearer_header).status_code == 200
    assert get("/xapi/statements", "0.9", **own.credentials.bearer_header).status_code == 400


@pytest.mark.django_db
def test_who_comes_before_which_version():
    answer = get("/xapi/statements")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith('Basic realm="xAPI"')


def test_error_body(own):
    answer = own.post([statement(), statement(verb={"id": "x"}, extra=1)])
    error = answer.json()["error"]
    assert error == {
        "status": 400,
        "code": "invalid_statement",
        "detail": "[1].verb.id: not an IRI with a scheme; [1].extra: unknown property",
        "path": "[1].verb.id",
        "request_id": answer["X-Request-ID"],
    }


def test_error_as_text_where_asked_for(own):
    answer = own.post("[", HTTP_ACCEPT="text/plain")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.startswith(b"The body is not valid JSON")
    assert own.post("[", HTTP_ACCEPT="text/html,*/*")["Content-Type"] == "application/json"


def test_a_fault_of_ours_is_a_plain_500_in_json(own, monkeypatch, caplog):
    def fail(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(statements, "prepare", fail)
    answer = own.post(statement())
    assert answer.status_code == 500
    assert "secret detail" not in answer.content.decode()
    assert answer[VERSION] == "1.0.3"
    assert answer[CONSISTENT]


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 405, 409])
def test_consistent_through_on_every_answer(own, reader, status):
    one = statement(id="9dc99b37-e920-4a68-a066-917faca28949")
    answer = {
        200: lambda: own.post(one),
        400: lambda: own.post("["),
        401: lambda: Browser().get("/xapi/statements"),
        403: lambda: reader.post(one),
        404: lambda: own.get(statementId="9dc99b37-e920-4a68-a066-917faca28949"),
        405: lambda: Browser().delete("/xapi/statements", **own.headers),
        409: lambda: own.post(one) and own.post(one | {"result": {}}),
    }[status]()
    assert answer.status_code == status
    assert answer[CONSISTENT].endswith("Z")


@pytest.mark.parametrize("raw", ["%C3%A4", "\u00c3\u00a4"])
def test_parameters_are_utf_8(own, raw):
    """Percent-encoded, or the bytes themselves."""
    agent = f'{{"name":"{raw}","mbox":"mailto:a@example.org"}}'
    answer = Browser().get("/xapi/agents", QUERY_STRING=f"agent={agent}", **own.headers)
    assert answer.json()["name"] == ["ä"]


@pytest.mark.parametrize(
    "query", ["agent=%FF", "agent=%ED%A0%80", "agent=\u00ff", "agent=%00", "&".join("abcdefgh" * 7)]
)
def test_parameters_that_cannot_be_read(own, query):
    answer = Browser().get("/xapi/agents", QUERY_STRING=query, **own.headers)
    assert answer.json()["error"]["code"] == "invalid_parameter"
