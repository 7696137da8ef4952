"""The alternate request syntax of xAPI 1.0.3 (Communication §1.3) on every resource."""

import json
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from tests.lrs.conftest import PATH
from tests.lrs.statement.samples import ACTIVITY, AGENT, statement
from tests.lrs.stored import new_id
from tests.lrs.views.documents import KINDS, STATE, named, tag

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
VERSION = "X-Experience-API-Version"


def wrapped(caller, method, path=PATH, *, query="", **fields):
    """Everything in the form, as a browser without CORS sends it."""
    everything = {
        "Authorization": caller.credentials.bearer_header["HTTP_AUTHORIZATION"],
        VERSION: caller.version,
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    present = {name: value for name, value in everything.items() if value is not None}
    return Browser().post(f"{path}?method={method}{query}", urlencode(present), content_type=FORM)


def test_statements(own):
    one, two = new_id(), new_id()
    text = json.dumps(statement(id=two), ensure_ascii=False)
    assert wrapped(own, "PUT", statementId=one, content=json.dumps(statement(id=one))).status_code == 204
    assert wrapped(own, "POST", content=text, Content_Type="application/json", Content_Length="9").json() == [two]
    got = wrapped(own, "GET", statementId=two)
    assert (got.status_code, got.json()["id"], got[VERSION]) == (200, two, "1.0.3")
    assert got["X-Experience-API-Consistent-Through"]
    listed = wrapped(own, "GET", limit="1", agent=json.dumps(AGENT), verb=statement()["verb"]["id"])
    assert [found["id"] for found in listed.json()["statements"]] == [two]
    assert wrapped(own, "GET", statementId=new_id()).status_code == 404
    assert wrapped(own, "DELETE").status_code == 405


@pytest.mark.parametrize("kind", KINDS)
def test_documents(own, kind):
    text = '{"ä":"+ &=%"}'
    stored = tag(text.encode())
    assert wrapped(own, "PUT", kind, content=text, If_None_Match="*", **named(kind)).status_code == 204
    got = wrapped(own, "GET", kind, **named(kind))
    assert (got.content.decode(), got["ETag"], got["Content-Type"]) == (text, stored, "application/json")
    assert wrapped(own, "POST", kind, content='{"b":1}', If_Match='"x"', **named(kind)).status_code == 412
    assert wrapped(own, "POST", kind, content='{"b":1}', If_Match=stored, **named(kind)).status_code == 204
    assert wrapped(own, "GET", kind, If_None_Match="*", **named(kind)).status_code == 304
    assert wrapped(own, "DELETE", kind, **named(kind)).status_code == 204
    assert wrapped(own, "GET", kind, **named(kind)).status_code == 404


def test_agents_and_activities(own):
    assert wrapped(own, "GET", "/xapi/agents", agent=json.dumps(AGENT)).json()["mbox"] == [AGENT["mbox"]]
    assert wrapped(own, "GET", "/xapi/activities/", activityId=ACTIVITY["id"]).json()["id"] == ACTIVITY["id"]


def test_text_that_is_no_json_names_no_type(own):
    wrapped(own, "PUT", STATE, content="plain", **named(STATE))
    assert wrapped(own, "GET", STATE, **named(STATE))["Content-Type"] == "application/octet-stream"
    wrapped(own, "PUT", STATE, content="plain", Content_Type="text/plain", **named(STATE))
    assert wrapped(own, "GET", STATE, **named(STATE))["Content-Type"] == "text/plain"


def test_headers_may_stay_where_they_are(own):
    def post(**headers):
        return Browser().post(f"{PATH}?method=GET", urlencode({"limit": "1"}), content_type=FORM, **headers)

    assert post(**own.headers).status_code == 200
    assert post(**own.credentials.bearer_header).json()["error"]["code"] == "unsupported_version"
    assert post(**own.headers | {"HTTP_AUTHORIZATION": "Bearer x"}).status_code == 401


def test_the_field_wins_over_the_header(own):
    body = urlencode({VERSION: "0.8"})
    answer = Browser().post(f"{PATH}?method=GET", body, content_type=FORM, **own.headers)
    assert answer.json()["error"]["code"] == "unsupported_version"


def test_ended_with_1_0_3(own):
    answer = wrapped(own, "GET", **{VERSION: "2.0.0"})
    assert (answer.status_code, answer[VERSION]) == (400, "2.0.0")
    own.version = "2.0.0"
    for path in (PATH, "/xapi/agents", STATE):
        answer = Browser().post(f"{path}?method=GET", "", content_type=FORM, **own.headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_parameter")


def test_refusals(own):
    put = {"statementId": new_id()}
    for answer in (
        wrapped(own, "HEAD"),
        wrapped(own, "get"),
        wrapped(own, "GET", query="&limit=1"),
        wrapped(own, "GET", query="&method=GET"),
        wrapped(own, "GET", content="{}"),
        wrapped(own, "PUT", **put),
        wrapped(own, "GET", limits="1"),
        wrapped(own, "GET", If_Match="a\r\nb"),
        wrapped(own, "PUT", content="x", Content_Type="text/ä", **put),
        Browser().post(f"{PATH}?method=PUT", json.dumps(put), content_type=FORM, **own.headers),
        Browser().put(f"{PATH}?method=POST", "content={}", content_type=FORM, **own.headers),
        Browser().post(f"{PATH}?method=GET", "Authorization=Basic+x", content_type=FORM, **own.headers),
    ):
        assert answer.status_code == 400, answer.content


def test_rights_count_as_ever(own, reader):
    assert wrapped(reader, "POST", content=json.dumps(statement())).status_code == 403
    assert wrapped(own, "GET", Authorization="Bearer x").status_code == 401
    assert wrapped(own, "GET", Authorization=None).status_code == 401


def test_before_authentication_little_is_read(own):
    answer = wrapped(own, "POST", content="x" * 1024 * 1024)
    assert answer.status_code == 413
    text = json.dumps([statement(result={"response": "x" * 300_000})] * 4)
    sent = Browser().post(f"{PATH}?method=POST", urlencode({"content": text}), content_type=FORM, **own.headers)
    assert sent.status_code == 200


def test_a_spent_budget_stops_reading(own, settings):
    settings.FAILURES_PER_ADDRESS = (3, 1)
    for _ in range(6):
        assert wrapped(own, "GET").status_code == 200
    statuses = [wrapped(own, "GET", Authorization="Bearer x").status_code for _ in range(3)]
    assert statuses == [401, 429, 429]
    assert wrapped(own, "GET").status_code == 429
    cache.clear()
    assert wrapped(own, "GET").status_code == 200
