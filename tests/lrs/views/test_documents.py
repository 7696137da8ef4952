"""The State, Activity Profile and Agent Profile resources (xAPI 1.0.3 Communication §2.2-2.3, §2.6-2.7)."""

import json

import pytest

from tests.lrs.statement.samples import AGENT
from tests.lrs.views.documents import (
    ACTIVITY_PROFILE,
    AGENT_PROFILE,
    KINDS,
    REGISTRATION,
    STATE,
    context,
    create,
    named,
    send,
    tag,
)

pytestmark = pytest.mark.django_db
JSON = b'{"a":1.50,"b":{"c":"\xc3\xa4"}}'


@pytest.fixture(params=KINDS, ids=lambda kind: kind.removeprefix("/xapi/"))
def kind(request):
    return request.param


@pytest.fixture
def own(kind, own):
    """Both versions treat all of this alike, so they share the kinds; what differs is tested with preconditions."""
    own.version = "2.0.0" if kind == ACTIVITY_PROFILE else "1.0.3"
    return own


class TestOneDocument:
    def test_returns_as_sent(self, own, kind):
        for body, content_type in (
            (JSON, "application/json"),
            (bytes(range(256)), "image/png; x=y"),
            (b" ", "text/plain"),
            (b"{", "text/html"),
        ):
            create(own, kind, body, content_type=content_type)
            answer = send(own, "GET", kind + "/", parameters=named(kind))
            assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, body, content_type)
            assert answer["ETag"] == tag(body)
            assert answer["Last-Modified"].endswith("GMT")
            assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert send(own, "DELETE", kind).status_code == 204

    def test_without_content_type(self, own, kind):
        create(own, kind, b"x", content_type="")
        assert send(own, "GET", kind)["Content-Type"] == "application/octet-stream"

    def test_absent(self, own, kind):
        assert send(own, "GET", kind).status_code == 404
        assert send(own, "DELETE", kind).status_code == 204

    def test_no_content_means_no_type(self, own, kind):
        answer = send(own, "DELETE", kind)
        assert "Content-Type" not in answer

    def test_delete(self, own, kind):
        create(own, kind)
        create(own, kind, parameters=named(kind, "two"))
        assert send(own, "DELETE", kind).status_code == 204
        assert send(own, "GET", kind).status_code == 404
        assert send(own, "GET", kind, parameters=context(kind)).json() == ["two"]

    def test_head(self, own, kind):
        create(own, kind, JSON)
        for parameters in (named(kind), context(kind), named(kind, "none")):
            got, head = (send(own, method, kind, parameters=parameters) for method in ("GET", "HEAD"))
            assert (head.status_code, head.content) == (got.status_code, b"")
            assert head["Content-Length"] == str(len(got.content))
            for name in ("ETag", "Last-Modified", "Content-Type", "X-Experience-API-Version"):
                assert head.headers.get(name) == got.headers.get(name)

    @pytest.mark.parametrize("kind", [AGENT_PROFILE])
    def test_the_agent_is_known_by_its_identifier(self, own, kind):
        create(own, AGENT_PROFILE)
        same = named(AGENT_PROFILE) | {"agent": json.dumps(AGENT | {"objectType": "Agent", "name": "Other"})}
        assert send(own, "GET", AGENT_PROFILE, parameters=same).status_code == 200

    @pytest.mark.parametrize("kind", [STATE])
    def test_registration_is_part_of_the_name(self, own, kind):
        with_one = named(STATE) | {"registration": REGISTRATION}
        create(own, STATE, b"1", parameters=with_one)
        assert send(own, "GET", STATE).status_code == 404
        create(own, STATE, b"2")
        assert send(own, "GET", STATE, parameters=with_one).content == b"1"
        assert (
            send(own, "DELETE", STATE, parameters=with_one | {"registration": REGISTRATION.upper()}).status_code == 204
        )
        assert send(own, "GET", STATE).content == b"2"

    @pytest.mark.parametrize("kind", [AGENT_PROFILE])
    @pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
    def test_an_identified_group_from_2_0_on(self, own, kind, version):
        own.version = version
        group = named(AGENT_PROFILE) | {"agent": json.dumps(AGENT | {"objectType": "Group", "member": [AGENT]})}
        status = send(own, "PUT", AGENT_PROFILE, {}, parameters=group, HTTP_IF_NONE_MATCH="*").status_code
        assert status == (204 if own.version == "2.0.0" else 400)
        anonymous = named(AGENT_PROFILE) | {"agent": '{"objectType":"Group","member":[]}'}
        assert send(own, "GET", AGENT_PROFILE, parameters=anonymous).status_code == 400


class TestMerge:
    def test_new(self, own, kind):
        assert send(own, "POST", kind, JSON).status_code == 204
        assert send(own, "GET", kind).content == JSON

    def test_members_sent_now_win_and_numbers_keep_their_text(self, own, kind):
        create(own, kind, b'{"a":1.50,"b":{"c":1},"big":12345678901234567890123}')
        assert send(own, "POST", kind, b'{"b":{"d":1e2},"e":null}').status_code == 204
        answer = send(own, "GET", kind)
        assert answer.content == b'{"a":1.50,"b":{"d":1e2},"big":12345678901234567890123,"e":null}'
        assert answer["ETag"] == tag(answer.content)

    def test_stored_is_no_object(self, own, kind):
        for text, content_type in ((b"{}", "text/plain"), (b"[1]", "application/json"), (b"{", "application/json")):
            parameters = named(kind, content_type + text.decode())
            create(own, kind, text, content_type=content_type, parameters=parameters)
            assert send(own, "POST", kind, {"a": 1}, parameters=parameters).status_code == 400
            assert send(own, "GET", kind, parameters=parameters).content == text

    def test_sent_is_no_object(self, own, kind):
        create(own, kind, JSON)
        for text in (b"{", b"[1]", b'{"a":1,"a":2}'):
            assert send(own, "POST", kind, text).status_code == 400
        assert send(own, "POST", kind, b"{}", content_type="text/plain").status_code == 400
        assert send(own, "GET", kind).content == JSON

    def test_malformed_json_is_not_stored(self, own, kind):
        assert send(own, "POST", kind, b"{").status_code == 400
        assert send(own, "GET", kind).status_code == 404

    def test_does_not_grow_beyond_the_limit(self, own, kind, settings):
        settings.LRS_MAX_DOCUMENT_BYTES = 20
        create(own, kind, b'{"a":"12345678"}')
        answer = send(own, "POST", kind, b'{"b":"12345678"}')
        assert answer.status_code == 413
        assert "LRS_MAX_DOCUMENT_BYTES" in answer.json()["error"]["detail"]
        assert send(own, "PUT", kind, b'{"b":"1234567890123"}').status_code == 413
        settings.LRS_MAX_DOCUMENT_BYTES = 0
        assert send(own, "POST", kind, b'{"b":"12345678"}').status_code == 204


class TestLists:
    def test_ids_of_the_context(self, own, kind):
        assert send(own, "GET", kind, parameters=context(kind)).json() == []
        for name in ("b", "a", "ä"):
            create(own, kind, parameters=named(kind, name))
        answer = send(own, "GET", kind, parameters=context(kind))
        assert answer.json() == ["b", "a", "ä"]
        assert answer["ETag"] == tag(answer.content)
        newest = send(own, "GET", kind, parameters=named(kind, "ä"))
        assert answer["Last-Modified"] == newest["Last-Modified"]

    def test_since_is_exclusive(self, own, kind, monkeypatch):
        for second, name in enumerate(("a", "b", "c")):
            monkeypatch.setattr("lrs.views.documents._now", lambda second=second: (1_700_000_000 + second) * 1_000_000)
            create(own, kind, parameters=named(kind, name))
        since = context(kind) | {"since": "2023-11-14T22:13:21.000000Z"}
        answer = send(own, "GET", kind, parameters=since)
        assert answer.json() == ["c"]
        assert answer["Last-Modified"] == "Tue, 14 Nov 2023 22:13:22 GMT"

    @pytest.mark.parametrize("kind", [STATE])
    def test_of_state_span_registrations(self, own, kind):
        for name, registration in (("a", None), ("a", REGISTRATION), ("b", REGISTRATION)):
            more = {"registration": registration} if registration else {}
            create(own, STATE, parameters=named(STATE, name) | more)
        one = context(STATE) | {"registration": REGISTRATION}
        assert send(own, "GET", STATE, parameters=context(STATE)).json() == ["a", "b"]
        assert send(own, "GET", STATE, parameters=one).json() == ["a", "b"]
        assert send(own, "DELETE", STATE, parameters=one).status_code == 204
        assert send(own, "GET", STATE, parameters=context(STATE)).json() == ["a"]
        assert send(own, "DELETE", STATE, parameters=context(STATE)).status_code == 204
        assert send(own, "GET", STATE, parameters=context(STATE)).json() == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "parameters"),
        [
            (STATE, {}),
            (STATE, {"agent": None}),
            (STATE, {"activityId": None}),
            (STATE, {"activityId": "no scheme"}),
            (STATE, {"agent": "x"}),
            (STATE, {"agent": "{}"}),
            (STATE, {"registration": "x"}),
            (STATE, {"stateId": ""}),
            (STATE, {"profileId": "x"}),
            (STATE, {"StateId": "x"}),
            (STATE, {"since": "2020-01-01T00:00:00Z"}),
            (ACTIVITY_PROFILE, {"activityId": None}),
            (ACTIVITY_PROFILE, {"agent": json.dumps(AGENT)}),
            (ACTIVITY_PROFILE, {"registration": REGISTRATION}),
            (AGENT_PROFILE, {"agent": None}),
            (AGENT_PROFILE, {"activityId": "a:b"}),
            (AGENT_PROFILE, {"method": "PUT"}),
        ],
    )
    def test_parameters(self, own, kind, parameters):
        sent = {name: value for name, value in (named(kind) | parameters).items() if value is not None}
        if not parameters:
            sent = {}
        for method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
            assert send(own, method, kind, {}, parameters=sent).status_code == 400

    def test_without_a_name(self, own, kind):
        for method in ("PUT", "POST", "DELETE"):
            answer = send(own, method, kind, {}, parameters=context(kind))
            assert answer.status_code == (204 if (method, kind) == ("DELETE", STATE) else 400)

    def test_compressed(self, own, kind):
        assert send(own, "PUT", kind, b"x", HTTP_CONTENT_ENCODING="gzip").status_code == 400

    def test_other_methods(self, own, kind):
        answer = send(own, "PATCH", kind)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, PUT, DELETE, HEAD")


class TestAccess:
    """Documents are kept per storing client."""

    def test_another_clients_document_does_not_exist(self, own, other, kind):
        create(other, kind, b"theirs")
        assert send(own, "GET", kind).status_code == 404
        assert send(own, "GET", kind, parameters=context(kind)).json() == []
        create(own, kind, b"mine")
        assert send(own, "DELETE", kind).status_code == 204
        assert send(other, "GET", kind).content == b"theirs"

    def test_full_read_alone(self, own, reader, kind):
        create(own, kind, b"theirs")
        assert send(reader, "GET", kind).content == b"theirs"
        assert send(reader, "GET", kind, parameters=context(kind)).json() == ["one"]
        assert [send(reader, method, kind, {}).status_code for method in ("PUT", "POST", "DELETE")] == [403] * 3

    def test_with_full_read_the_own_comes_first_then_the_latest(self, own, other, both, kind):
        create(own, kind, b"older")
        create(other, kind, b"newer")
        create(other, kind, b"x", parameters=named(kind, "two"))
        assert send(both, "GET", kind).content == b"newer"
        assert send(both, "GET", kind, parameters=context(kind)).json() == ["one", "two"]
        foreign = send(both, "GET", kind)["ETag"]
        assert send(both, "PUT", kind, b"mine", HTTP_IF_MATCH=foreign).status_code == 412
        create(both, kind, b"mine")
        assert send(own, "GET", kind).content == b"older"
        assert send(both, "GET", kind).content == b"mine"
        if kind == STATE:
            assert send(both, "DELETE", kind, parameters=context(kind)).status_code == 204
            assert send(both, "GET", kind).content == b"newer"
