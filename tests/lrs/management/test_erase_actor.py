"""One person out of the store: nothing of the identifier stays, nothing of the others changes."""

import io
import json
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clients.models import AuditEntry, Client
from lrs import attachments, descriptions, erasure
from lrs.models import Description, Document, Statement, StatementId
from lrs.query import find, whole_range
from lrs.statement import keys
from lrs.statement.identifiers import read
from lrs.statement.parameters import ListQuery, Wanted
from lrs.verification import verify
from tests.lrs.parts import MULTIPART, attachment, body, part, signature_part, signed, token
from tests.lrs.statement.samples import anonymous, statement
from tests.lrs.stored import Writer, new_id, prepared

pytestmark = pytest.mark.django_db
ANN = {"objectType": "Agent", "mbox": "mailto:ann.unique@example.org", "name": "Ann Unique"}
IFI = "mbox=mailto:ann.unique@Example.org"
BEN = {"mbox": "mailto:ben@example.org", "name": "Ben"}


def run(command, identifier=IFI, **options):
    out = io.StringIO()
    call_command(command, identifier, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def everywhere():
    """Every value of every table of the store, and every file, as one text."""
    found = []
    for model in apps.get_app_config("lrs").get_models():
        for row in model.objects.values_list(*[field.attname for field in model._meta.concrete_fields]):
            found += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    for folder in attachments.storage().listdir("")[0] if attachments.storage().exists("") else ():
        for part_of in attachments.storage().listdir(folder)[0]:
            for name in attachments.storage().listdir(f"{folder}/{part_of}")[1]:
                with attachments.storage().open(f"{folder}/{part_of}/{name}") as file:
                    found.append(file.read().decode("latin-1"))
    return "\n".join(found).lower()


def wrong():
    return [one for step in verify() for one in step.wrong]


def found_for(actor, *, related):
    query = ListQuery(wanted=(Wanted(keys.of_actor(actor), related=related),))
    return [str(row.uuid) for row in find(query, whole_range(query, 2**62), None, count=1000)]


AGENTS = [
    ANN,
    BEN,
    {"account": {"homePage": "http://x.org", "name": "ann.unique"}},
    {"mbox": "mailto:lou.ann.unique@example.org"},
    {"openid": "http://x.org/ann"},
]
AGENT = st.sampled_from(AGENTS)
GROUP = st.lists(AGENT, min_size=1, max_size=3).map(lambda members: anonymous(*members))
IDENTIFIED = st.tuples(AGENT, GROUP).map(lambda pair: pair[1] | {k: v for k, v in pair[0].items() if k != "objectType"})
ACTOR = st.one_of(AGENT, GROUP, IDENTIFIED)
AS_OBJECT = AGENT.map(lambda one: {**one, "objectType": "Agent"})
EXTENSIONS = st.fixed_dictionaries({"http://x.org/e": st.one_of(AGENT, st.just(["ann.unique@example.org", 1.5]))})
CONTEXT = st.fixed_dictionaries({}, optional={"instructor": ACTOR, "team": GROUP, "extensions": EXTENSIONS})
SUB = st.fixed_dictionaries({"actor": ACTOR, "context": CONTEXT}).map(
    lambda members: {"objectType": "SubStatement", **statement(**members)}
)
IDS = [str(UUID(int=number)) for number in range(1, 7)]
REFERENCE = st.sampled_from(IDS).map(lambda name: {"objectType": "StatementRef", "id": name})
OBJECT = st.one_of(st.just({"id": "a:1"}), AS_OBJECT, SUB, REFERENCE)
STATEMENTS = st.lists(
    st.fixed_dictionaries({"actor": ACTOR, "object": OBJECT, "context": CONTEXT}), min_size=1, max_size=6
)


@pytest.mark.parametrize("command", ["erase_actor", "pseudonymise_actor"])
@hypothesis_settings(max_examples=40)
@given(values=STATEMENTS, name=st.sampled_from(range(len(AGENTS))))
def test_nothing_of_it_stays_and_the_others_keep_theirs(command, values, name):
    gone = AGENTS[name]
    [(form, value)] = [(k, v) for k, v in gone.items() if k not in {"name", "objectType"}]
    text = f"{value['homePage']}|{value['name']}" if form == "account" else value
    descriptions._written_at.clear()
    with transaction.atomic():
        writer = Writer()
        for one, key in zip(values, IDS, strict=False):
            writer.write(prepared({"id": key, **statement(**one)}))
        others = [agent for agent in AGENTS if agent is not gone]
        before = {related: [found_for(one, related=related) for one in others] for related in (True, False)}
        texts = {str(one.uuid): bytes(one.json) for one in Statement.objects.all()}
        needle = json.dumps(text.removeprefix("mailto:").split("|")[-1])[1:-1]
        mine = {name for name, kept in texts.items() if needle in kept.decode()}
        run(command, f"{form}={text}")
        left = {str(one.uuid) for one in Statement.objects.all()}
        assert all(
            bytes(one.json) == texts[str(one.uuid)] for one in Statement.objects.all() if str(one.uuid) not in mine
        )
        assert found_for(gone, related=True) == []
        assert not Description.objects.filter(key=keys.of_actor(gone)).exists()
        assert wrong() == []
        if command == "pseudonymise_actor":
            assert left == texts.keys()
            assert before == {related: [found_for(one, related=related) for one in others] for related in (True, False)}
        if gone is ANN:
            stored = everywhere()
            assert "ann unique" not in stored
            assert "ann.unique@example.org" not in stored.replace("lou.ann.unique@example.org", "")
        transaction.set_rollback(True)


@pytest.mark.usefixtures("empty_storage")
def test_erasing_deletes_what_is_its_own_and_rewrites_the_rest(own):
    acted, acted_on, beside, foreign = (new_id() for _ in range(4))
    own.post(
        [
            statement(id=acted, actor=ANN),
            statement(id=acted_on, actor=BEN, object={**ANN, "objectType": "Agent"}),
            statement(id=beside, actor=anonymous(ANN, BEN), result={"response": "x"}),
            statement(id=foreign, actor=BEN),
        ]
    )
    told = run("erase_actor", dry_run=True)
    assert "There would be 2 Statements deleted, 1 rewritten" in told
    assert set(own.ids()) == {acted, acted_on, beside, foreign}
    assert "There were 2 Statements deleted, 1 rewritten" in run("erase_actor")
    assert set(own.ids()) == {beside, foreign}
    assert "ann" not in everywhere()
    member = own.get(statementId=beside).json()["actor"]["member"][0]
    assert member.keys() == {"objectType", "account"}
    assert "There were 0 Statements deleted, 0 rewritten" in run("erase_actor")
    [entry] = AuditEntry.objects.filter(action="actor_erased")
    assert (entry.facts["statements_deleted"], entry.facts["statements_rewritten"]) == (2, 1)
    assert "ann" not in str(entry.facts)


@pytest.mark.usefixtures("empty_storage")
def test_what_comes_again_is_refused(own):
    erased, rewritten = new_id(), new_id()
    both = [statement(id=erased, actor=ANN), statement(id=rewritten, actor=anonymous(ANN, BEN))]
    own.post(both)
    run("erase_actor")
    assert [own.post(one).status_code for one in both] == [409, 409]
    assert own.get(statementId=erased).status_code == 404
    assert own.get(voidedStatementId=erased).status_code == 404
    kept = own.get(statementId=rewritten).json()
    assert own.post({k: v for k, v in kept.items() if k not in {"stored", "authority"}}).status_code == 200
    assert own.post(statement(object={"objectType": "StatementRef", "id": erased})).status_code == 200
    voiding = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    assert own.post(statement(verb=voiding, object={"objectType": "StatementRef", "id": erased})).status_code == 200
    assert "ann" not in everywhere()


@pytest.mark.usefixtures("empty_storage")
def test_a_pseudonym_takes_the_place_in_queries_and_documents(own):
    own.post([statement(actor=ANN), statement(actor=ANN)])
    agent = json.dumps({k: v for k, v in ANN.items() if k != "name"})
    path = "/xapi/activities/state?" + "activityId=a:1&stateId=s&agent=" + agent
    own.post({"who": "ann.unique@example.org", "n": 1.50}, path=path)
    told = run("pseudonymise_actor")
    assert "0 Statements deleted, 2 rewritten, 1 documents rewritten" in told
    name = next(word for word in told.split() if word.startswith("pseudonym-")).strip(".")
    account = {"account": {"homePage": "http://testserver", "name": name}}
    assert len(own.ids(agent=account)) == 2
    document = own.get("/xapi/activities/state", activityId="a:1", stateId="s", agent=account)
    assert document.json() == {"who": name, "n": 1.5}
    assert "ann" not in everywhere()
    own.post(statement(actor=ANN))
    run("pseudonymise_actor", pseudonym=name)
    assert len(own.ids(agent=account)) == 3


@pytest.mark.usefixtures("empty_storage")
def test_documents_go_with_the_person(own):
    agent = json.dumps({"mbox": ANN["mbox"]})
    own.post({}, path="/xapi/activities/state?activityId=a:1&stateId=s&agent=" + agent)
    own.post(b"\x00ann.unique@example.org", path="/xapi/agents/profile?profileId=s&agent=" + agent, content_type="a/b")
    assert "2 documents deleted" in run("erase_actor")
    assert not Document.objects.exists()


@pytest.mark.usefixtures("empty_storage")
def test_signatures_and_data_that_tell_the_name(own, django_capture_on_commit_callbacks):
    plain = statement(actor=anonymous(ANN, BEN))
    text = b"Certificate of ANN.unique@example.org"
    plain["attachments"] = [attachment(text), attachment(b"harmless")]
    data = token(plain)
    value = signed(plain, data)
    sent = body([value], part(text), part(b"harmless"), signature_part(data))
    [name] = own.post(sent, content_type=MULTIPART).json()
    with django_capture_on_commit_callbacks(execute=True):
        told = run("erase_actor")
    assert f"{name}: was signed" in told
    assert "2 attachments deleted" in told
    assert "harmless" in everywhere()
    assert "ann" not in everywhere()


@pytest.mark.usefixtures("empty_storage")
def test_what_cannot_be_replaced_is_named(own):
    [name] = own.post(statement(actor=anonymous(ANN, BEN), result={"response": "see x/ann.unique@example.org"})).json()
    [other] = own.post(statement(object={"id": "http://x/?ann.unique@example.org"})).json()
    told = run("erase_actor")
    assert f"{name}: the identifier's text still occurs" in told
    assert f"{other}: the identifier's text still occurs" in told


@pytest.mark.usefixtures("empty_storage")
def test_batches_and_a_run_that_broke_off(own, monkeypatch):
    own.post([statement(actor=ANN) for _ in range(5)])
    monkeypatch.setattr(erasure, "BATCH", 2)
    runner = erasure.Erasure(read(IFI), read("account=http://x|pseudonym-1"), remove=True).run(by=None)
    with pytest.raises(AttributeError):
        next(runner)
    assert Statement.objects.count() == 5
    assert "5 Statements deleted" in run("erase_actor")
    assert StatementId.objects.filter(seq=0).count() == 5


@pytest.mark.usefixtures("empty_storage")
def test_what_is_refused(own):
    own.post(statement())
    with pytest.raises(CommandError, match="no identifier"):
        run("erase_actor", "ann")
    with pytest.raises(CommandError, match="--as"):
        run("erase_actor", pseudonym="Ann")
    client = Client.objects.get(pk=own.pk)
    with pytest.raises(CommandError, match=client.client_id):
        run("erase_actor", f"account=http://testserver|{client.client_id}")
