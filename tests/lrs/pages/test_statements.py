"""System > LRS statements: what an administrator finds, and what stays out of sight."""

import csv
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Http

from clients.administration import Action, ObjectType
from clients.roles import Assigned, Permission
from lrs import learners
from scim.models import LmsUser
from tests import builders
from tests.lrs.conftest import Caller
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.statement.samples import statement
from tests.lrs.stored import new_id

URL = "/system/lrs/statements/"
PASSED = {"id": "http://example.org/verbs/passed", "display": {"en-US": "passed", "fi": "läpäisi"}}
COURSE = {"id": "http://example.org/course", "definition": {"name": {"en": "Fire safety"}}}
ANNA = {"name": "Anna", "mbox": "mailto:anna@example.org"}


def teller(*labels):
    return Caller(builders.make_client_with_credentials(*labels, lrs_own=True))


def tell(caller, **members):
    pk = new_id()
    answer = caller.post(statement(**{"id": pk, "actor": ANNA, "verb": PASSED, "object": COURSE} | members))
    assert answer.status_code == 200, answer.content
    return pk


def signed_in(user):
    http = Http()
    http.force_login(user)
    return http


@pytest.fixture
def hr(db):
    return builders.make_label("HR")


@pytest.fixture
def near(hr):
    return teller(hr)


@pytest.fixture
def far(db):
    return teller()


@pytest.fixture
def root(db):
    return signed_in(builders.make_superadmin())


@pytest.fixture
def limited(hr):
    may = [Permission(ObjectType.STATEMENT, action) for action in (Action.VIEW, Action.DOWNLOAD)]
    return signed_in(builders.make_holder(Assigned(builders.make_role("Learning", *may), [hr])))


def ids(answer):
    return [str(row.id) for row in answer.context["rows"]]


def lines(answer):
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_a_row_says_who_did_what_the_newest_first(root, near):
    older, newer = tell(near), tell(near, actor={"mbox": "mailto:bo@example.org"})
    answer = root.get(URL)
    assert ids(answer) == [newer, older]
    assert "Anna passed Fire safety" in answer.content.decode()
    assert "bo@example.org passed Fire safety" in answer.content.decode()


def test_pages_are_walked_without_gap_also_while_others_arrive(root, near):
    told = [statement(id=new_id()) for _ in range(60)]
    near.post(told)
    found, address = [], URL
    while address:
        answer = root.get(address)
        tell(near)
        found += ids(answer)
        address = URL + answer.context["further"] if answer.context["further"] else ""
    assert found == [one["id"] for one in reversed(told)]


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"agent": "anna@example.org"}, True),
        ({"agent": '{"mbox":"mailto:anna@example.org"}'}, True),
        ({"agent": "bo@example.org"}, False),
        ({"verb": PASSED["id"], "activity": COURSE["id"]}, True),
        ({"activity": "http://example.org/other", "related_activities": "true"}, False),
        ({"registration": "00000000-0000-4000-8000-000000000001"}, False),
        ({"since": "2020-01-01T00:00", "ascending": "true"}, True),
        ({"until": "2020-01-01T00:00"}, False),
        ({"client": "999999999"}, False),
        ({"client": "x", "after": "y"}, True),
    ],
)
def test_filters(root, near, sent, found):
    pk = tell(near)
    answer = root.get(URL, sent)
    assert (answer.status_code, ids(answer)) == (200, [pk] if found else [])


@pytest.mark.parametrize("sent", [{"agent": "{"}, {"verb": "x"}, {"registration": "x"}, {"since": "yesterday"}])
def test_a_wrong_filter_is_named_and_never_an_error(root, near, sent):
    tell(near)
    answer = root.get(URL, sent)
    assert (answer.status_code, ids(answer)) == (422, [])
    assert answer.context["asked"].problem in answer.content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert root.get(URL + "download.csv", sent).status_code == 404


def test_the_query_shown_gives_the_client_the_same_list(root, near):
    pk = tell(near)
    tell(near, actor={"mbox": "mailto:bo@example.org"})
    shown = root.get(URL, {"agent": "anna@example.org", "since": "2020-01-01T00:00"}).context["asked"].xapi_url
    asked = {name: value for name, [value] in parse_qs(urlsplit(shown).query).items()}
    assert near.ids(urlsplit(shown).path, **asked) == [pk]


def test_only_statements_of_clients_within_reach_exist(limited, near, far):
    mine, foreign = tell(near), tell(far)
    assert ids(limited.get(URL)) == [mine]
    assert ids(limited.get(URL, {"agent": "anna@example.org"})) == [mine]
    assert ids(limited.get(URL, {"client": far.pk})) == []
    assert limited.get(f"{URL}{mine}/").status_code == 200
    assert limited.get(f"{URL}{foreign}/").status_code == 404
    assert [one["id"] for one in lines(limited.get(URL + "download.jsonl"))] == [mine]
    assert far.credentials.client.name not in limited.get(URL).content.decode()


def test_clients_in_reach_are_merged_in_one_order(limited, near, hr):
    second = teller(hr)
    told = [tell(caller) for caller in (near, second, near, second)]
    assert ids(limited.get(URL)) == told[::-1]
    assert ids(limited.get(URL, {"verb": PASSED["id"]})) == told[::-1]


def test_without_permission_on_statements_nothing_is_found(near):
    pk = tell(near)
    nobody = signed_in(builders.make_administrator())
    assert nobody.get(URL).context["state"] == "no_reach"
    assert nobody.get(f"{URL}{pk}/").status_code == 404
    assert nobody.get(URL + "download.csv").status_code == 403


def test_an_empty_store_says_so(root):
    assert root.get(URL).context["state"] == "none_yet"
    assert lines(root.get(URL + "download.jsonl")) == []


def test_a_voided_statement_and_what_voids_it_name_each_other(root, near):
    pk = tell(near)
    void = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    voiding = tell(near, verb=void, object={"objectType": "StatementRef", "id": pk})
    remark = tell(near, object={"objectType": "StatementRef", "id": voiding})
    assert ids(root.get(URL)) == [remark, voiding]
    page = root.get(f"{URL}{pk}/")
    assert [(str(one.label), str(one.id)) for one in page.context["relatives"]] == [("Voided by", voiding)]
    assert f"voidedStatementId={pk}" in page.content.decode()
    page = root.get(f"{URL}{voiding}/")
    told = [(str(one.label), str(one.id)) for one in page.context["relatives"]]
    assert told == [("Voids", pk), ("Referred to by", remark)]


def test_a_reference_beyond_reach_is_no_link(limited, near, far):
    foreign = tell(far)
    pk = tell(near, object={"objectType": "StatementRef", "id": foreign})
    [relative] = limited.get(f"{URL}{pk}/").context["relatives"]
    assert (str(relative.label), relative.url) == ("Refers to", "")


def test_downloads_hold_what_the_filter_finds(root, near, monkeypatch):
    monkeypatch.setattr("lrs.export._PAGE", 2)
    told = [tell(near, actor={"name": "=cmd()", "mbox": "mailto:x@example.org"}) for _ in range(5)]
    tell(near)
    answer = root.get(URL + "download.csv", {"agent": "x@example.org"})
    head, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert [row[head.index("Statement ID")] for row in rows] == told[::-1]
    assert {row[head.index("Actor")] for row in rows} == {"'=cmd()"}
    one = lines(root.get(URL + "download.jsonl", {"agent": "x@example.org"}))[0]
    assert one == near.get(statementId=told[-1]).json()


def test_a_learner_is_named_to_whoever_may_view_users(root, limited, near):
    user = LmsUser.objects.create(user_name="anna", email="anna@example.org", display_name="Anna Aalto")
    learners.run()
    pk = tell(near)
    for address in (URL, f"{URL}{pk}/"):
        content = root.get(address).content.decode()
        assert f'<a href="/system/users/{user.pk}/">Anna Aalto</a>' in content
        assert "anna@example.org" in content
        assert "Anna Aalto" not in limited.get(address).content.decode()


def test_a_learner_is_found_by_what_the_directory_knows(root, limited, near):
    LmsUser.objects.create(user_name="anna", email="anna@example.org", display_name="Anna Aalto", employee_id="E7")
    learners.run()
    account = {"homePage": "http://testserver", "name": "anna"}
    told = [tell(near), tell(near, actor={"account": account})]
    tell(near, actor={"mbox": "mailto:bo@example.org"})
    for text in ("anna", "anna@example.org", "E7"):
        assert sorted(ids(root.get(URL, {"learner": text}))) == sorted(told)
    assert ids(root.get(URL, {"learner": "anna", "agent": "anna@example.org"})) == [told[0]]
    assert ids(root.get(URL, {"learner": "anna", "verb": "a:other"})) == []
    answer = root.get(URL, {"learner": "nobody"})
    assert (answer.status_code, bool(answer.context["asked"].problem)) == (422, True)
    assert root.get(URL, {"learner": "anna"}).context["asked"].xapi_url == ""
    answer = limited.get(URL, {"learner": "nobody"})
    assert (answer.status_code, 'name="learner"' in answer.content.decode()) == (200, False)


def test_the_detail_leads_to_all_statements_of_its_actor(root, near):
    pk, other = tell(near), tell(near, actor={"mbox": "mailto:bo@example.org"})
    assert ids(root.get(root.get(f"{URL}{pk}/").context["actor_url"])) == [pk]
    anonymous = tell(near, actor={"objectType": "Group", "member": [ANNA]})
    assert root.get(f"{URL}{anonymous}/").context["actor_url"] == ""
    assert other not in root.get(f"{URL}{pk}/").content.decode()


def tell_with_data(caller, data):
    pk = new_id()
    value = statement(id=pk, attachments=[attachment(data), attachment(b"away", fileUrl="https://example.org/a")])
    assert caller.post(body(value, part(data)), content_type=MULTIPART).status_code == 200
    return pk


def test_attachments_are_listed_and_their_data_downloads_as_nothing_a_browser_shows(root, near):
    pk = tell_with_data(near, b"<script>")
    here, away = root.get(f"{URL}{pk}/").context["attachments"]
    assert (here.name, here.media_type, here.length, away.url, away.file_url) == (
        "Proof",
        "text/plain",
        8,
        "",
        "https://example.org/a",
    )
    answer = root.get(here.url)
    assert b"".join(answer.streaming_content) == b"<script>"
    assert (answer["Content-Type"], answer["Content-Length"]) == ("application/octet-stream", "8")
    assert answer["Content-Disposition"] == f'attachment; filename="{here.sha2[:16]}.txt"'
    assert root.get(f"{URL}{pk}/attachments/{'0' * 64}/").status_code == 404
    assert root.get(f"{URL}{new_id()}/attachments/{here.sha2}/").status_code == 404


def test_data_of_an_attachment_is_within_reach_or_not_there(limited, root, near, far):
    mine, foreign = tell_with_data(near, b"data"), tell_with_data(far, b"data")
    [sha2] = {one.sha2 for one in root.get(f"{URL}{foreign}/").context["attachments"] if one.url}
    assert limited.get(f"{URL}{mine}/attachments/{sha2}/").status_code == 200
    assert limited.get(f"{URL}{foreign}/attachments/{sha2}/").status_code == 404


def test_whoever_may_only_look_sees_that_there_is_data_and_no_link(near, hr):
    pk = tell_with_data(near, b"data")
    role = builders.make_role("Viewer", Permission(ObjectType.STATEMENT, Action.VIEW))
    viewer = signed_in(builders.make_holder(Assigned(role, [hr])))
    here, _away = viewer.get(f"{URL}{pk}/").context["attachments"]
    assert (here.here, here.url) == (True, "")
    assert "Stored here" in viewer.get(f"{URL}{pk}/").content.decode()
    assert viewer.get(f"{URL}{pk}/attachments/{here.sha2}/").status_code == 403
