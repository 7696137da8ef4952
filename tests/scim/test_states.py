"""Paused, read-only, and how fast a configuration may be asked."""

import pytest

from tests.scim.conftest import assert_refused, make_directory, person

pytestmark = pytest.mark.django_db
DISCOVERY = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/schemas/"]
READS = [("GET", "/Users"), ("GET", "/Groups"), ("POST", "/Users/.search"), ("POST", "/.search"), ("GET", "")]
WRITES = [
    ("POST", "/Users"),
    ("POST", "/Groups"),
    ("PUT", "/Users/x"),
    ("PATCH", "/Groups/x"),
    ("DELETE", "/Users/x"),
    ("POST", "/Bulk"),
]


def test_paused_refuses_all_but_discovery():
    """403, not 503: identity providers would quarantine the connection."""
    directory = make_directory(paused=True)
    for method, path in READS + WRITES:
        answer = directory.send(method, path, {} if method != "GET" else None)
        assert_refused(answer, 403)
        assert answer.json()["detail"] == "Provisioning is paused."
    assert [directory.get(path).status_code for path in DISCOVERY] == [200] * 4


def test_read_only_refuses_writes():
    directory = make_directory(read_only=True)
    for method, path in WRITES:
        assert_refused(directory.send(method, path, person()), 403)
    for method, path in READS:
        assert directory.send(method, path, {} if method == "POST" else None).status_code == 200


def test_38_beyond_the_limit():
    directory = make_directory(rate=1, burst=2)
    first = directory.get("/Users?count=1")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"], first["RateLimit-Reset"]) == ("2", "1", "1")
    directory.get("/Users?count=1")
    answer = directory.get("/Users?count=1")
    assert_refused(answer, 429)
    assert (answer["Retry-After"], answer["RateLimit-Remaining"]) == ("1", "0")
    assert make_directory(rate=1, burst=2).get("/Users").status_code == 200


@pytest.mark.parametrize("values", [{"rate": 0}, {"burst": 0}])
def test_without_a_limit_nothing_is_counted(values):
    directory = make_directory(**values)
    assert "RateLimit-Limit" not in directory.get("/Users?count=1")
