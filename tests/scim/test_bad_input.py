"""Whatever is sent, the answer is SCIM's own 4xx, never a page and never a 500."""

import json

import pytest

from scim.models import LmsUser
from tests.scim.conftest import CORE, assert_refused, person

pytestmark = pytest.mark.django_db
BODIES = {
    "empty": (b"", "invalidSyntax"),
    "no JSON": (b"userName=x", "invalidSyntax"),
    "half": (b'{"userName": "x"', "invalidSyntax"),
    "list": (b"[1]", "invalidSyntax"),
    "text": (b'"x"', "invalidSyntax"),
    "null": (b"null", "invalidSyntax"),
    "invalid UTF-8": (b'{"userName": "\xff"}', "invalidSyntax"),
    "NUL": (b'{"userName": "a\\u0000b"}', "invalidSyntax"),
    "half a surrogate pair": (b'{"userName": "\\ud800"}', "invalidSyntax"),
    "NaN": (b'{"userName": NaN}', "invalidSyntax"),
    "repeated name": (b'{"userName": "a", "userName": "b"}', "invalidSyntax"),
    "deep": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "invalidSyntax"),
    "wrong schemas": (b'{"schemas": 5, "userName": {}}', "invalidValue"),
    "nested list": (b'{"userName": "a", "emails": [[1]]}', "invalidValue"),
    "number": (b'{"userName": 1e400, "emails": []}', "invalidSyntax"),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_bodies_that_are_no_user(directory, name, method):
    body, scim_type = BODIES[name]
    path = "/Users" if method == "POST" else f"/Users/{directory.created()['id']}"
    before = LmsUser.objects.count()
    assert_refused(directory.send(method, path, body), 400, scim_type)
    assert LmsUser.objects.count() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"Operations": 5}',
        b'{"Operations": []}',
        b'{"Operations": [5]}',
        b'{"Operations": [{}]}',
        b'{"Operations": [{"op": 5, "path": 5}]}',
        b'{"Operations": [{"op": "add", "path": {}, "value": 1}]}',
        b'{"Operations": [{"op": "add", "value": [1]}]}',
        b'{"Operations": [{"op": "replace", "path": "name", "value": "x"}]}',
        b'{"Operations": [{"op": "replace", "path": "emails[type eq", "value": "x"}]}',
    ],
)
def test_bodies_that_are_no_patch(directory, body):
    user = directory.created()
    answer = directory.send("PATCH", f"/Users/{user['id']}", body)
    assert answer.status_code == 400
    assert_refused(answer, 400, answer.json()["scimType"])
    assert directory.get(f"/Users/{user['id']}").json() == user


@pytest.mark.parametrize("path", ["/Users/.search", "/.search"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"filter": 5}',
        b'{"count": "many"}',
        b'{"attributes": [5]}',
        b'{"startIndex": {}}',
        b'{"cursor": "x"}',
    ],
)
def test_bodies_that_are_no_search(directory, path, body):
    answer = directory.send("POST", path, body)
    assert 400 <= answer.status_code < 502
    assert answer.status_code != 500
    assert_refused(answer, answer.status_code, answer.json().get("scimType"))


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "nonsense",
    ],
)
def test_other_media_types_are_415(directory, content_type):
    assert_refused(directory.post(person(), content_type=content_type), 415)


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/scim+json; charset=utf-8", "APPLICATION/JSON", ""]
)
def test_json_by_any_of_its_names_is_read(directory, content_type):
    assert directory.post(person(), content_type=content_type).status_code == 201


def test_a_byte_order_mark_is_forgiven(directory):
    body = b'\xef\xbb\xbf{"userName": "u1@x.test"}'
    assert directory.post(body).status_code == 201


def test_a_body_over_the_limit_is_413(directory):
    assert_refused(directory.post(person(title="x" * 1024 * 1024)), 413)


def test_a_group_may_be_larger_than_a_user(directory):
    body = json.dumps({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "All"}).encode()
    assert directory.post(body + b" " * 2 * 1024 * 1024, "/Groups").status_code == 201
    assert_refused(directory.post(body + b" " * 16 * 1024 * 1024, "/Groups"), 413)


@pytest.mark.parametrize(
    "text",
    [
        "\N{FULLWIDTH LATIN SMALL LETTER A}",
        "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}" * 500,
        "\U0010ffff" * 250,
        "'; DROP TABLE",
        "%_\\",
    ],
)
def test_any_text_is_kept_and_found(directory, text):
    user = directory.created("u1@x.test", title=text)
    assert user["title"] == text
    quoted = text.replace("\\", "\\\\")
    assert (
        directory.post({"filter": f'title eq "{quoted}" and title sw "{quoted[:100]}"'}, "/Users/.search").json()[
            "totalResults"
        ]
        == 1
    )


@pytest.mark.parametrize(
    "path", ["/Users/%00", "/Users/%ff", "/Users/" + "a" * 64_000, "/Users/..", "/Users/%2e%2e%2f", f"/Schemas/{CORE}x"]
)
def test_odd_ids_are_404(directory, path):
    assert_refused(directory.get(path), 404)


@pytest.mark.parametrize("header", ["*", "", '"', 'W/"', "W/\xff", "x" * 5000])
def test_odd_conditions_are_no_fault(directory, header):
    user = directory.created()
    answer = directory.get(f"/Users/{user['id']}", HTTP_IF_MATCH=header)
    assert answer.status_code in {200, 412}


def test_what_would_keep_the_server_busy_is_refused(directory):
    user = directory.created()
    operation = {"op": "replace", "path": "title", "value": "x"}
    assert_refused(directory.patch(user["id"], *[operation] * 501), 400, "invalidValue")
    assert_refused(directory.get("/Users?" + "&".join(f"p{number}=1" for number in range(60))), 400, "invalidValue")
    long = f'title eq "{"x" * 9000}"'
    assert_refused(directory.post({"filter": long}, "/Users/.search"), 400, "invalidFilter")
    assert_refused(directory.post({"attributes": ["title"] * 10_000}, "/Users/.search"), 413)


def test_a_bare_filter_value_is_read_in_a_search_too(directory):
    directory.created(externalId="e1")
    assert directory.post({"filter": "externalId eq e1"}, "/Users/.search").json()["totalResults"] == 1
