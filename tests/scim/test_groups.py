"""Directory groups: who belongs to them, as identity providers say it. Numbers are those of the request catalogue."""

import pytest

from scim.models import LmsUser, ScimLink, ScimMembership
from tests.scim.conftest import CORE, GROUP, assert_refused, group, make_directory, person

pytestmark = pytest.mark.django_db
INVENTED = "e9e1b2ce-1111-4222-8333-0123456789ab"


@pytest.fixture
def people(directory):
    return [directory.created(f"u{number}@x.test", displayName=f"User {number}") for number in (1, 2, 3)]


@pytest.fixture
def ids(people):
    return [user["id"] for user in people]


@pytest.fixture
def g1(directory, people):
    return directory.grouped("g1", *people)


def listed(*ids):
    return [{"value": one} for one in ids]


class TestCreate:
    def test_30_a_vendors_urn_and_no_members(self, directory):
        vendor = "urn:vendor:2.0:Group"
        body = group("Sales", externalId="e-1", schemas=[GROUP, vendor], **{vendor: {"x": 1}})
        made = directory.post(body, "/Groups")
        assert made.status_code == 201
        assert made.json()["externalId"] == "e-1"
        assert made["Location"] == made.json()["meta"]["location"].replace("%", "")
        again = directory.post(group("SALES"), "/Groups")
        assert_refused(again, 409, "uniqueness")
        assert again.json()["detail"] == "displayName is already in use."

    def test_members_are_shown_with_what_they_are(self, directory, people):
        made = directory.grouped("g", people[0])
        assert made["members"] == [
            {
                "value": people[0]["id"],
                "$ref": f"http://testserver/scim/v2/Users/{people[0]['id']}",
                "type": "User",
            }
        ]
        assert directory.get(f"/Groups/{made['id']}").json() == made

    def test_a_user_shows_his_groups(self, directory, people, g1):
        entry = {
            "value": g1["id"],
            "$ref": f"http://testserver/scim/v2/Groups/{g1['id']}",
            "type": "direct",
            "display": "g1",
        }
        assert directory.get(f"/Users/{people[0]['id']}").json()["groups"] == [entry]
        assert directory.get("/Users").json()["Resources"][1]["groups"] == [entry]
        assert "groups" not in directory.get(f"/Users/{people[0]['id']}?excludedAttributes=groups").json()

    @pytest.mark.parametrize("name", ["", " ", None, 5, "x" * 501])
    def test_a_group_has_a_name(self, directory, name):
        assert_refused(directory.post({"schemas": [GROUP], "displayName": name}, "/Groups"), 400, "invalidValue")

    @pytest.mark.parametrize("shape", ["id", "one", "ids", "list"])
    def test_members_in_any_shape(self, directory, ids, shape):
        value = {"id": ids[0], "one": {"value": ids[0]}, "ids": [ids[0]], "list": listed(ids[0])}[shape]
        made = directory.post({"schemas": [GROUP], "displayName": "g", "members": value}, "/Groups").json()
        assert [one["value"] for one in made["members"]] == [ids[0]]


class TestPatch:
    def test_31_adding_twice_adds_once(self, directory, ids):
        made = directory.grouped("g")
        operation = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": one} for one in ids[:2]]}
        first = directory.patch_group(made["id"], operation)
        assert (first.status_code, first["ETag"]) == (200, 'W/"2"')
        again = directory.patch_group(made["id"], operation)
        assert (again.status_code, again["ETag"]) == (200, 'W/"2"')
        assert again.json()["meta"] == first.json()["meta"]
        assert directory.members(made) == sorted(ids[:2])

    def test_32_removing_by_value_removes_those_alone(self, directory, ids, g1):
        directory.patch_group(g1["id"], {"op": "Remove", "path": "members", "value": listed(ids[0])})
        assert directory.members(g1) == sorted(ids[1:])

    def test_33_removing_by_filter_and_again(self, directory, ids, g1):
        operation = {"op": "remove", "path": f'members[value eq "{ids[0]}"]'}
        for _ in range(2):
            assert directory.patch_group(g1["id"], operation).status_code == 200
            assert directory.members(g1) == sorted(ids[1:])

    def test_34_id_and_name_without_a_path(self, directory, g1):
        same = directory.patch_group(g1["id"], {"op": "replace", "value": {"id": g1["id"], "displayName": "new"}})
        assert (same.status_code, same.json()["displayName"], same["ETag"]) == (200, "new", 'W/"2"')
        other = directory.patch_group(g1["id"], {"op": "replace", "value": {"id": INVENTED, "displayName": "no"}})
        assert_refused(other, 400, "mutability")

    def test_35_all_leave_or_the_two_of_the_path(self, directory, ids, g1):
        path = f'members[value eq "{ids[0]}" or value eq "{ids[1]}"]'
        directory.patch_group(g1["id"], {"op": "remove", "path": path})
        assert directory.members(g1) == [ids[2]]
        directory.patch_group(g1["id"], {"op": "remove", "path": "members"})
        assert directory.members(g1) == []

    def test_36_who_is_nobody_here_is_never_a_member(self, directory, other, people, g1):
        foreign = other.created("x9@x.test")
        answer = directory.patch_group(
            g1["id"], {"op": "add", "path": "members", "value": listed(INVENTED, foreign["id"], "nonsense", g1["id"])}
        )
        assert (answer.status_code, answer["ETag"]) == (200, 'W/"1"')
        assert ScimMembership.objects.count() == 3

    @pytest.mark.parametrize("value", [INVENTED, "nonsense"])
    def test_36_or_is_refused_by_flag(self, value):
        directory = make_directory(flags={"ignore_unknown_members": False})
        made = directory.grouped("g")
        answer = directory.patch_group(made["id"], {"op": "add", "path": "members", "value": listed(value)})
        assert_refused(answer, 400, "invalidValue")
        assert value in answer.json()["detail"]

    def test_groups_in_groups_are_refused_by_flag(self):
        directory = make_directory(flags={"ignore_nested_groups": False})
        made, inner = directory.grouped("g"), directory.grouped("inner")
        answer = directory.patch_group(made["id"], {"op": "add", "path": "members", "value": listed(inner["id"])})
        assert_refused(answer, 400, "invalidValue")

    def test_without_a_path_members_and_name_change_together(self, directory, ids, g1):
        value = {"displayName": "new", "members": listed(ids[1])}
        body = directory.patch_group(g1["id"], {"op": "replace", "value": value}).json()
        assert (body["displayName"], [one["value"] for one in body["members"]]) == ("new", [ids[1]])
        body = directory.patch_group(g1["id"], {"op": "add", "value": {f"{GROUP}:members": listed(ids[0])}}).json()
        assert len(body["members"]) == 2

    @pytest.mark.parametrize(
        ("operation", "scim_type"),
        [
            ({"op": "replace", "path": 'members[value eq "x"].value', "value": "y"}, "mutability"),
            ({"op": "remove", "path": "members.value"}, "mutability"),
            ({"op": "add", "path": 'members[value eq "x"]', "value": {"value": "y"}}, "invalidPath"),
            ({"op": "add", "path": "members", "value": [{"display": "x"}]}, "invalidValue"),
            ({"op": "add", "path": "members", "value": [5]}, "invalidValue"),
            ({"op": "remove", "path": 'members[display eq "x"]'}, "invalidFilter"),
            ({"op": "remove", "path": 'members[fooBar eq "x"]'}, "invalidFilter"),
            ({"op": "remove", "path": "displayName"}, "mutability"),
            ({"op": "replace", "path": "displayName", "value": ""}, "mutability"),
        ],
    )
    def test_what_cannot_be_changed_so_changes_nothing(self, directory, ids, g1, operation, scim_type):
        first = {"op": "remove", "path": "members", "value": listed(ids[0])}
        assert_refused(directory.patch_group(g1["id"], first, operation), 400, scim_type)
        assert directory.members(g1) == sorted(ids)
        assert directory.get(f"/Groups/{g1['id']}")["ETag"] == 'W/"1"'

    def test_conditions(self, directory, g1):
        operation = {"op": "replace", "path": "displayName", "value": "new"}
        assert_refused(directory.patch_group(g1["id"], operation, HTTP_IF_MATCH='W/"9"'), 412)
        assert_refused(directory.send("PUT", f"/Groups/{g1['id']}", group("x"), HTTP_IF_MATCH='W/"9"'), 412)
        assert directory.patch_group(g1["id"], operation, HTTP_IF_MATCH='W/"1"').status_code == 200

    def test_a_large_group_answers_with_nothing_unless_asked(self, directory):
        """Beyond 100 members."""
        users = [directory.created(f"many{number}@x.test") for number in range(101)]
        made = directory.grouped("many", *users[:100])
        add = {"op": "add", "path": "members", "value": listed(users[100]["id"])}
        assert len(made["members"]) == 100
        answer = directory.patch_group(made["id"], add)
        assert (answer.status_code, answer.content, answer["ETag"]) == (204, b"", 'W/"2"')
        body = {"schemas": [], "Operations": [{"op": "replace", "path": "displayName", "value": "new"}]}
        path = f"/Groups/{made['id']}"
        assert len(directory.send("PATCH", f"{path}?attributes=members", body).json()["members"]) == 101
        assert "members" not in directory.send("PATCH", f"{path}?excludedAttributes=members", body).json()


class TestReplace:
    def test_the_members_are_those_named(self, directory, ids, g1):
        path = f"/Groups/{g1['id']}"
        answer = directory.send("PUT", path, group("renamed", members=listed(ids[2])))
        assert (answer.status_code, answer.json()["displayName"]) == (200, "renamed")
        assert [one["value"] for one in answer.json()["members"]] == [ids[2]]
        assert directory.send("PUT", path, directory.get(path).json())["ETag"] == answer["ETag"]
        assert directory.send("PUT", path, group("renamed", members=[])).json().get("members") is None

    def test_members_left_out_stay(self, directory, ids, g1):
        directory.send("PUT", f"/Groups/{g1['id']}", group("renamed"))
        assert directory.members(g1) == sorted(ids)

    def test_a_taken_name_is_409(self, directory, g1):
        other = directory.grouped("g2")
        assert_refused(directory.send("PUT", f"/Groups/{other['id']}", group("G1")), 409, "uniqueness")
        change = {"op": "replace", "path": "displayName", "value": "G1"}
        assert_refused(directory.patch_group(other["id"], change), 409, "uniqueness")


class TestRemove:
    def test_a_removed_group_is_gone_and_its_members_stay(self, directory, people, g1):
        path = f"/Groups/{g1['id']}"
        assert directory.send("DELETE", path).status_code == 204
        for answer in (directory.get(path), directory.send("DELETE", path), directory.patch_group(g1["id"])):
            assert answer.status_code in (404, 400)
        assert_refused(directory.get(path), 404)
        assert directory.get("/Groups").json()["totalResults"] == 0
        assert "groups" not in directory.get(f"/Users/{people[0]['id']}").json()
        assert not LmsUser.objects.filter(blocked=True).exists()
        assert directory.grouped("g1")["id"] != g1["id"]
        assert ScimLink.objects.filter(kind="Group").count() == 2

    def test_a_removed_user_leaves_his_groups(self, directory, people, ids, g1):
        directory.send("DELETE", f"/Users/{ids[0]}")
        assert directory.members(g1) == sorted(ids[1:])
        assert directory.get(f"/Groups/{g1['id']}")["ETag"] == 'W/"2"'


class TestFilter:
    @pytest.mark.parametrize(
        ("scim_filter", "found"),
        [
            ('members eq "{0}"', ["both", "one"]),
            ('members.value eq "{1}"', ["both"]),
            ('members[value eq "{0}"]', ["both", "one"]),
            ('members[value eq "{1}" and type eq "User"]', ["both"]),
            ('members[type eq "Group"]', []),
            ('members[type co "se" and type sw "u" and type ew "R" and type ge "u" and type le "v"]', ["both", "one"]),
            ('members[not (value eq "{0}")]', ["both"]),
            ("members pr", ["both", "one"]),
            ("members[value pr]", ["both", "one"]),
            ("not (members pr)", ["none"]),
            ('members eq "' + INVENTED + '"', []),
            ('members eq "nonsense"', []),
            ('displayName eq "BOTH"', ["both"]),
            ('displayName sw "b" or externalId eq "e"', ["both", "none"]),
            ('displayName eq "both" and members eq "{1}"', ["both"]),
        ],
    )
    def test_groups(self, directory, ids, people, scim_filter, found):
        directory.grouped("both", *people[:2])
        directory.grouped("one", people[0])
        directory.grouped("none", externalId="e")
        answer = directory.find(scim_filter.replace("{0}", ids[0]).replace("{1}", ids[1]), "/Groups")
        assert answer.status_code == 200, answer.content
        assert sorted(one["displayName"] for one in answer.json()["Resources"]) == found

    @pytest.mark.parametrize("scim_filter", ['groups eq "{}"', 'groups[value eq "{}"]', 'groups.display eq "G1"'])
    def test_users_by_group(self, directory, people, g1, scim_filter):
        directory.created("alone@x.test")
        assert directory.names(scim_filter.replace("{}", g1["id"])) == [f"u{n}@x.test" for n in (1, 2, 3)]
        assert directory.names("not (groups pr)") == ["alone@x.test"]

    @pytest.mark.parametrize("scim_filter", ['members co "a"', 'members.display eq "x"', 'members[$ref eq "x"]'])
    def test_what_cannot_be_told_is_refused(self, directory, g1, scim_filter):
        assert_refused(directory.find(scim_filter, "/Groups"), 400, "invalidFilter")

    def test_12_a_group_without_its_members_reads_no_member(
        self, directory, g1, django_assert_num_queries, monkeypatch
    ):
        monkeypatch.setattr("clients.models.setting._FRESH_SECONDS", 3600.0)
        with django_assert_num_queries(2):  # credential with its configuration, group
            answer = directory.find('displayName eq "g1"', "/Groups", excludedAttributes="members")
        (found,) = answer.json()["Resources"]
        assert "members" not in found

    @pytest.mark.parametrize(
        ("query", "keys"),
        [
            ("attributes=displayName", set()),
            ("attributes=members", {"value", "$ref", "type"}),
            ("attributes=members.value,members.display", {"value", "display"}),
            (f"attributes={GROUP}:members.value", {"value"}),
            ("excludedAttributes=members", set()),
            ("excludedAttributes=members.type", {"value", "$ref"}),
            ("excludedAttributes=displayName", {"value", "$ref", "type"}),
        ],
    )
    def test_parts_of_members(self, directory, g1, query, keys):
        for body in (
            directory.get(f"/Groups/{g1['id']}?{query}").json(),
            directory.get(f"/Groups?{query}").json()["Resources"][0],
        ):
            assert {name for one in body.get("members", ()) for name in one} == keys


class TestRoot:
    """RFC 7644 §3.4.2.1: searches over users and groups at once."""

    @pytest.mark.parametrize(
        ("scim_filter", "found"),
        [
            ('displayName eq "g1"', {"g1"}),
            ('displayName sw "User"', {"User 1", "User 2", "User 3"}),
            ("members pr", {"g1"}),
            ("userName pr", {"User 1", "User 2", "User 3"}),
            ('meta.resourceType eq "Group"', {"g1"}),
            ('not (userName sw "u1")', {"User 2", "User 3", "g1"}),
            ('userName ne "u1@x.test"', {"User 2", "User 3"}),
        ],
    )
    def test_filters(self, directory, g1, scim_filter, found):
        for answer in (directory.find(scim_filter, ""), directory.post({"filter": scim_filter}, "/.search")):
            assert {one["displayName"] for one in answer.json()["Resources"]} == found

    def test_sorting(self, directory, g1):
        names = [one["displayName"] for one in directory.get("?sortBy=displayName").json()["Resources"]]
        assert names == ["g1", "User 1", "User 2", "User 3"]
        first = directory.get("?sortBy=userName&sortOrder=descending").json()["Resources"][0]
        assert first["displayName"] == "g1"

    def test_an_attribute_of_no_type_is_refused(self, directory, g1):
        assert_refused(directory.find('fooBar eq "x"', ""), 400, "invalidFilter")


class TestScope:
    """Members lie in the scope, and what is out of it is neither shown nor changed."""

    @pytest.fixture
    def moved(self, other):
        """Of three members the second has left the scope."""
        users = [other.created(f"m{number}@x.test") for number in range(3)]
        made = other.grouped("g", *users)
        LmsUser.objects.filter(user_name="m1@x.test").update(division="Moved")
        return made, [user["id"] for user in users]

    def test_who_left_is_not_shown_counted_or_found(self, other, moved):
        made, ids = moved
        assert other.members(made) == sorted([ids[0], ids[2]])
        assert other.find(f'members eq "{ids[1]}"', "/Groups").json()["totalResults"] == 0
        assert ids[1] not in other.get("/Groups").content.decode()

    @pytest.mark.parametrize("change", ["put", "replace", "remove", "value"])
    def test_who_left_stays_a_member_and_returns(self, other, moved, change):
        made, ids = moved
        if change == "put":
            other.send("PUT", f"/Groups/{made['id']}", group("g", members=[]))
        elif change == "value":
            other.patch_group(made["id"], {"op": "remove", "path": "members", "value": listed(*ids)})
        else:
            value = {"value": []} if change == "replace" else {}
            other.patch_group(made["id"], {"op": change, "path": "members"} | value)
        assert other.members(made) == []
        LmsUser.objects.update(division="Elsewhere")
        assert other.members(made) == [ids[1]]

    def test_groups_of_another_configuration_are_nobodys(self, directory, other):
        foreign = other.grouped("secret", other.created("x9@x.test"))
        path = f"/Groups/{foreign['id']}"
        invented = directory.get(f"/Groups/{INVENTED}").content
        for answer in (
            directory.get(path),
            directory.send("PUT", path, group("g")),
            directory.patch_group(foreign["id"], {"op": "remove", "path": "members"}),
            directory.send("DELETE", path),
        ):
            assert_refused(answer, 404)
            assert answer.content == invented
        for scim_filter in ("displayName pr", 'not (displayName eq "x")', 'displayName eq "secret"', "members pr"):
            for where in ("/Groups", ""):
                assert directory.find(scim_filter, where).json()["totalResults"] == 0
        assert directory.grouped("secret")["id"] != foreign["id"]


def test_groups_called_admin_give_nobody_anything(directory):
    """A user of a group is as before; nothing but the membership exists."""
    user = directory.created(person()["userName"], roles=[{"value": "admin"}])
    directory.grouped("Administrators", user)
    assert ScimMembership.objects.count() == 1
    assert directory.get(f"/Users/{user['id']}").json()["schemas"] == [CORE]


def test_a_list_of_groups_costs_the_same_however_many_there_are(directory, django_assert_num_queries, monkeypatch):
    """Credential with its configuration, rows and their members."""
    monkeypatch.setattr("clients.models.setting._FRESH_SECONDS", 3600.0)
    user = directory.created()
    for number in range(5):
        directory.grouped(f"g{number}", user)
    directory.get("/Groups")
    with django_assert_num_queries(3):
        page = directory.get("/Groups").json()
    assert [[one["value"] for one in group["members"]] for group in page["Resources"]] == [[user["id"]]] * 5


def test_a_member_costs_few_queries(directory, django_assert_num_queries, monkeypatch):
    """Credential, group, who it is, whether a member, the membership, the version, the answer's members."""
    monkeypatch.setattr("clients.models.setting._FRESH_SECONDS", 3600.0)
    users, made = [directory.created(f"u{number}@x.test") for number in range(3)], directory.grouped("g")
    transaction_and_log = 2 + 1  # the operation's begin and end; the log's entry
    for user, cost in ((users[0], 7), (users[1], 7)):
        with django_assert_num_queries(cost + transaction_and_log):
            directory.patch_group(made["id"], {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
    assert directory.members(made) == sorted(user["id"] for user in users[:2])


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ({}, 201),
        ({"$ref": "Users/x", "type": "User", "display": "Somebody"}, 201),
        ({"$ref": None}, 201),
        ({"type": 5}, 400),
        ({"value": 5}, 400),
        ({"value": {}}, 400),
    ],
)
def test_members_in_a_body_are_read_alike_however_they_are_written(directory, method, entry, status):
    """Plain entries do not pass the engine's models; what those refuse is refused."""
    one, two = directory.created("a@x.test"), directory.created("b@x.test")
    group = directory.grouped("before", two) if method == "PUT" else {}
    body = {"displayName": "g", "members": [{"value": two["id"]}, {"value": one["id"]} | entry]}
    answer = directory.send(method, f"/Groups/{group['id']}" if group else "/Groups", body)
    if status == 400:
        assert_refused(answer, 400, "invalidValue")
        assert not group or directory.members(group) == [two["id"]]
    else:
        assert answer.status_code in (200, 201), answer.content
        assert directory.members(answer.json()) == sorted([one["id"], two["id"]])
