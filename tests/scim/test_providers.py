"""Further requests in the shapes that the providers' public documentation shows, each named by its provider."""

import pytest

from scim.models import LmsUser, ScimLink
from scim.tolerances import PRESETS, Preset
from tests.scim.conftest import CORE, ENTERPRISE, GROUP, PATCH_OP, assert_refused, group, make_directory, person

pytestmark = pytest.mark.django_db


def at(preset):
    return make_directory(preset.value, flags=PRESETS[preset].flags())


@pytest.fixture
def entra(db):
    return at(Preset.ENTRA_ID)


@pytest.fixture
def okta(db):
    return at(Preset.OKTA)


@pytest.fixture
def onelogin(db):
    return at(Preset.ONELOGIN)


@pytest.fixture
def jumpcloud(db):
    return at(Preset.JUMPCLOUD)


@pytest.fixture
def google(db):
    return at(Preset.GOOGLE)


def patched(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestEntra:
    def test_entra_looks_up_by_external_id(self, entra):
        entra.created("a@x.test", externalId="jyoung")
        page = entra.find('externalId eq "jyoung"').json()
        assert (page["totalResults"], page["Resources"][0]["externalId"]) == (1, "jyoung")

    def test_entra_updates_a_multi_valued_property_and_a_single_one(self, entra):
        user = entra.created("a@x.test", name={"familyName": "Old"})
        body = patched(
            entra.patch(
                user["id"],
                {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "updated@x.test"},
                {"op": "Replace", "path": "name.familyName", "value": "New"},
            )
        )
        assert ([one["value"] for one in body["emails"]], body["name"]["familyName"]) == (["updated@x.test"], "New")

    def test_entra_adds_an_address_field_by_field(self, entra):
        user = entra.created("a@x.test")
        body = patched(
            entra.patch(
                user["id"],
                *(
                    {"op": "Add", "path": f'addresses[type eq "work"].{name}', "value": value}
                    for name, value in (("streetAddress", "1 Road"), ("locality", "Town"), ("country", "FI"))
                ),
            )
        )
        assert body["addresses"] == [{"type": "work", "streetAddress": "1 Road", "locality": "Town", "country": "FI"}]
        assert LmsUser.objects.values_list("location", "country").get() == ("Town", "FI")

    def test_entra_removes_a_manager_by_an_empty_value(self, entra):
        user = entra.created("a@x.test", **{ENTERPRISE: {"manager": "someone", "department": "D"}})
        body = patched(entra.patch(user["id"], {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": ""}))
        assert body[ENTERPRISE] == {"department": "D"}

    def test_entra_soft_deletes_with_a_path_in_capitals(self, entra):
        user = entra.created("a@x.test")
        assert (
            patched(entra.patch(user["id"], {"op": "Replace", "path": "Active", "value": "False"}))["active"] is False
        )

    def test_entra_asks_for_a_user_without_his_groups(self, entra):
        user = entra.created("a@x.test")
        entra.grouped("g", user)
        assert "groups" not in entra.get(f"/Users/{user['id']}?excludedAttributes=groups").json()

    def test_entra_finds_a_group_by_name_without_members(self, entra):
        entra.grouped("Group 1", entra.created("a@x.test"))
        query = {"excludedAttributes": "members"}
        (found,) = entra.find('displayName eq "Group 1"', "/Groups", **query).json()["Resources"]
        assert (found["displayName"], "members" in found) == ("Group 1", False)

    def test_entra_creates_a_group_with_its_directorys_schema(self, entra):
        body = {
            "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
            "externalId": "8aa1a0c0",
            "displayName": "displayName",
            "members": [],
            "meta": {"resourceType": "Group"},
        }
        answer = entra.post(body, "/Groups")
        assert (answer.status_code, answer.json()["externalId"]) == (201, "8aa1a0c0")

    def test_entra_removes_one_member_by_a_list(self, entra):
        first, second = entra.created("a@x.test"), entra.created("b@x.test")
        made = entra.grouped("g", first, second)
        value = [{"$ref": None, "value": first["id"]}]
        entra.patch_group(made["id"], {"op": "Remove", "path": "members", "value": value})
        assert entra.members(made) == [second["id"]]

    def test_entra_renames_a_group(self, entra):
        made = entra.grouped("old")
        answer = entra.patch_group(made["id"], {"op": "Replace", "path": "displayName", "value": "new"})
        assert patched(answer)["displayName"] == "new"

    def test_entra_asks_whether_somebody_is_a_member(self, entra):
        inside, outside = entra.created("a@x.test"), entra.created("b@x.test")
        made = entra.grouped("g", inside)
        for user, hits in ((inside, 1), (outside, 0)):
            sought = f'id eq "{made["id"]}" and members eq "{user["id"]}"'
            page = entra.find(sought, "/Groups", attributes="id").json()
            assert (page["totalResults"], len(page["Resources"])) == (hits, hits)

    def test_entra_looks_up_a_group_by_external_id(self, entra):
        made = entra.grouped("g", externalId="8aa1a0c0")
        (found,) = entra.find('externalId eq "8aa1a0c0"', "/Groups", excludedAttributes="members").json()["Resources"]
        assert found["id"] == made["id"]

    def test_entra_reads_a_group_without_its_members(self, entra):
        made = entra.grouped("g", entra.created("a@x.test"))
        body = entra.get(f"/Groups/{made['id']}?excludedAttributes=members").json()
        assert (body["displayName"], "members" in body) == ("g", False)

    def test_entra_brings_a_soft_deleted_user_back(self, entra):
        user = entra.created("a@x.test", active=False)
        back = patched(entra.patch(user["id"], {"op": "Replace", "path": "active", "value": "True"}))
        assert (back["id"], back["active"]) == (user["id"], True)

    def test_entra_deletes_a_group_and_its_members_stay(self, entra):
        user = entra.created("a@x.test")
        made = entra.grouped("g", user)
        assert entra.send("DELETE", f"/Groups/{made['id']}").status_code == 204
        assert_refused(entra.get(f"/Groups/{made['id']}"), 404)
        assert "groups" not in entra.get(f"/Users/{user['id']}").json()


class TestOkta:
    def test_okta_tests_the_connection(self, okta):
        for name in ("a@x.test", "b@x.test", "c@x.test"):
            okta.created(name)
        page = okta.get("/Users?startIndex=1&count=2").json()
        assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, 1, 2)

    def test_okta_reactivates_without_a_path(self, okta):
        user = okta.created("a@x.test", active=False)
        assert patched(okta.patch(user["id"], {"op": "replace", "value": {"active": True}}))["active"] is True

    def test_okta_imports_groups(self, okta):
        okta.grouped("g1", okta.created("a@x.test"))
        okta.grouped("g2")
        page = okta.get("/Groups?startIndex=1&count=100").json()
        assert [(one["displayName"], len(one.get("members", ()))) for one in page["Resources"]] == [
            ("g1", 1),
            ("g2", 0),
        ]

    def test_okta_looks_up_with_paging(self, okta):
        okta.created("test.user@x.test")
        page = okta.find('userName eq "test.user@x.test"', startIndex=1, count=100).json()
        assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (1, 1, 1)

    def test_okta_creates_with_groups_and_a_password(self, okta):
        body = {
            "schemas": [CORE],
            "userName": "test.user@x.test",
            "name": {"givenName": "Test", "familyName": "User"},
            "emails": [{"primary": True, "value": "test.user@x.test", "type": "work"}],
            "displayName": "Test User",
            "locale": "en-US",
            "externalId": "00ujl29u0le5T6Aj10h7",
            "groups": [],
            "password": "1mz050nq",
            "active": True,
        }
        answer = okta.post(body)
        assert answer.status_code == 201
        assert "1mz050nq" not in answer.content.decode()
        assert "password" not in ScimLink.objects.get().data

    def test_okta_deactivates_without_a_path(self, okta):
        user = okta.created("a@x.test")
        assert patched(okta.patch(user["id"], {"op": "replace", "value": {"active": False}}))["active"] is False
        assert patched(okta.patch(user["id"], {"op": "replace", "value": {"active": True}}))["active"] is True

    def test_okta_updates_by_put_of_what_it_got(self, okta):
        user = okta.created("a@x.test", name={"givenName": "Test", "familyName": "User"})
        got = okta.get(f"/Users/{user['id']}").json()
        got["name"]["familyName"] = "Another"
        body = patched(okta.send("PUT", f"/Users/{user['id']}", got))
        assert (body["id"], body["name"]) == (user["id"], {"givenName": "Test", "familyName": "Another"})

    def test_okta_renames_a_pushed_group_and_names_its_id(self, okta):
        made = okta.grouped("old")
        value = {"id": made["id"], "displayName": "new"}
        assert patched(okta.patch_group(made["id"], {"op": "replace", "value": value}))["displayName"] == "new"

    def test_okta_pushes_members_all_at_once(self, okta):
        first, second = okta.created("a@x.test"), okta.created("b@x.test")
        made = okta.grouped("g", first)
        value = [{"value": second["id"], "display": "b@x.test"}]
        okta.patch_group(made["id"], {"op": "replace", "path": "members", "value": value})
        assert okta.members(made) == [second["id"]]

    def test_okta_removes_a_member_by_filter_and_adds_one(self, okta):
        first, second = okta.created("a@x.test"), okta.created("b@x.test")
        made = okta.grouped("g", first)
        okta.patch_group(
            made["id"],
            {"op": "remove", "path": f'members[value eq "{first["id"]}"]'},
            {"op": "add", "path": "members", "value": [{"value": second["id"], "display": "b@x.test"}]},
        )
        assert okta.members(made) == [second["id"]]

    def test_okta_imports_users_page_by_page(self, okta):
        for name in ("a@x.test", "b@x.test", "c@x.test"):
            okta.created(name)
        pages = [okta.get(f"/Users?startIndex={start}&count=2").json() for start in (1, 3)]
        assert [len(page["Resources"]) for page in pages] == [2, 1]
        assert {page["totalResults"] for page in pages} == {3}

    def test_okta_meets_a_duplicate(self, okta):
        okta.created("a@x.test")
        assert_refused(okta.post(person("a@x.test")), 409, "uniqueness")

    def test_okta_asks_for_somebody_who_is_gone(self, okta):
        assert_refused(okta.get("/Users/23a35c27-23d3-4c03-b4c5-6443c09e7173"), 404)


class TestOneLogin:
    def test_onelogin_creates_with_the_first_schemas(self, onelogin):
        body = {
            "schemas": ["urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:enterprise:1.0"],
            "userName": "a@x.test",
            "emails": [{"value": "a@x.test", "type": "work", "primary": True}],
            "name": {"givenName": "A", "familyName": "B"},
        }
        answer = onelogin.post(body)
        assert (answer.status_code, answer.json()["name"]) == (201, {"givenName": "A", "familyName": "B"})

    def test_onelogin_suspends_by_put(self, onelogin):
        user = onelogin.created("a@x.test")
        body = person("a@x.test", active=False, id=user["id"])
        assert patched(onelogin.send("PUT", f"/Users/{user['id']}", body))["active"] is False

    def test_onelogin_adds_a_member_and_takes_him_out(self, onelogin):
        user = onelogin.created("a@x.test")
        made = onelogin.grouped("g")
        onelogin.patch_group(made["id"], {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
        assert onelogin.members(made) == [user["id"]]
        onelogin.patch_group(made["id"], {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})
        assert onelogin.members(made) == []

    def test_onelogin_looks_up_and_deletes(self, onelogin):
        user = onelogin.created("a@x.test")
        assert onelogin.names('userName eq "a@x.test"') == ["a@x.test"]
        assert onelogin.send("DELETE", f"/Users/{user['id']}").status_code == 204
        assert onelogin.names('userName eq "a@x.test"') == []


class TestJumpCloud:
    def test_jumpcloud_renames_a_group_by_put_and_keeps_its_id(self, jumpcloud):
        user = jumpcloud.created("a@x.test")
        made = jumpcloud.grouped("old", user)
        renamed = patched(jumpcloud.send("PUT", f"/Groups/{made['id']}", group("new", user)))
        assert (renamed["id"], renamed["displayName"]) == (made["id"], "new")
        assert jumpcloud.members(made) == [user["id"]]

    def test_jumpcloud_looks_up_and_gets_none(self, jumpcloud):
        page = jumpcloud.find('userName eq "nobody@x.test"').json()
        assert (page["totalResults"], page["Resources"]) == (0, [])

    def test_jumpcloud_puts_the_whole_user(self, jumpcloud):
        user = jumpcloud.created("a@x.test", title="Old", nickName="n")
        body = person("a@x.test", active=True, externalId="5f0c", title="New")
        changed = patched(jumpcloud.send("PUT", f"/Users/{user['id']}", body))
        assert (changed["title"], changed["externalId"], "nickName" in changed) == ("New", "5f0c", False)

    def test_jumpcloud_replaces_a_groups_members_by_put(self, jumpcloud):
        first, second = jumpcloud.created("a@x.test"), jumpcloud.created("b@x.test")
        made = jumpcloud.grouped("g", first)
        answer = jumpcloud.send("PUT", f"/Groups/{made['id']}", group("g", second))
        assert answer.status_code == 200
        assert jumpcloud.members(made) == [second["id"]]

    def test_jumpcloud_deactivates_with_a_text(self, jumpcloud):
        user = jumpcloud.created("a@x.test")
        body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": {"active": "false"}}]}
        assert patched(jumpcloud.send("PATCH", f"/Users/{user['id']}", body))["active"] is False


class TestGoogle:
    def test_google_looks_up_by_name_in_another_case(self, google):
        google.created("a@x.test")
        assert google.names('userName eq "A@X.TEST"') == ["a@x.test"]

    def test_google_patches_several_attributes_without_a_path(self, google):
        user = google.created("a@x.test")
        value = {"name.givenName": "Aino", "title": "Planner", f"{ENTERPRISE}:department": "D"}
        body = patched(google.patch(user["id"], {"op": "replace", "value": value}))
        assert (body["name"], body["title"], body[ENTERPRISE]) == (
            {"givenName": "Aino"},
            "Planner",
            {"department": "D"},
        )

    def test_google_suspends_and_later_deletes(self, google):
        user = google.created("a@x.test")
        patched(google.patch(user["id"], {"op": "replace", "path": "active", "value": False}))
        assert google.send("DELETE", f"/Users/{user['id']}").status_code == 204
        assert_refused(google.get(f"/Users/{user['id']}"), 404)
        assert LmsUser.objects.get().blocked

    def test_google_creates_him_again(self, google):
        user = google.created("a@x.test")
        google.send("DELETE", f"/Users/{user['id']}")
        again = google.created("a@x.test")
        assert again["id"] != user["id"]
        assert LmsUser.objects.count() == 1

    def test_google_asks_what_is_supported(self, google):
        body = google.get("/ServiceProviderConfig").json()
        assert (body["patch"]["supported"], body["filter"]["supported"]) == (True, True)
        assert body["changePassword"]["supported"] is False

    def test_google_finds_an_user_who_is_suspended(self, google):
        user = google.created("a@x.test", active=False)
        (found,) = google.find('userName eq "a@x.test"').json()["Resources"]
        assert (found["id"], found["active"]) == (user["id"], False)
