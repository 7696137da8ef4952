"""The catalogue of requests as identity providers send them, by number. 12 and 30–36 are in test_groups.py, 38 in
test_states.py, and further forms of many stand beside what they are about.
"""

from urllib.parse import urlencode

import pytest

from scim.models import LmsUser
from tests.scim.conftest import CORE, ENTERPRISE, PATCH_OP, assert_refused, group, make_directory, person
from tests.scim.test_races import at_once, colleague

pytestmark = pytest.mark.django_db
INVENTED = "e9e1b2ce-1111-4222-8333-0123456789ab"
ENTRA = {
    "schemas": [CORE, ENTERPRISE],
    "externalId": "e-1",
    "userName": "Babs@x.test",
    "active": True,
    "emails": [{"primary": True, "type": "work", "value": "Babs@x.test"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Barbara Jensen", "familyName": "Jensen", "givenName": "Barbara"},
    "roles": [],
}


def replace(path, value, op="Replace"):
    return {"op": op, "path": path, "value": value}


def total(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["totalResults"]


def test_01_connection_test(directory):
    page = directory.find(f'userName eq "{INVENTED}"').json()
    assert (page["totalResults"], page["itemsPerPage"], page["startIndex"], page["Resources"]) == (0, 0, 1, [])


def test_02_one_of_many(directory):
    directory.created("u1@x.test")
    directory.created("u2@x.test")
    page = directory.get("/Users?count=1").json()
    assert (page["totalResults"], len(page["Resources"])) == (2, 1)


@pytest.mark.parametrize("header", ["nonsense", "Bearer nonsense", "Basic bm9uc2Vuc2U=", ""])
def test_03_nonsense_as_credentials(directory, header):
    answer = directory.get("/Users", HTTP_AUTHORIZATION=header)
    assert_refused(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_04_schemas(directory):
    answer = directory.get("/Schemas")
    assert answer.json()["totalResults"] == len(answer.json()["Resources"]) >= 3
    assert b"null" not in answer.content
    refused = directory.post({}, "/Schemas")
    assert_refused(refused, 405)
    assert "GET" in refused["Allow"]


def test_05_a_token_on_the_alias_of_another(directory, other):
    foreign = other.created("x9@x.test")
    directory.prefix = f"/scim/{other.configuration.slug}/v2"
    answers = [directory.get(f"/Users/{one}") for one in (foreign["id"], INVENTED)] + [directory.get("/Users")]
    directory.prefix = "/scim/invented/v2"
    answers.append(directory.get(f"/Users/{foreign['id']}"))
    for answer in answers:
        assert_refused(answer, 401)
    assert len({answer.content for answer in answers}) == 1


def test_06_a_name_in_another_letter_case(directory):
    assert_finds_one(directory, 'userName eq "U1@X.test"')


@pytest.mark.parametrize(
    "written", ['[type eq "work"].value eq "u1@x.test"', '[type eq "work" and value eq "u1@x.test"]']
)
def test_07_the_work_email(directory, written):
    assert_finds_one(directory, f"emails{written}")


@pytest.mark.parametrize("name", ["USERNAME Eq", f"{CORE}:userName eq"])
def test_08_names_in_any_case_and_with_their_urn(directory, name):
    assert_finds_one(directory, f'{name} "u1@x.test"')


def assert_finds_one(directory, scim_filter):
    directory.created("u1@x.test")
    directory.created("u2@x.test")
    (found,) = directory.find(scim_filter, startIndex=1, count=100).json()["Resources"]
    assert found["userName"] == "u1@x.test"


@pytest.mark.parametrize(
    ("scim_filter", "hits"),
    [('title eq "O\'Hara \\"x\\""', 1), ('title co "%"', 0), ('title co "_"', 0), ('title co "\'"', 1)],
)
def test_09_values_are_literal(directory, scim_filter, hits):
    directory.created(title='O\'Hara "x"')
    assert total(directory.find(scim_filter)) == hits


def test_10_an_unknown_attribute_beside_a_known_one(directory):
    directory.created()
    for join in ("and", "or"):
        assert_refused(directory.find(f'userName eq "u1@x.test" {join} fooBar eq "x"'), 400, "invalidFilter")


def test_11_or_with_what_is_true_for_all(directory, other):
    directory.created("u1@x.test")
    other.created("x9@x.test")
    assert other.names('userName eq "u1@x.test" or userName pr') == ["x9@x.test"]


def test_13_entras_user(directory):
    answer = directory.post(ENTRA)
    meta = answer.json()["meta"]
    assert (answer.status_code, answer["Location"]) == (201, meta["location"])
    assert meta["created"] == meta["lastModified"]


def test_14_booleans_as_text(directory):
    body = directory.post(ENTRA | {"active": "False", "roles": [{"value": "r", "primary": "True"}]}).json()
    assert (body["active"], body["roles"][0]["primary"]) == (False, True)


@pytest.mark.parametrize("manager", ["m1", INVENTED])
def test_15_a_manager_as_text(directory, manager):
    answer = directory.post(ENTRA | {ENTERPRISE: {"manager": manager}})
    assert (answer.status_code, answer.json()[ENTERPRISE]["manager"]) == (201, {"value": manager})


def test_16_the_same_again(directory):
    directory.post(ENTRA)
    for name in ("Babs@x.test", "BABS@X.TEST"):
        answer = directory.post(ENTRA | {"userName": name})
        assert_refused(answer, 409, "uniqueness")
        assert "is already in use." in answer.json()["detail"]
        assert "Barbara" not in answer.content.decode()


def test_17_somebody_the_lms_knows(directory, other):
    LmsUser.objects.create(user_name="here@x.test", email="here@x.test")
    LmsUser.objects.create(user_name="out@x.test", email="out@x.test", division="Here")
    other.created("x9@x.test")
    assert directory.post(person("here@x.test")).status_code == 201
    assert_refused(other.post(person("out@x.test")), 409, "uniqueness")
    assert_refused(directory.post(person("x9@x.test")), 409, "uniqueness")


def test_18_somebody_who_was_removed(directory):
    user = directory.created()
    pk = LmsUser.objects.get().pk
    directory.send("DELETE", f"/Users/{user['id']}")
    back = directory.post(person())
    assert (back.status_code, back.json()["id"] != user["id"]) == (201, True)
    assert (LmsUser.objects.get().pk, LmsUser.objects.get().blocked) == (pk, False)


def test_19_three_replaces(directory):
    user = directory.created()
    body = directory.patch(
        user["id"],
        replace("displayName", "Babs"),
        replace('emails[type eq "work"].value', "new@x.test"),
        replace("name.familyName", "Jensen"),
    ).json()
    assert (body["displayName"], body["name"]["familyName"]) == ("Babs", "Jensen")
    assert [one["value"] for one in body["emails"]] == ["new@x.test"]


def test_20_keys_that_are_paths(directory):
    user = directory.created()
    value = {"displayName": "Babs", "name.givenName": "B", f"{ENTERPRISE}:employeeNumber": "7"}
    body = directory.patch(user["id"], {"op": "replace", "value": value}).json()
    assert (body["displayName"], body["name"], body[ENTERPRISE]) == (
        "Babs",
        {"givenName": "B"},
        {"employeeNumber": "7"},
    )


@pytest.mark.parametrize(
    ("path", "value", "attribute", "made"),
    [
        ('phoneNumbers[type eq "mobile"].value', "1", "phoneNumbers", {"type": "mobile", "value": "1"}),
        ('addresses[type eq "work"].locality', "Turku", "addresses", {"type": "work", "locality": "Turku"}),
        ('roles[primary eq "True"].value', "r", "roles", {"primary": True, "value": "r"}),
    ],
)
def test_21_an_entry_that_is_not_there(directory, path, value, attribute, made):
    user = directory.created()
    assert directory.patch(user["id"], replace(path, value, "Add")).json()[attribute] == [made]


@pytest.mark.parametrize(
    ("operation", "manager"),
    [
        ({"op": "Replace", "value": "m2"}, {"value": "m2"}),
        ({"op": "Replace", "value": [{"value": "m2"}]}, {"value": "m2"}),
        ({"op": "Add", "value": ""}, None),
        ({"op": "Remove"}, None),
    ],
)
def test_22_the_manager(directory, operation, manager):
    user = directory.created(**{ENTERPRISE: {"manager": {"value": "m1"}, "department": "d"}})
    body = directory.patch(user["id"], operation | {"path": f"{ENTERPRISE}:manager"}).json()
    assert body[ENTERPRISE].get("manager") == manager


def test_23_a_wrong_operation_undoes_the_right_one(directory):
    user = directory.created()
    answer = directory.patch(user["id"], replace("title", "x"), replace("emails", "x"))
    assert_refused(answer, 400, "invalidValue")
    assert directory.get(f"/Users/{user['id']}")["ETag"] == user["meta"]["version"]


def test_24_a_taken_name(directory):
    directory.created("u1@x.test")
    user = directory.created("u2@x.test")
    assert_refused(directory.patch(user["id"], replace("userName", "u1@x.test")), 409, "uniqueness")


def test_25_a_whole_object_put_back(directory):
    user = directory.created(name={"givenName": "B"})
    body = user | {"groups": [{"value": "g"}], "name": {"givenName": "B", "middleName": ""}}
    answer = directory.send("PUT", f"/Users/{user['id']}", body)
    assert (answer.status_code, answer.json()) == (200, user)


@pytest.mark.parametrize("value", [False, "False"])
@pytest.mark.parametrize("path", [True, False])
def test_26_deactivate(directory, value, path):
    user = directory.created()
    operation = replace("active", value) if path else {"op": "replace", "value": {"active": value}}
    assert directory.patch(user["id"], operation).json()["active"] is False
    assert directory.get(f"/Users/{user['id']}").json()["active"] is False
    assert directory.names('userName eq "u1@x.test"') == ["u1@x.test"]


@pytest.mark.parametrize("value", [True, "True"])
def test_27_activate(directory, value):
    user = directory.created(active=False)
    body = directory.patch(user["id"], replace("active", value)).json()
    assert (body["id"], body["active"]) == (user["id"], True)


def test_28_delete(directory):
    user = directory.created()
    path = f"/Users/{user['id']}"
    assert directory.send("DELETE", path).status_code == 204
    assert_refused(directory.get(path), 404)
    assert total(directory.find('userName eq "u1@x.test"')) == 0
    assert_refused(directory.send("DELETE", path), 404)
    assert LmsUser.objects.get().blocked


def test_29_somebody_elses_user(directory, other):
    foreign = other.created("x9@x.test")
    patch = {"schemas": [PATCH_OP], "Operations": [replace("title", "x")]}
    requests = [("GET", None), ("PUT", person()), ("PATCH", patch), ("DELETE", None)]
    answers = [
        directory.send(method, f"/Users/{one}", body) for one in (foreign["id"], INVENTED) for method, body in requests
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_37_all_members_or_none(directory):
    """Never a part, however many there are."""
    users = [directory.created(f"m{number}@x.test") for number in range(120)]
    made = directory.grouped("g", *users)
    assert directory.members(made) == sorted(user["id"] for user in users)
    assert "members" not in directory.get(f"/Groups/{made['id']}?excludedAttributes=members").json()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_39_two_patches_of_one_group(self):
        directory = make_directory()
        users = [directory.created(f"u{number}@x.test") for number in range(4)]
        made = directory.grouped("g")
        add = [replace("members", [{"value": user["id"]}], "Add") for user in users]
        answers = at_once(*((lambda one=one: colleague(directory).patch_group(made["id"], one)) for one in add))
        assert [answer.status_code for answer in answers] == [200] * 4
        assert directory.members(made) == sorted(user["id"] for user in users)
        assert directory.get(f"/Groups/{made['id']}")["ETag"] == 'W/"5"'

    def test_39_two_groups_of_one_name(self):
        directory = make_directory()
        answers = at_once(*[lambda: colleague(directory).post(group("g"), "/Groups")] * 2)
        assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize(
    ("query", "index", "shown"),
    [("count=0", 1, 0), ("count=-1", 1, 0), ("startIndex=0", 1, 3), ("count=100000", 1, 3), ("startIndex=9", 9, 0)],
)
def test_40_edges_of_paging(directory, query, index, shown):
    for number in range(3):
        directory.created(f"u{number}@x.test")
    page = directory.get(f"/Users?{query}").json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, index, shown)


class TestTwoConfigurations:
    """Whatever one asks, on every read path and with every join, it learns nothing of the other."""

    FILTERS = ("", "userName pr or displayName pr", 'not (externalId eq "nothing")', "meta.created pr")

    @pytest.mark.parametrize("path", ["/Users", "/Groups", "", "/Users/.search", "/Groups/.search", "/.search"])
    @pytest.mark.parametrize("cursor", [False, True])
    def test_reads(self, directory, other, path, cursor):
        foreign = other.created("x9@x.test")
        secret = other.grouped("secret", foreign)
        own = directory.grouped("own", directory.created("u1@x.test"))
        ids = {own["id"], own["members"][0]["value"]}
        for scim_filter in self.FILTERS:
            known = {"Users": "userName", "Groups": "displayName"}
            asked = scim_filter
            for name, attribute in known.items():
                if path.startswith(f"/{name}"):
                    asked = scim_filter.replace("userName pr or displayName pr", f"{attribute} pr or externalId pr")
            more = ({"filter": asked} if asked else {}) | ({"cursor": ""} if cursor else {})
            answer = (
                directory.post(more, path)
                if path.endswith(".search")
                else directory.get(path, QUERY_STRING=urlencode(more))
            )
            page = answer.json()
            assert answer.status_code == 200, page
            assert {one["id"] for one in page["Resources"]} <= ids
            assert page["totalResults"] == len(page["Resources"])
            assert not any(text in answer.content.decode() for text in (foreign["id"], secret["id"], "x9@", "secret"))
