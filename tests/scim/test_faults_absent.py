"""Each fault of django-scim2's own engine, D1 to D11, and that it is not here. More on each beside its subject."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scim.mapping import MINIMAL
from scim.models import LmsUser, ScimLink
from tests.scim.conftest import PATCH_OP, assert_refused, make_directory, person

pytestmark = pytest.mark.django_db


def test_d1_a_primary_key_deletes_nobody(directory):
    first, second = directory.created("a@x.test"), directory.created("b@x.test")
    for pk in ScimLink.objects.values_list("pk", "user_id").get(scim_id=second["id"]):
        assert_refused(directory.send("DELETE", f"/Users/{pk}"), 404)
    assert not LmsUser.objects.filter(blocked=True).exists()
    directory.send("DELETE", f"/Users/{first['id']}")
    assert list(LmsUser.objects.filter(blocked=True).values_list("user_name", flat=True)) == ["a@x.test"]
    assert LmsUser.objects.count() == ScimLink.objects.count() == 2


@pytest.mark.parametrize("scim_filter", ["", "userName pr", 'not (userName eq "z")', "userName pr or title pr"])
def test_d2_a_filter_leaves_the_scope_in_force(directory, other, scim_filter):
    directory.created("a@x.test")
    other.created("b@x.test")
    page = (directory.find(scim_filter) if scim_filter else directory.get("/Users")).json()
    assert (page["totalResults"], [one["userName"] for one in page["Resources"]]) == (1, ["a@x.test"])


@pytest.mark.parametrize(
    "scim_filter",
    ['userName eq "a" and fooBar eq "x"', 'userName eq "a" or fooBar eq "x"', 'not (fooBar eq "x")', 'fooBar eq "x"'],
)
def test_d3_an_unknown_term_is_refused_and_never_dropped(directory, scim_filter):
    assert_refused(directory.find(scim_filter), 400, "invalidFilter")


def test_d4_the_scope_is_in_the_sql(other):
    other.created("a@x.test")
    with CaptureQueriesContext(connection) as queries:
        other.get("/Users")
    lists = [query["sql"] for query in queries if 'FROM "scim_scimlink"' in query["sql"]]
    assert lists
    assert any('"division" = ' in sql for sql in lists)


def test_d5_a_page_fetches_no_more_than_it_shows(directory, monkeypatch):
    for number in range(6):
        directory.created(f"u{number}@x.test")
    built, build = [], ScimLink.from_db.__func__
    monkeypatch.setattr(ScimLink, "from_db", classmethod(lambda cls, *args: built.append(1) or build(cls, *args)))
    assert len(directory.get("/Users?count=2&startIndex=3").json()["Resources"]) == 2
    assert len(built) <= 2


def test_d6_names_are_unique_and_found_whatever_their_case(directory):
    directory.created("a@x.test")
    assert_refused(directory.post(person("A@X.test", emails=[{"value": "b@x.test"}])), 409, "uniqueness")
    assert directory.names('userName eq "A@x.TEST"') == ["a@x.test"]


def test_d7_adding_to_a_group_costs_the_same_whatever_it_holds(directory, monkeypatch):
    monkeypatch.setattr("clients.models.setting._FRESH_SECONDS", 3600.0)  # settings are read every few seconds
    new = directory.created("new@x.test")
    crowd = [directory.created(f"u{number}@x.test") for number in range(20)]
    costs = set()
    directory.patch_group(directory.grouped("first", crowd[0])["id"], {"op": "remove", "path": "members"})
    for made in (directory.grouped("small", crowd[0]), directory.grouped("large", *crowd)):
        with CaptureQueriesContext(connection) as queries:
            directory.patch_group(made["id"], {"op": "add", "path": "members", "value": [{"value": new["id"]}]})
        costs.add(len(queries))
    assert len(costs) == 1


def test_d8_a_taken_name_is_409_the_row_stays_and_dates_move(directory):
    first, second = directory.created("a@x.test"), directory.created("b@x.test")
    before = directory.get(f"/Users/{second['id']}")
    rename = {"op": "replace", "path": "userName", "value": "a@x.test"}
    assert_refused(directory.patch(second["id"], rename), 409, "uniqueness")
    assert directory.get(f"/Users/{second['id']}").content == before.content
    changed = directory.patch(second["id"], {"op": "replace", "path": "title", "value": "T"})
    assert changed.json()["meta"]["lastModified"] > before.json()["meta"]["lastModified"]
    assert changed["ETag"] != before["ETag"]
    directory.send("DELETE", f"/Users/{first['id']}")
    assert LmsUser.objects.filter(user_name="a@x.test").exists()


def test_d9_two_configurations_publish_their_own(directory):
    small = make_directory("small", mapping=[row.as_json() for row in MINIMAL])
    schemas = [one.get("/Schemas").content.decode() for one in (directory, small, directory)]
    assert ["nickName" in text for text in schemas] == [True, False, True]
    small.prefix = "/scim/small/v2"
    assert small.created("a@x.test")["meta"]["location"].startswith("http://testserver/scim/small/v2/Users/")
    assert directory.created("b@x.test")["meta"]["location"].startswith("http://testserver/scim/v2/Users/")


@pytest.mark.parametrize(("text", "active"), [("True", True), ("False", False), ("true", True), ("false", False)])
def test_d10_booleans_may_be_text(directory, text, active):
    assert directory.created("a@x.test", active=text)["active"] is active
    user = directory.created("b@x.test")
    for operation in (
        {"op": "replace", "path": "active", "value": text},
        {"op": "replace", "value": {"active": text}},
    ):
        directory.patch(user["id"], {"op": "replace", "path": "active", "value": not active})
        assert directory.patch(user["id"], operation).json()["active"] is active
    put = directory.send("PUT", f"/Users/{user['id']}", person("b@x.test", active=text))
    assert put.json()["active"] is active
    assert "b@x.test" in directory.names(f'active eq "{text}"')


class TestD11:
    @pytest.mark.parametrize("path", ["/Schemas", "/ResourceTypes"])
    def test_d11_discovery_lists_count(self, directory, path):
        page = directory.get(path).json()
        assert page["totalResults"] == len(page["Resources"]) > 0

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("GET", "/Users?filter=x", None, 400),
            ("GET", "/Users/nobody", None, 404),
            ("GET", "/nowhere", None, 404),
            ("DELETE", "/Schemas", None, 405),
            ("GET", "/Me", None, 501),
            ("POST", "/Users", {"schemas": [PATCH_OP]}, 400),
        ],
    )
    def test_d11_each_refusal_has_a_body_with_its_status_as_text(self, directory, method, path, body, status):
        answer = directory.send(method, path, body)
        assert answer.status_code == status
        assert json.loads(answer.content)["status"] == str(status)
        assert json.loads(answer.content)["detail"]
