"""What other services find of users, by the words that an administrator types."""

import pytest

from lms_oauth import learners
from scim.mapping import MINIMAL, Row
from scim.models import LmsUser
from tests.scim.conftest import make_directory, person

pytestmark = pytest.mark.django_db


def make_user(name, **values):
    return LmsUser.objects.create(**{"user_name": name, "email": f"{name}@example.org"} | values)


def found(words, count=10):
    return [one.user_name for one in learners.search(words, count)]


@pytest.mark.parametrize("words", ["anna", "ANNA", "virt", "anna virtanen", "4711", "anna@example", "aik"])
def test_every_word_stands_in_some_column(words):
    make_user("anna", given_name="Annaliisa", family_name="Virtanen", employee_id="4711", display_name="Aikku")
    make_user("bo", family_name="Berg")
    assert found(words) == ["anna"]


@pytest.mark.parametrize("words", ["anna berg", "zz", "%", "_n_"])
def test_nobody_fits(words):
    make_user("anna")
    make_user("bo", family_name="Berg")
    assert found(words) == []


def test_blocked_users_are_not_offered_and_others_by_name():
    for name in ("cid", "anna", "bo"):
        make_user(name)
    make_user("alf", blocked=True, blocked_at="2026-01-01T00:00Z")
    assert found("example") == ["anna", "bo", "cid"]
    assert found("example", count=2) == ["anna", "bo"]


def test_what_a_mapping_hides_finds_nobody():
    rows = [row for row in MINIMAL if row.path != "name.familyName"]
    mapping = [row.as_json() for row in (*rows, Row("name.familyName", "family_name", sensitive=True))]
    directory = make_directory(mapping=mapping)
    directory.post(person("anna", name={"givenName": "Anna", "familyName": "Secretname"}))
    assert LmsUser.objects.get().family_name == "Secretname"
    assert found("secretname") == []
    assert found("anna") == ["anna"]
