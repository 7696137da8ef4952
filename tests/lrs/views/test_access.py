"""Own and full access: a client never learns of another client's record."""

import base64

import pytest
from django.test import Client as Browser
from django.test import RequestFactory

from clients.models import Client
from lrs.views.statements import Statements
from tests.builders import mistyped
from tests.lrs.conftest import make_caller
from tests.lrs.statement.samples import AGENT, statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
PATH = "/xapi/statements"


def test_own_sees_what_it_stored(own, other):
    [mine] = own.post(statement()).json()
    [theirs] = other.post(statement()).json()
    assert own.ids() == [mine]
    assert own.get(statementId=theirs).status_code == 404
    assert own.get(voidedStatementId=theirs).status_code == 404
    assert own.ids(agent=AGENT) == [mine]


def test_foreign_and_absent_are_the_same_to_the_byte(own, other):
    name = new_id()

    def answers():
        asked = ({"statementId": name}, {"voidedStatementId": name}, {"agent": AGENT}, {}, {"limit": "1"})
        got = [own.get(**parameters) for parameters in asked]
        return [(one.status_code, one.content.replace(one["X-Request-ID"].encode(), b"")) for one in got]

    before = answers()
    other.post(statement(id=name))
    assert answers() == before


def test_full_read_alone_reads_everything_and_writes_nothing(own, other, reader):
    sent = [caller.post(statement()).json()[0] for caller in (own, other)]
    assert reader.ids() == sent[::-1]
    assert all(reader.get(statementId=name).status_code == 200 for name in sent)
    for answer in (reader.post(statement()), reader.put(new_id(), statement()), reader.post("[")):
        assert answer.status_code == 403
        error = answer.json()["error"]
        assert error["code"] == "insufficient_scope"
        assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]


def test_both_reads_everything_and_writes_its_own(own, both):
    [theirs] = own.post(statement()).json()
    [mine] = both.post(statement()).json()
    assert both.ids() == [mine, theirs]
    assert both.get(statementId=mine).json()["authority"]["account"]["name"] == both.credentials.client_id
    assert own.ids() == [theirs]


def test_no_switch_no_access():
    caller = make_caller()
    for answer in (caller.get(), caller.post(statement()), caller.put(new_id(), statement())):
        assert answer.status_code == 403
    assert caller.get("/xapi/about").status_code == 200


def test_a_switch_counts_at_once(own):
    assert own.get().status_code == 200
    Client.objects.filter(pk=own.pk).update(lrs_own=False)
    assert own.get().status_code == 403


def test_taken_id_of_another_client_reveals_nothing(own, other):
    name = new_id()
    other.post(statement(id=name))
    for value in (statement(id=name), statement(id=name, result={})):
        answer = own.post(value)
        assert answer.status_code == 409
        assert answer.json()["error"]["detail"] == f"Another Statement has the id {name}. Nothing was stored."


def basic(client_id, secret):
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"HTTP_AUTHORIZATION": f"Basic {pair}", "HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}


def test_basic_with_client_id_and_secret(own):
    credentials = own.credentials
    [name] = own.post(statement()).json()
    answer = Browser().get(PATH, {"statementId": name}, **basic(credentials.client_id, credentials.secret))
    assert answer.status_code == 200
    answer = Browser().get(PATH, **basic(credentials.client_id, mistyped(credentials.secret)))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="xAPI", charset="UTF-8"')


@pytest.mark.parametrize("header", ["", "Bearer x", "Bearer " + "x" * 64_000, "Basic !", "Digest x", "Bearer \x00"])
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_refused_before_a_byte_of_the_body_is_read(header, method):
    request = getattr(RequestFactory(), method)(PATH, HTTP_AUTHORIZATION=header)
    request._stream = request.META["wsgi.input"] = None
    request.META["CONTENT_LENGTH"] = str(8 * 1024 * 1024)
    answer = Statements.as_view()(request)
    assert answer.status_code == 401
    assert answer["X-Experience-API-Version"] == "1.0.3"
