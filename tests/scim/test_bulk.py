"""RFC 7644 §3.7: several operations in one request, each with the rules of a request of its own."""

import pytest

from lms_oauth.signals import user_changed
from scim.models import LmsUser
from tests.scim.conftest import CORE, ERROR, PATCH_OP, assert_refused, group, make_directory, person

pytestmark = pytest.mark.django_db
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def post(path, data, bulk_id="b"):
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": data}


def patch(path, *operations):
    return {"method": "PATCH", "path": path, "data": {"schemas": [PATCH_OP], "Operations": operations}}


def bulk(directory, *operations, **values):
    answer = directory.post({"schemas": [BULK], "Operations": operations} | values, "/Bulk")
    assert answer.status_code == 200, answer.content
    return answer.json()["Operations"]


def statuses(outcomes):
    return [one["status"] for one in outcomes]


def test_what_refers_to_something_made_in_the_same_request(directory):
    outcomes = bulk(
        directory,
        post("/Groups", group("g", members=[{"value": "bulkId:u"}]), "g"),
        post("/Users", person("u1@x.test"), "u"),
        patch("/Groups/bulkId:g", {"op": "replace", "path": "displayName", "value": "new"}),
    )
    assert statuses(outcomes) == ["201", "201", "200"]
    assert outcomes[1]["location"].startswith("http://testserver/scim/v2/Users/")
    assert (outcomes[1]["bulkId"], outcomes[1]["version"]) == ("u", 'W/"1"')
    made = directory.get("/Groups").json()["Resources"][0]
    assert made["displayName"] == "new"
    assert outcomes[1]["location"].endswith(made["members"][0]["value"])


def test_members_are_added_and_removed_as_in_a_single_request(directory):
    user, other = directory.created("u1@x.test"), directory.created("u2@x.test")
    made = directory.grouped("g", user)
    path = f"/Groups/{made['id']}"
    outcomes = bulk(
        directory,
        patch(path, {"op": "Add", "path": "members", "value": other["id"]}),
        patch(path, {"op": "Remove", "path": "members", "value": [{"value": user["id"]}]}),
    )
    assert statuses(outcomes) == ["200", "200"]
    assert directory.members(made) == [other["id"]]


def test_bodies_are_read_as_tolerantly(directory):
    user = directory.created("u1@x.test", active=False)
    outcomes = bulk(
        directory,
        post("/Users", {"userName": "u2@x.test", "active": "False", "password": "p4ssw0rd"}),
        patch(f"/users/{user['id']}", {"op": "Replace", "value": {"name.givenName": "B"}}),
        {"method": "put", "path": f"/Users/{user['id']}", "data": person("u1@x.test")},
        {"method": "DELETE", "path": f"/Users/{user['id']}"},
    )
    assert statuses(outcomes) == ["201", "200", "200", "204"]
    assert set(LmsUser.objects.values_list("user_name", "blocked")) == {("u1@x.test", True), ("u2@x.test", True)}


def test_a_put_that_says_nothing_of_active_leaves_it(directory):
    user = directory.created("u1@x.test", active=False)
    bulk(directory, {"method": "PUT", "path": f"/Users/{user['id']}", "data": person("u1@x.test", title="t")})
    body = directory.get(f"/Users/{user['id']}").json()
    assert (body["title"], body["active"]) == ("t", False)


def test_one_that_fails_leaves_the_others(directory):
    user = directory.created("u1@x.test")
    outcomes = bulk(
        directory,
        post("/Users", person("u1@x.test")),
        patch(f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "t"}),
        patch("/Users/invented", {"op": "replace", "path": "title", "value": "t"}),
        post("/Users", {"schemas": [CORE]}, "c"),
        {"method": "DELETE", "path": "/Nothing/1"},
        {"method": "GET", "path": "/Users"},
        patch(f"/Users/{user['id']}", {"op": "replace", "path": "emails", "value": 5}),
        "nonsense",
    )
    assert statuses(outcomes) == ["409", "200", "404", "400", "404", "400", "400", "400"]
    assert outcomes[0]["response"]["scimType"] == "uniqueness"
    assert all(one["response"]["schemas"] == [ERROR] for one in outcomes if one["status"] >= "400")
    assert "location" not in outcomes[0]


def test_names_cannot_be_exchanged_within_a_request(directory):
    one, two = directory.created("u1@x.test"), directory.created("u2@x.test")
    rename = [(one, "u2@x.test"), (two, "u1@x.test")]
    changes = [
        patch(f"/Users/{user['id']}", {"op": "replace", "path": "userName", "value": name}) for user, name in rename
    ]
    assert statuses(bulk(directory, *changes)) == ["409", "409"]
    assert directory.names("userName pr") == ["u1@x.test", "u2@x.test"]


def test_fail_on_errors_ends_the_request(directory):
    bad = {"schemas": [CORE]}
    outcomes = bulk(
        directory,
        post("/Users", bad, "1"),
        post("/Users", bad, "2"),
        post("/Users", person("u1@x.test"), "3"),
        failOnErrors=2,
    )
    assert statuses(outcomes) == ["400", "400"]
    assert not LmsUser.objects.exists()


def test_the_scope_bounds_each_operation(directory, other):
    foreign = other.created("x9@x.test")
    made = directory.grouped("g")
    outcomes = bulk(
        directory,
        patch(f"/Users/{foreign['id']}", {"op": "replace", "path": "title", "value": "t"}),
        {"method": "DELETE", "path": f"/Users/{foreign['id']}"},
        {"method": "PUT", "path": f"/Users/{foreign['id']}", "data": person("x9@x.test")},
        post("/Users", person("x9@x.test")),
        patch(f"/Groups/{made['id']}", {"op": "add", "path": "members", "value": [{"value": foreign["id"]}]}),
    )
    assert statuses(outcomes) == ["404", "404", "404", "409", "200"]
    assert directory.members(made) == []
    assert not LmsUser.objects.get().blocked


def test_conditions(directory):
    user = directory.created("u1@x.test")
    operation = patch(f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "t"})
    assert statuses(bulk(directory, operation | {"version": 'W/"9"'}, operation | {"version": 'W/"1"'})) == [
        "412",
        "200",
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"schemas": [BULK]}, 400),
        ([], 400),
        ({"schemas": [BULK], "Operations": 5}, 400),
        ({"Operations": [{}] * 1001}, 413),
    ],
)
def test_what_is_no_bulk_request(directory, body, status):
    answer = directory.post(body, "/Bulk")
    assert answer.status_code == status
    assert answer.json()["schemas"] == [ERROR]


def test_a_body_that_is_too_large_is_413(directory):
    assert_refused(directory.post(b" " * (4 * 1024 * 1024 + 1), "/Bulk"), 413)


def test_each_operation_counts_against_the_limit():
    directory = make_directory(rate=1, burst=3)
    outcomes = bulk(directory, *(post("/Users", person(f"u{n}@x.test"), str(n)) for n in range(5)))
    assert statuses(outcomes) == ["201", "201", "201", "429", "429"]


@pytest.mark.django_db(transaction=True)
def test_users_of_a_request_are_announced_together(directory, heard):
    bulk(directory, *(post("/Users", person(f"u{n}@x.test"), str(n)) for n in range(3)))
    assert heard == [("changed", sorted(LmsUser.objects.values_list("pk", flat=True)))]


@pytest.fixture
def heard():
    calls = []

    def listen(sender, user_ids, **_):
        calls.append(("changed", sorted(user_ids)))

    user_changed.connect(listen)
    yield calls
    user_changed.disconnect(listen)
