"""Filters, sorting and paging over HTTP, and the scope that bounds all of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scim.models import LmsUser, ScimAttribute, ScimLink
from scim.storage.index import entries
from tests.scim.conftest import CORE, ENTERPRISE, assert_refused, make_directory, person

pytestmark = pytest.mark.django_db
CROWD = 1000  # users: enough for the planner to care


@pytest.fixture
def people(directory):
    directory.created(
        "alice@x.test", externalId="E-1", title="Boss", **{ENTERPRISE: {"employeeNumber": "1", "department": "HR"}}
    )
    directory.created("bob@x.test", externalId="E-2", title='O\'Hara "50%"', active=False, emails=[
        {"value": "bob@home.test", "type": "home"}, {"value": "bob@x.test", "type": "work", "primary": True}
    ])  # fmt: skip
    directory.created("carol_%@x.test", nickName="ΑΣ")
    return directory


ALICE, BOB, CAROL = "alice@x.test", "bob@x.test", "carol_%@x.test"
EVERYBODY = [ALICE, BOB, CAROL]


@pytest.mark.parametrize(
    ("scim_filter", "found"),
    [
        ('userName eq "ALICE@x.test"', [ALICE]),
        (f'USERNAME Eq "{ALICE}"', [ALICE]),
        (f'{CORE}:userName eq "{ALICE}"', [ALICE]),
        ('userName eq "nobody"', []),
        ('externalId eq "E-1"', [ALICE]),
        ('externalId eq "e-1"', []),
        ("externalId eq E-1", [ALICE]),
        ("externalId pr", [ALICE, BOB]),
        ('externalId ne "E-1"', [BOB, CAROL]),
        ('emails[type eq "work"].value eq "bob@x.test"', [BOB]),
        ('emails[type eq "work" and value eq "bob@x.test"]', [BOB]),
        ('emails[type eq "home" and value eq "bob@x.test"]', []),
        ('emails eq "BOB@home.test"', [BOB]),
        ('emails.value sw "bob@"', [BOB]),
        ('emails[primary eq "True"]', [BOB]),
        ('emails[not (type eq "work")]', [BOB]),
        ('title eq "O\'Hara \\"50%\\""', [BOB]),
        ('title co "%"', [BOB]),
        ('title co "_"', []),
        ('userName co "_"', [CAROL]),
        ('userName sw "carol_"', [CAROL]),
        ('nickName eq "ας"', [CAROL]),
        ("active eq true", [ALICE, CAROL]),
        ('active eq "False"', [BOB]),
        ("not (active eq true)", [BOB]),
        (f'{ENTERPRISE}:department eq "hr"', [ALICE]),
        ("title pr", [ALICE, BOB]),
        ('title ew ""', [ALICE, BOB]),
        ('title sw ""', [ALICE, BOB]),
        ("not (title pr)", [CAROL]),
        ("title eq null", [CAROL]),
        ('meta.created gt "2020-01-01T00:00:00Z"', EVERYBODY),
        ('meta.lastModified lt "2020-01-01T00:00:00Z"', []),
        ('meta.resourceType eq "User"', EVERYBODY),
        ('schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"', [ALICE]),
        (f'userName eq "{ALICE}" or userName eq "{BOB}"', [ALICE, BOB]),
        (f'userName eq "{ALICE}" and active eq false', []),
    ],
)
def test_a_filter_finds_those_it_describes(people, scim_filter, found):
    assert people.names(scim_filter) == found


def test_an_id_finds_its_own(people):
    user = people.find(f'userName eq "{ALICE}"').json()["Resources"][0]
    assert people.names(f'id eq "{user["id"]}"') == [ALICE]
    assert people.names('id eq "1"') == []


@pytest.mark.parametrize(
    "scim_filter",
    [
        'fooBar eq "x"',
        f'userName eq "{ALICE}" and fooBar eq "x"',
        f'userName eq "{ALICE}" or fooBar eq "x"',
        'not (fooBar eq "x")',
        'emails[fooBar eq "x"]',
        'name eq "x"',
        "userName eq",
        'userName eq "x',
        'userName is "x"',
        "active gt true",
        'meta.created eq "yesterday"',
        'meta.created gt "0001-01-01T00:00:00+14:00"',
        'meta.version eq "W/1"',
        'id co "a"',
        "userName co 5",
        'emails[value.x eq "a"]',
        'userName eq "\\u0000"',
        'userName eq "\\ud800"',
        'schemas[value eq "x"]',
        'password eq "x"',
        "(" * 500 + "title pr" + ")" * 500,
        " or ".join(["title pr"] * 200),
    ],
)
def test_what_cannot_be_evaluated_is_refused_and_never_widened(people, scim_filter):
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": scim_filter}
    answer = people.post(body, "/Users/.search")
    if answer.status_code == 200:  # parentheses nest without limit, and mean nothing
        assert scim_filter.startswith("((")
        return
    assert_refused(answer, 400, "invalidFilter")


def test_search_by_post_is_the_same(people):
    """RFC 7644 §3.4.3."""
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "title pr",
        "count": 1,
        "attributes": ["userName"],
    }
    for path in ("/Users/.search", "/.search", "/users/.SEARCH"):
        found = people.post(body, path).json()
        assert (found["totalResults"], found["itemsPerPage"]) == (2, 1)
        assert set(found["Resources"][0]) == {"schemas", "id", "userName"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sortBy": "userName"}, EVERYBODY),
        ({"sortBy": "userName", "sortOrder": "descending"}, EVERYBODY[::-1]),
        ({"sortBy": "title"}, [ALICE, BOB, CAROL]),
        ({"sortBy": "title", "sortOrder": "descending"}, [CAROL, BOB, ALICE]),
        ({"sortBy": "externalId"}, [ALICE, BOB, CAROL]),
        ({"sortBy": "active"}, [BOB, ALICE, CAROL]),
        ({"sortBy": "emails"}, [ALICE, BOB, CAROL]),
        ({"sortBy": "meta.created", "sortOrder": "descending"}, EVERYBODY[::-1]),
    ],
)
def test_sorting_puts_missing_values_last(people, query, expected):
    found = people.find("userName pr", **query).json()["Resources"]
    assert [one["userName"] for one in found] == expected


@pytest.mark.parametrize("path", ["id", "meta.version", "name", "fooBar", "emails[type eq 1]"])
def test_what_cannot_be_sorted_by_is_refused(people, path):
    answer = people.get(f"/Users?sortBy={path}")
    assert answer.status_code == 400
    assert answer.json()["scimType"] in {"invalidPath", "invalidFilter", "invalidValue"}


@pytest.mark.parametrize(
    ("query", "index", "names"),
    [
        ("count=2", 1, [ALICE, BOB]),
        ("count=2&startIndex=3", 3, [CAROL]),
        ("count=0", 1, []),
        ("count=-1", 1, []),
        ("startIndex=0", 1, EVERYBODY),
        ("startIndex=-7", 1, EVERYBODY),
        ("count=100000", 1, EVERYBODY),
        ("startIndex=99", 99, []),
        ("startIndex=99999999999999999999999", 99999999999999999999999, []),
    ],
)
def test_pages_by_index(people, query, index, names):
    """RFC 7644 §3.4.2.4."""
    page = people.get(f"/Users?{query}").json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, index, len(names))
    assert [one["userName"] for one in page["Resources"]] == names


@pytest.mark.parametrize(
    "query", ["count=x", "startIndex=1.5", "count=1&count=2", "filter=a&filter=b", "count=%ff", "sortOrder=up"]
)
def test_malformed_queries_are_400(people, query):
    assert_refused(people.get(f"/Users?{query}"), 400, "invalidValue")


def test_a_page_is_capped_and_says_so(crowd):
    page = crowd.get("/Users?count=1000").json()
    assert (page["totalResults"], page["itemsPerPage"]) == (CROWD, 200)


def test_a_list_costs_the_same_whatever_it_holds(people, django_assert_num_queries, monkeypatch):
    """Credential with its configuration, rows, their groups, and a count or a walk where there is more than a page."""
    monkeypatch.setattr("clients.models.setting._FRESH_SECONDS", 3600.0)  # settings are read every few seconds
    for number in range(20):
        people.created(f"more{number}@x.test")
    people.get("/Users")
    for query, cost in (
        ("filter=userName%20pr", 3),
        ("count=20", 4),
        ("count=20&excludedAttributes=groups", 3),
        ("count=5&startIndex=7", 4),
    ):
        with django_assert_num_queries(cost):
            people.get(f"/Users?{query}")


@pytest.fixture
def crowd(directory):
    now, configuration = timezone.now(), directory.configuration
    names = [f"n{number}@x.test" for number in range(CROWD)]
    users = LmsUser.objects.bulk_create(
        LmsUser(user_name=name, user_name_key=name, email=name, email_key=name) for name in names
    )
    links = ScimLink.objects.bulk_create(
        ScimLink(
            configuration=configuration, kind="User", user=user, key=name, external_id=name, created=now, modified=now
        )
        for name, user in zip(names, users, strict=True)
    )
    for link in links:
        link.data = {"userName": link.key, "emails": [{"type": "work", "value": link.key}]}
    ScimLink.objects.bulk_update(links, ["data"], batch_size=500)
    ScimAttribute.objects.bulk_create(
        ScimAttribute(link=link, configuration=configuration, **entry._asdict())
        for link in links
        for entry in entries(link.data, ())
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return directory


@pytest.mark.parametrize(
    ("scim_filter", "index"),
    [
        ('userName eq "n1@x.test"', "scim_link_unique_key"),
        ('externalId eq "n1@x.test"', "scim_link_by_external_id"),
        ('emails[type eq "work" and value eq "n1@x.test"]', "scim_attribute_by_text"),
        ('emails.value eq "n1@x.test"', "scim_attribute_by_text"),
    ],
)
def test_look_ups_go_by_an_index(crowd, scim_filter, index):
    with CaptureQueriesContext(connection) as queries:
        assert crowd.names(scim_filter) == ["n1@x.test"]
    sql = next(query["sql"] for query in queries if 'FROM "scim_scimlink"' in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(
            ("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql.replace("%", "%%")
        )
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert index in plan, plan


def test_pages_of_a_crowd_meet_without_gap_or_overlap(crowd):
    pages = [crowd.get(f"/Users?startIndex={start}&count=200").json() for start in range(1, CROWD + 1, 200)]
    assert {page["totalResults"] for page in pages} == {CROWD}
    names = [one["userName"] for page in pages for one in page["Resources"]]
    assert names == [f"n{number}@x.test" for number in range(CROWD)]


class TestScope:
    """A configuration with a scope sees its own users, and nobody learns of the others."""

    @pytest.fixture
    def foreign(self, other):
        return other.created("x9@x.test", title="Foreign", externalId="X9")

    @pytest.mark.parametrize(
        "scim_filter",
        [
            "",
            'userName pr or title eq "Foreign"',
            'not (title eq "nothing")',
            'title eq "Foreign"',
            'externalId eq "X9"',
            'emails co "x9"',
        ],
    )
    @pytest.mark.parametrize("path", ["/Users", "", "/Users/.search", "/.search"])
    def test_no_read_shows_foreign_users_or_their_number(self, people, foreign, path, scim_filter):
        if path.endswith(".search"):
            answer = people.post({"filter": scim_filter} if scim_filter else {}, path)
        else:
            answer = people.find(scim_filter, path) if scim_filter else people.get(path)
        page = answer.json()
        assert answer.status_code == 200, page
        assert foreign["id"] not in answer.content.decode()
        assert page["totalResults"] == len(page["Resources"]) <= 3

    def test_each_answer_about_a_foreign_id_is_that_about_an_invented_one(self, people, foreign):
        bodies = set()
        for scim_id in (
            foreign["id"],
            "e9e1b2ce-1111-4222-8333-0123456789ab",
            "invented",
            "x" * 64_000,
            "a\0b".replace("\0", "%00"),
        ):
            for answer in (
                people.get(f"/Users/{scim_id}"),
                people.send("PUT", f"/Users/{scim_id}", person()),
                people.patch(scim_id, {"op": "replace", "path": "title", "value": "x"}),
                people.send("DELETE", f"/Users/{scim_id}"),
            ):
                assert_refused(answer, 404)
                bodies.add(answer.content)
        assert len(bodies) == 1

    def test_users_it_creates_lie_in_its_scope(self, other, foreign):
        assert LmsUser.objects.get().division == "Elsewhere"
        body = other.created("y@x.test", **{ENTERPRISE: {"division": "Here", "department": "d"}})
        assert "division" not in body[ENTERPRISE]
        assert set(LmsUser.objects.values_list("division", flat=True)) == {"Elsewhere"}

    def test_a_user_who_leaves_the_scope_is_invisible_and_returns_with_his_id(self, other, foreign):
        path = f"/Users/{foreign['id']}"
        LmsUser.objects.update(division="Moved")
        assert_refused(other.get(path), 404)
        assert other.get("/Users").json()["totalResults"] == 0
        LmsUser.objects.update(division="Elsewhere")
        assert other.get(path).json()["id"] == foreign["id"]

    def test_the_scope_is_in_the_sql(self, other, foreign):
        with CaptureQueriesContext(connection) as queries:
            other.find('title eq "Foreign"')
        selects = [query["sql"] for query in queries if 'FROM "scim_scimlink"' in query["sql"]]
        assert selects
        assert all("division" in sql for sql in selects if "COUNT" in sql or "OFFSET" in sql or "LIMIT" in sql)

    def test_two_scopes_of_one_lms_do_not_meet(self):
        one, two = make_directory(scope_division="One"), make_directory(scope_division="Two")
        one.created("a@x.test")
        two.created("b@x.test")
        assert (one.names("userName pr"), two.names("userName pr")) == (["a@x.test"], ["b@x.test"])
