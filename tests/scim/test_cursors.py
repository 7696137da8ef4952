"""RFC 9865: pages after a position, which only the configuration that got a cursor can use."""

import pytest

from scim.models import LmsUser
from tests.scim.conftest import Directory, assert_refused, make_directory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(directory):
    for number in range(5):
        directory.created(f"u{number}@x.test", title="t" * (number % 2))
    return directory


def walk(directory, query=""):
    pages = [directory.get(f"/Users?cursor=&count=2{query}").json()]
    while "nextCursor" in pages[-1]:
        pages.append(directory.get(f"/Users?cursor={pages[-1]['nextCursor']}&count=2{query}").json())
    return pages


def names(pages):
    return [one["userName"] for page in pages for one in page["Resources"]]


@pytest.mark.parametrize("query", ["", "&sortBy=userName", "&sortBy=title", "&sortBy=meta.created", "&sortBy=active"])
def test_a_walk_meets_everybody_once(people, query):
    pages = walk(people, query)
    assert [page["itemsPerPage"] for page in pages] == [2, 2, 1]
    assert pages[0]["totalResults"] == 5
    assert "startIndex" not in pages[0]
    assert sorted(names(pages)) == [f"u{number}@x.test" for number in range(5)]


def test_back_again(people):
    last = walk(people, "&sortBy=title&sortOrder=descending")[-1]
    previous = people.get(f"/Users?cursor={last['previousCursor']}&count=2&sortBy=title&sortOrder=descending").json()
    assert names([previous]) == ["u4@x.test", "u1@x.test"]


def test_by_post(people):
    first = people.post({"cursor": "", "count": 2}, "/Users/.search").json()
    second = people.post({"cursor": first["nextCursor"], "count": 2}, "/Users/.search").json()
    assert names([first, second]) == [f"u{number}@x.test" for number in range(4)]


def test_who_is_blocked_meanwhile_is_neither_lost_nor_seen_twice(people):
    first = people.get("/Users?cursor=&count=2").json()
    people.patch(first["Resources"][0]["id"], {"op": "replace", "path": "active", "value": False})
    people.send("DELETE", f"/Users/{first['Resources'][1]['id']}")
    rest = people.get(f"/Users?cursor={first['nextCursor']}&count=2").json()
    assert names([rest]) == ["u2@x.test", "u3@x.test"]


@pytest.mark.parametrize("cursor", ["x", "A" * 100, "AQ" * 60, "%00"])
def test_an_invented_cursor_is_refused(people, cursor):
    assert_refused(people.get(f"/Users?cursor={cursor}&count=2"), 400, "invalidCursor")


def test_a_cursor_serves_its_own_query_and_configuration_alone(people):
    cursor = people.get("/Users?cursor=&count=2").json()["nextCursor"]
    stranger = make_directory()
    assert_refused(stranger.get(f"/Users?cursor={cursor}&count=2"), 400, "invalidCursor")
    assert_refused(people.get(f"/Users?cursor={cursor}&count=2&filter=title%20pr"), 400, "invalidCursor")
    assert_refused(people.get(f"/Users?cursor={cursor}&count=3"), 400, "invalidCount")
    assert Directory(people.configuration, people.bearer).get(f"/Users?cursor={cursor}&count=2").status_code == 200


def test_the_scope_bounds_each_page(other):
    for number in range(4):
        other.created(f"s{number}@x.test")
    first = other.get("/Users?cursor=&count=2").json()
    LmsUser.objects.filter(user_name="s2@x.test").update(division="Moved")
    rest = other.get(f"/Users?cursor={first['nextCursor']}&count=2").json()
    assert names([rest]) == ["s3@x.test"]
