"""Whatever is sent: a clear 4xx in the protocol's own form, never a 500, never HTML."""

import pytest
from django.test import Client as Browser
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.lrs.conftest import PATH
from tests.lrs.statement.samples import statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
LONG = "x" * 64_000


def refused(answer, status=400):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert error["detail"]
    assert error["status"] == status
    assert len(answer.content) < 4000
    return error


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nul",
        b"null",
        b"1",
        b'"x"',
        b"[1]",
        b"[null]",
        b"[[]]",
        b"{}",
        b"\xff\xfe",
        b'{"actor":"\xff"}',
        b'{"actor":"\x00"}',
        b'{"actor":"\\u0000"}',
        b'{"actor":"\\ud800"}',
        b"NaN",
        b"[1e999]",
        b'{"id":1,"id":2}',
        b"[" * 100_000,
        b'{"a":' * 5000,
        b"9" * 10_000,
        b'{"actor":' + b"9" * 4999 + b"}",
        b'{"' + LONG.encode() + b'":1}',
        b'[{"id":"' + LONG.encode() + b'"}]',
    ],
)
@pytest.mark.parametrize("method", ["post", "put"])
def test_bodies(own, body, method):
    query = f"?statementId={new_id()}" if method == "put" else ""
    refused(getattr(Browser(), method)(PATH + query, body, content_type="application/json", **own.headers))


@pytest.mark.parametrize(
    "query",
    [
        "statementId=%00",
        "statementId=%ff",
        "statementId=" + LONG,
        "verb=" + LONG,
        "agent=" + LONG,
        "agent=%00",
        "agent=%7B%22mbox%22%3A%22mailto%3Aa%40b%00%22%7D",
        "agent={}&agent={}",
        "limit=1&limit=1",
        "limit=" + "-1",
        "agent=%7B%22mbox%22%3A1%7D",
        "agent=NaN",
        "agent=" + "[" * 5000,
        "since=" + LONG,
        "until=%F0%9F",
        LONG + "=1",
        "x=1",
        "=",
        "&".join(f"a{n}=1" for n in range(60)),
        "registration=%C3%A4",
        "more=",
        "more=" + LONG,
        "more=%00",
        "statementId=9dc99b37-e920-4a68-a066-917faca2894%0A",
        "ascending=",
        "voidedStatementId=1",
        "\xff=1",
        "since=%2B",
        "activity=http://a%0d%0ab",
        "format=html",
        "agent=%22\\ud800%22",
    ],
)
def test_queries(own, query):
    answer = Browser().generic("GET", PATH, QUERY_STRING=query, **own.headers)
    refused(answer)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/html",
        "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/json5",
        LONG,
        "application/json\x00",
    ],
)
def test_media_types(own, content_type):
    refused(own.post(statement(), content_type=content_type))


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", "application/json;x=y"]
)
def test_json_by_any_spelling(own, content_type):
    assert own.post(statement(), content_type=content_type).status_code == 200


def test_content_encoding(own):
    refused(own.post(statement(), HTTP_CONTENT_ENCODING="gzip"))


def test_post_takes_no_parameters(own):
    refused(own.post(statement(), PATH + "?method=PUT"))
    refused(own.post(statement(), PATH + f"?statementId={new_id()}"))


@pytest.mark.parametrize(
    ("name", "value"), [("LRS_MAX_BODY_BYTES", 50), ("LRS_MAX_STATEMENT_BYTES", 50), ("LRS_MAX_BATCH", 1)]
)
def test_limits_are_named(own, settings, name, value):
    setattr(settings, name, value)
    assert name in refused(own.post([statement(), statement()]), 413)["detail"]
    setattr(settings, name, 0)
    assert own.post([statement(), statement()]).status_code == 200


def test_a_batch_larger_than_django_s_own_limit_for_forms(own, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert own.post([statement()] * 20).status_code == 200


@pytest.mark.parametrize("method", ["delete", "patch", "options", "trace"])
def test_methods(own, method):
    answer = getattr(Browser(), method)(PATH, **own.headers)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, PUT, HEAD"


def test_head_has_the_headers_of_get_and_no_body(own):
    [name] = own.post(statement()).json()
    for query in (f"?statementId={name}", "", "?x=1", f"?statementId={new_id()}"):
        got, head = (getattr(Browser(), method)(PATH + query, **own.headers) for method in ("get", "head"))
        assert head.content == b""
        assert head.status_code == got.status_code
        assert head["Content-Length"] == str(len(got.content))
        assert head["Content-Type"] == got["Content-Type"]
        assert set(head.headers) == set(got.headers) | {"Content-Length"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.dictionaries(
    st.sampled_from(["id", "actor", "verb", "object", "result", "context", "timestamp", "attachments", "version"]), JSON
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON | MEMBERS.map(lambda members: statement(**members)))
def test_any_json_is_stored_or_refused(own, value):
    answer = own.post(value)
    if answer.status_code != 200:
        refused(answer)
