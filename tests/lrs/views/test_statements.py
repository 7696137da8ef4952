"""The Statement resource: what is stored, what comes back (xAPI 1.0.3 Communication §2.1)."""

import json
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.models import Client
from lrs.models import Authority, Statement
from lrs.statement.times import instant
from tests.lrs.conftest import PATH
from tests.lrs.statement.samples import ACTIVITY, AGENT, STATEMENT_REF, VERB, statement, sub_statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
OWNED = {"stored", "authority", "version", "timestamp", "id"}


@pytest.fixture(params=["", "/"], ids=["no slash", "slash"])
def path(request):
    return PATH + request.param


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_comes_back_is_what_was_sent(own, path, version):
    own.version = version
    name = new_id()
    core = f'"actor":{json.dumps(AGENT)},\n"verb":{json.dumps(VERB)},"object":{json.dumps(ACTIVITY)}'
    result = '{"score":{"raw":1.50000},"response":"\\u00e4ä"}'
    sent = f'{{ "id" : "{name.upper()}", {core}, "result":{result}}}'
    answer = own.post(sent, path)
    assert (answer.status_code, answer.json()) == (200, [name])
    answer = own.get(path, statementId=name)
    assert answer.status_code == 200
    assert answer.content.decode().endswith("," + sent[1:])
    got = answer.json()
    assert got["version"] == {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}[version]
    assert got["timestamp"] == got["stored"]
    assert len(got["stored"]) == len("2026-11-24T00:13:17.882007Z")
    assert {name: value for name, value in got.items() if name not in OWNED} == {
        name: value for name, value in json.loads(sent).items() if name not in OWNED
    }
    stored = parsedate_to_datetime(answer["Last-Modified"]).timestamp()
    assert int(stored) == instant(got["stored"]) // 1_000_000


def test_sent_members_are_kept_and_the_lrs_s_own_replaced(own):
    name = new_id()
    mine = {"id": name, "timestamp": "2020-01-01T00:00:00.1+00:00", "version": "1.0.9"}
    own.post(statement(**mine, stored="2001-01-01T00:00:00Z", authority=AGENT))
    got = own.get(statementId=name).json()
    assert {key: got[key] for key in mine} == mine
    assert got["stored"] > "2020"
    assert got["authority"]["account"]["name"] == own.credentials.client_id


def test_id_is_made_where_none_is_sent(own):
    [first, second] = own.post([statement(), statement()]).json()
    assert UUID(first) != UUID(second)
    assert own.get(statementId=first).json()["id"] == first


def test_authority_is_the_client_as_it_was_called_data_2_4_9(own, settings):
    [first] = own.post(statement()).json()
    Client.objects.filter(pk=own.pk).update(name='Å "new" name')
    [second, third] = (own.post(statement()).json()[0] for _ in range(2))
    account = {"homePage": "http://testserver", "name": own.credentials.client_id}
    assert own.get(statementId=first).json()["authority"] == {
        "objectType": "Agent",
        "name": own.credentials.client.name,
        "account": account,
    }
    assert own.get(statementId=second).json()["authority"]["name"] == 'Å "new" name'
    assert own.get(statementId=third).json()["authority"]["account"] == account
    assert Authority.objects.count() == 2


def test_single_context_activities_and_offsets_are_normalised(own):
    name = new_id()
    sent = sub_statement(context={"contextActivities": {"parent": ACTIVITY}}, timestamp="2020-01-01T02:00:00+02:00")
    own.post(sent | {"id": name, "timestamp": "2020-01-01T02:00:00.12345678+02:00"})
    got = own.get(statementId=name).json()
    assert got["timestamp"] == "2020-01-01T00:00:00.12345678Z"
    assert got["object"]["timestamp"] == "2020-01-01T00:00:00Z"
    assert got["object"]["context"]["contextActivities"] == {"parent": [ACTIVITY]}


def test_post_of_nothing(own, path):
    answer = own.post([], path)
    assert (answer.status_code, answer.json()) == (200, [])


ID = "6f2a7c1e-0d5b-4a3e-9b1c-5d4e3f2a1b0c"  # written out: the name of a test must not change from run to run


class TestPut:
    def test_stores_and_replays(self, own):
        name = new_id()
        for _ in range(2):
            answer = own.put(name, statement())
            assert (answer.status_code, answer.content) == (204, b"")
        assert own.get(statementId=name).json()["id"] == name
        assert Statement.objects.count() == 1

    def test_same_id_in_any_case(self, own):
        name = new_id()
        assert own.put(name, statement(id=name.upper())).status_code == 204
        assert own.get(statementId=name).json()["id"] == name.upper()

    def test_different_statement_is_a_conflict(self, own):
        name = new_id()
        own.put(name, statement())
        answer = own.put(name, statement(result={"success": True}))
        assert answer.status_code == 409
        assert name in answer.json()["error"]["detail"]

    @pytest.mark.parametrize(
        ("name", "body", "problem"),
        [
            ("x", statement(), "statementId: not a UUID"),
            ("", statement(), "statementId: not a UUID"),
            (ID, statement(id=ID[:-1] + "f"), "not the statementId"),
            (ID, [statement()], "send a JSON object"),
            (ID, "1", "send a JSON object"),
            (ID, {}, "actor: missing"),
        ],
    )
    def test_refuses(self, own, name, body, problem):
        answer = own.put(name, body)
        assert answer.status_code == 400
        assert problem in answer.json()["error"]["detail"]

    @pytest.mark.parametrize(
        "query",
        ["", "?statementId=", "?statementid={id}", "?statementId={id}&x=1", "?statementId={id}&statementId={id}"],
    )
    def test_parameters(self, own, query):
        path = PATH + query.format(id=new_id())
        answer = Browser().put(path, json.dumps(statement()), content_type="application/json", **own.headers)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "invalid_parameter"


class TestBatch:
    def test_all_or_nothing(self, own):
        good = [statement(id=new_id()) for _ in range(3)]
        answer = own.post([*good, {"actor": AGENT}])
        assert answer.status_code == 400
        assert answer.json()["error"]["path"] == "[3].verb"
        assert Statement.objects.count() == 0

    @pytest.mark.parametrize("equal", [True, False])
    def test_an_id_twice(self, own, equal):
        name = new_id()
        second = statement(id=name.upper()) if equal else statement(id=name, result={})
        answer = own.post([statement(id=name), second])
        assert answer.status_code == 400
        assert "[1].id: stands twice" in answer.json()["error"]["detail"]
        assert Statement.objects.count() == 0

    def test_a_replay_inside_a_batch_does_not_hinder_the_others(self, own):
        known = statement(id=new_id())
        own.post(known)
        fresh = statement(id=new_id())
        answer = own.post([known, fresh])
        assert (answer.status_code, answer.json()) == (200, [known["id"], fresh["id"]])
        assert Statement.objects.count() == 2

    def test_a_conflict_stores_nothing(self, own):
        known = statement(id=new_id())
        own.post(known)
        answer = own.post([statement(), known | {"result": {}}])
        assert answer.status_code == 409
        assert Statement.objects.count() == 1


class TestList:
    def test_newest_first_or_ascending(self, own):
        sent = [own.post(statement()).json()[0] for _ in range(5)]
        assert own.ids() == sent[::-1]
        assert own.ids(ascending="true") == sent
        assert own.ids(limit=2) == sent[::-1]
        assert own.ids(limit=2, ascending="true") == sent

    def test_more_is_empty_at_the_end(self, own):
        answer = own.get()
        assert answer.json() == {"statements": [], "more": ""}
        own.post([statement(), statement()])
        assert own.get(limit=2).json()["more"] == ""
        assert own.get(limit=1).json()["more"].startswith("/xapi/statements?more=")

    @pytest.mark.parametrize("limit", ["0", None, "999999999999"])
    def test_page_size_is_the_server_s(self, own, settings, limit):
        settings.LRS_PAGE_SIZE = 2
        own.post([statement() for _ in range(5)])
        parameters = {} if limit is None else {"limit": limit}
        assert len(own.get(**parameters).json()["statements"]) == 2
        assert len(own.ids(**parameters)) == 5

    def test_page_ends_at_its_size(self, own, settings):
        settings.LRS_MAX_PAGE_BYTES = 1500
        sent = own.post([statement() for _ in range(7)]).json()
        assert 1 < len(own.get().json()["statements"]) < 7
        assert own.ids() == sent[::-1]
        settings.LRS_MAX_PAGE_BYTES = 1
        assert own.ids() == sent[::-1]

    def test_new_statements_never_shift_a_page(self, own):
        sent = own.post([statement() for _ in range(4)]).json()
        page = own.get(limit=2).json()
        own.post(statement())
        assert own.ids(page["more"]) == sent[1::-1]

    def test_since_and_until(self, own):
        sent = [own.post(statement()).json()[0] for _ in range(4)]
        times = [own.get(statementId=name).json()["stored"] for name in sent]
        assert own.ids(since=times[1]) == sent[:1:-1]
        assert own.ids(until=times[1]) == sent[1::-1]
        assert own.ids(since=times[0], until=times[2], ascending="true", limit=1) == sent[1:3]
        assert own.ids(since=times[3]) == []
        assert own.ids(until="1969-01-01T00:00:00Z") == []

    def test_queries(self, own):
        own.post([statement() for _ in range(3)])
        with CaptureQueriesContext(connection) as captured:
            own.get(limit=2)
        asked = [one["sql"] for one in captured if not one["sql"].startswith("PRAGMA")]
        assert len(asked) == 3, asked  # who, the horizon, the page


class TestCursor:
    @pytest.fixture
    def more(self, own):
        own.post([statement() for _ in range(3)])
        return own.get(limit=1).json()["more"]

    def test_belongs_to_one_client(self, more, other, reader):
        for caller in (other, reader):
            answer = caller.get(more)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_cursor")

    @pytest.mark.parametrize("change", ["&limit=1", "&x=1", "x", "%00", "&more=x"])
    def test_takes_nothing_else(self, more, own, change):
        assert own.get(more).status_code == 200
        answer = own.get(more + change)
        assert answer.status_code == 400

    def test_needs_credentials_and_version(self, more, own, client):
        assert client.get(more).status_code == 401
        assert client.get(more, **own.credentials.bearer_header).status_code == 400

    def test_rights_are_those_of_now(self, both, other):
        other.post([statement(), statement()])
        both.post(statement())
        more = both.get(limit=1).json()["more"]
        Client.objects.filter(pk=both.pk).update(lrs_full_read=False)
        assert both.ids(more) == []


class TestFilters:
    SECOND = {"account": {"homePage": "http://example.org", "name": "2"}}
    OTHER = {"id": "http://example.org/other"}
    REGISTRATION = "0d1e4c44-6f9e-4a0b-8e4e-2f0a5a4ad001"

    @pytest.fixture
    def sent(self, own):
        values = {
            "plain": statement(),
            "second": statement(actor=self.SECOND),
            "verb": statement(verb={"id": "a:verb"}),
            "other": statement(object=self.OTHER, verb={"id": "a:verb"}),
            "team": statement(context={"team": {"objectType": "Group", "member": [self.SECOND]}}),
            "parent": statement(context={"contextActivities": {"parent": self.OTHER}}),
            "registered": statement(context={"registration": self.REGISTRATION}),
            "inner": sub_statement(actor=self.SECOND, object=self.OTHER, verb={"id": "a:verb"}),
        }
        return dict(zip(own.post(list(values.values())).json(), values, strict=True))

    @pytest.mark.parametrize(
        ("parameters", "found"),
        [
            ({"agent": SECOND}, {"second"}),
            ({"agent": SECOND, "related_agents": "true"}, {"second", "team", "inner"}),
            ({"agent": {"objectType": "Group", **SECOND}}, {"second"}),
            ({"agent": {"mbox": "mailto:nobody@example.org"}}, set()),
            ({"verb": "a:verb"}, {"verb", "other"}),
            ({"verb": "A:verb"}, set()),
            ({"activity": OTHER["id"]}, {"other"}),
            ({"activity": OTHER["id"], "related_activities": "true"}, {"other", "parent", "inner"}),
            ({"verb": "a:verb", "activity": OTHER["id"]}, {"other"}),
            ({"verb": "a:verb", "activity": ACTIVITY["id"]}, {"verb"}),
            ({"verb": VERB["id"], "activity": OTHER["id"], "related_activities": "true"}, {"parent", "inner"}),
            ({"registration": REGISTRATION.upper()}, {"registered"}),
            ({"registration": REGISTRATION, "agent": SECOND}, set()),
            ({"registration": REGISTRATION, "agent": AGENT}, {"registered"}),
            ({"agent": AGENT, "verb": "a:verb"}, {"verb", "other"}),
        ],
    )
    @pytest.mark.parametrize("who", ["own", "reader"])
    @pytest.mark.parametrize("limit", [0, 1])
    def test_each(self, own, reader, other, sent, parameters, found, who, limit):
        other.post(statement(actor={"mbox": "mailto:else@example.org"}))
        caller = {"own": own, "reader": reader}[who]
        assert [sent[name] for name in caller.ids(limit=limit, **parameters)] == [
            name for name in reversed(sent.values()) if name in found
        ]

    @pytest.mark.parametrize("ascending", ["true", "false"])
    def test_one_order_over_many_clients(self, own, other, both, reader, ascending):
        sent = [caller.post(statement()).json()[0] for caller in [own, other, both] * 3]
        expected = sent if ascending == "true" else sent[::-1]
        for limit in (0, 2):
            assert reader.ids(agent=AGENT, ascending=ascending, limit=limit) == expected

    def test_voided_statements_drop_out_of_pages(self, own):
        sent = own.post([statement(id=new_id()) for _ in range(9)]).json()
        void = {"id": "http://adlnet.gov/expapi/verbs/voided"}
        voiding = [own.post(statement(verb=void, object=STATEMENT_REF | {"id": name})).json()[0] for name in sent[2:7]]
        left = sent[:2] + sent[7:] + voiding
        for limit in (0, 1, 2, 3):
            assert own.ids(activity=ACTIVITY["id"], limit=limit) == left[::-1]
            assert own.ids(activity=ACTIVITY["id"], limit=limit, ascending="true") == left


class TestVoided:
    VOID = {"id": "http://adlnet.gov/expapi/verbs/voided"}

    def test_by_its_own_parameter_only(self, own):
        [name] = own.post(statement()).json()
        assert own.get(voidedStatementId=name).status_code == 404
        [voiding] = own.post(statement(verb=self.VOID, object=STATEMENT_REF | {"id": name})).json()
        assert own.get(statementId=name).status_code == 404
        assert own.get(voidedStatementId=name).json()["id"] == name
        assert own.ids() == [voiding]
        assert own.get(voidedStatementId=voiding).status_code == 404

    def test_a_foreign_statement_is_403_and_stays(self, own, other, both):
        [name] = own.post(statement()).json()
        for caller in (other, both):
            answer = caller.post(statement(verb=self.VOID, object=STATEMENT_REF | {"id": name}))
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "voiding_refused")
        assert own.get(statementId=name).status_code == 200
        assert Statement.objects.count() == 1
