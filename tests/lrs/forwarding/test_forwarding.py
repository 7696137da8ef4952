"""To a second installation, and to one that fails in every way there is."""

import io
import json
import threading
from base64 import b64encode
from datetime import timedelta
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.management import CommandError, call_command
from django.utils import timezone

from clients.models import AuditEntry
from lrs.forwarding import engine
from lrs.forwarding.actions import forward_due
from lrs.models import ForwardRefusal, ForwardTarget, Statement
from lrs.statement.voiding import VOIDED
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.statement.samples import statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
PASSWORD = "other-password"


def add(url, name="there", **options):
    values = {"endpoint": f"{url}/xapi", "username": "us", "password": PASSWORD} | options
    call_command("add_forward_target", name, stdout=io.StringIO(), **values)
    return ForwardTarget.objects.get(name=name)


def forward(name="there", **options):
    out = io.StringIO()
    try:
        call_command("forward_statements", name, stdout=out, stderr=io.StringIO(), **options)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


class Faulty(ThreadingHTTPServer):
    """Stores by id; ``script`` holds what the next requests meet: a status, or "drop" after storing."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.stored, self.script, self.requests, self.poison, self.headers = {}, [], [], set(), {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"].startswith("multipart"):
            head = b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n"
            sent = BytesParser().parsebytes(head + sent).get_payload()[0].get_payload(decode=True)
        batch = json.loads(sent)
        self.server.requests.append([one["id"] for one in batch])
        fault = self.server.script.pop(0) if self.server.script else None
        expected = "Basic " + b64encode(f"us:{PASSWORD}".encode()).decode()
        if self.headers["Authorization"] != expected:
            fault = 401
        if isinstance(fault, int):
            return self._answer(fault, b"fault \n here")
        if self.server.poison & {one["id"] for one in batch}:
            return self._answer(400, b"poison")
        if clash := [one["id"] for one in batch if one["id"] in self.server.stored]:
            return self._answer(409, f"conflict {clash[0]}".encode())
        self.server.stored |= {one["id"]: one for one in batch}
        if fault == "drop":
            return self.connection.close()
        return self._answer(200, b"[]")

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query).get("statementId", [""])[0]
        found = self.server.stored.get(asked)
        self._answer(200 if found else 404, json.dumps(found).encode())

    def _answer(self, status, content):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def faulty():
    server = Faulty()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def batches_of_4(monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 4)


def some(own, count=10):
    return own.post([statement(id=new_id()) for _ in range(count)]).json()


def test_to_a_second_installation(own, other, installation):
    there = installation.create_client("Forwarded", "--lrs-own")
    settings = {"username": there["client_id"], "password": there["client_secret"]}
    ids = some(own, 120)
    other.post(statement())
    value = statement(attachments=[attachment(b"data")], id=new_id())
    ids += own.post(body([value], part(b"data")), content_type=MULTIPART).json()
    own.version = "2.0.0"
    ids += own.post(
        statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@b.c"}}]})
    ).json()
    own.version = "1.0.3"
    target = add(installation.url, client=own.credentials.client_id, **settings)
    assert "122 delivered, 0 refused" in forward()
    assert "0 delivered" in forward()
    ForwardTarget.objects.filter(pk=target.pk).update(position=0)
    assert "122 delivered, 0 refused" in forward()

    def ask(**parameters):
        headers = {"X-Experience-API-Version": "1.0.3"}
        return requests.get(
            f"{installation.url}/xapi/statements",
            parameters,
            headers=headers,
            auth=(there["client_id"], there["client_secret"]),
            timeout=30,
        )

    found = ask(ascending="true").json()["statements"]
    assert [one["id"] for one in found] == ids
    mine = own.get(ascending=True).json()["statements"]
    owned = {"stored", "authority"}
    for here, one in zip(mine, found, strict=True):
        assert {k: v for k, v in here.items() if k not in owned} == {k: v for k, v in one.items() if k not in owned}
    assert b"\r\n\r\ndata\r\n" in ask(statementId=value["id"], attachments="true").content


def test_what_is_voided_goes_before_what_voids_it(own, faulty):
    target, verb = new_id(), {"id": "a:chosen"}
    own.post([statement(id=target, verb=verb), statement()])
    [voider] = own.post(statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": target})).json()
    add(faulty.url, verb=verb["id"])
    assert "2 delivered, 0 refused" in forward()
    assert list(faulty.stored) == [target, voider]


def test_faults_that_pass(own, faulty, batches_of_4):
    ids = some(own)
    add(faulty.url)
    for fault in (500, "drop", 503, 302):
        faulty.script = [fault]
        assert "delivered, then:" in forward()
    target = ForwardTarget.objects.get()
    assert target.failures == 4
    assert target.next_try_at > timezone.now()
    assert target.leased_until is None
    assert forward_due() == ""
    assert "10 delivered, 0 refused" in forward()
    assert list(faulty.stored) == ids
    target.refresh_from_db()
    assert (target.failures, target.problem, target.next_try_at, target.delivered) == (0, "", None, 10)


def test_too_many_requests_and_a_refused_credential(own, faulty):
    some(own)
    add(faulty.url)
    faulty.script, faulty.headers = [429], {"Retry-After": "1800"}
    assert "429" in forward()
    assert ForwardTarget.objects.get().next_try_at > timezone.now() + timedelta(minutes=29)
    ForwardTarget.objects.update(username="them")
    assert "credential is refused: 401 fault here" in forward()
    assert PASSWORD not in str(ForwardTarget.objects.values())


def test_the_culprit_is_found_and_the_rest_delivered(own, faulty):
    ids = some(own)
    faulty.poison = {ids[3]}
    faulty.stored = {ids[7]: {**statement(), "id": ids[7]}, ids[8]: {**statement(result={}), "id": ids[8]}}
    add(faulty.url)
    assert "8 delivered, 2 refused" in forward()
    assert {str(one.statement): one.reason for one in ForwardRefusal.objects.all()} == {
        ids[3]: "400 poison",
        ids[8]: f"409 conflict {ids[8]}",
    }
    assert f"{ids[3]}: 400 poison" in forward(refused=True)
    assert "0 delivered, 0 refused" in forward()


def test_killed_between_delivery_and_note(own, faulty, batches_of_4, monkeypatch):
    ids = some(own)
    add(faulty.url)

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(engine, "_advance", die)
        with pytest.raises(KeyboardInterrupt):
            forward()
    assert len(faulty.stored) == 4
    assert "10 delivered, 0 refused" in forward()
    assert list(faulty.stored) == ids


def test_two_do_not_run_at_once_and_a_late_one_commits_nothing(own, faulty, batches_of_4):
    some(own)
    target = add(faulty.url)
    running = engine.turn(ForwardTarget.objects.get())
    next(running)
    assert "Another process forwards" in forward()
    position = ForwardTarget.objects.get().position
    ForwardTarget.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    second = engine.turn(ForwardTarget.objects.get(pk=target.pk))
    next(second)
    with pytest.raises(engine.Stopped, match="taken over"):
        next(running)
    assert ForwardTarget.objects.get().position > position
    second.close()
    assert ForwardTarget.objects.get().leased_until is None
    assert "delivered, 0 refused" in forward()


def test_filters_and_from_now(own, other, faulty):
    wanted = own.post(statement(verb={"id": "a:v"}, object={"id": "a:o"}, actor={"mbox": "mailto:x@y.z"})).json()
    own.post([statement(verb={"id": "a:v"}), statement(object={"id": "a:o"})])
    other.post(statement(verb={"id": "a:v"}, object={"id": "a:o"}, actor={"mbox": "mailto:x@y.z"}))
    options = {"verb": "a:v", "activity": "a:o", "agent": "mbox=mailto:x@y.z", "client": own.credentials.client_id}
    add(faulty.url, **options)
    add(faulty.url, name="new", from_now=True)
    assert "1 delivered" in forward()
    assert list(faulty.stored) == wanted
    assert "0 delivered" in forward("new")


def test_the_worker_forwards_to_every_target(own, faulty):
    some(own)
    add("http://127.0.0.1:9", name="away")
    add(faulty.url)
    told = forward_due()
    assert "away: No answer" in told
    assert "there: 10 statements delivered." in told


def test_targets_are_listed_and_removed(own, faulty):
    some(own, 2)
    add(faulty.url)
    out = io.StringIO()
    call_command("forward_statements", list=True, stdout=out)
    assert f"there ({faulty.url}/xapi): 0 delivered, 0 refused, through the beginning. OK" in out.getvalue()
    assert "Target removed" in forward(remove=True)
    assert "No target is called 'there'" in forward()
    actions = AuditEntry.objects.filter(action__startswith="forward_target").values_list("action", flat=True)
    assert set(actions) == {"forward_target_added", "forward_target_removed"}
    assert Statement.objects.count() == 2


def test_a_secret_that_cannot_be_opened(own, faulty, settings):
    some(own, 1)
    add(faulty.url)
    settings.SECRET_KEY = "another" * 10
    assert "SECRET_KEY has changed" in forward()
    assert faulty.requests == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"endpoint": "http://example.org/xapi"}, "https"),
        ({"endpoint": "file:///etc"}, "https"),
        ({"password": ""}, "empty"),
        ({"agent": "ann"}, "--agent"),
        ({"client": "nobody"}, "No client"),
    ],
)
def test_what_no_target_can_be(db, options, told):
    with pytest.raises(CommandError, match=told):
        add("https://example.org", **options)


def test_a_name_is_taken_once(db):
    add("https://example.org")
    with pytest.raises(CommandError, match="already"):
        add("https://example.org")
