"""Rules that say whom a configuration sees."""

import pytest

from scim.models import LmsUser
from scim.scope import UnfitRule, checked, compiled
from tests.scim.conftest import ENTERPRISE, assert_refused, make_directory, person


def field(name, op, value=None):
    return {"field": name, "op": op} | ({"value": value} if value is not None else {})


SALES, HR = field("department", "equals", "Sales"), field("department", "equals", "HR")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        ({}, ["a", "b", "c", "d"]),
        (SALES, ["a", "b"]),
        (field("department", "in", ["HR", "Sales"]), ["a", "b", "c"]),
        (field("department", "starts", "S%"), ["b2"]),
        (field("country", "starts", "F"), ["a", "c"]),
        (field("department", "empty"), ["d"]),
        ({"all": [SALES, field("country", "equals", "FI")]}, ["a"]),
        ({"any": [HR, field("department", "empty")]}, ["c", "d"]),
        ({"not": {"any": [SALES, HR]}}, ["d"]),
    ],
)
def test_a_rule_finds_those_it_describes(rule, seen):
    for name, department, country in (("a", "Sales", "FI"), ("b", "Sales", "SE"), ("c", "HR", "FR"), ("d", "", "fi")):
        LmsUser.objects.create(user_name=name, department=department, country=country)
    if seen == ["b2"]:
        LmsUser.objects.create(user_name="b2", department="S%1")
    assert checked(rule) == rule
    assert sorted(LmsUser.objects.filter(compiled(rule)).values_list("user_name", flat=True)) == seen


@pytest.mark.parametrize(
    "rule",
    [
        {"all": []},
        {"all": [{}]},
        {"not": {}},
        {"any": [SALES], "all": [SALES]},
        field("password", "equals", "x"),
        field("department", "like", "x"),
        field("department", "equals"),
        field("department", "equals", ""),
        field("department", "in", []),
        field("department", "in", [1]),
        field("department", "empty", "x"),
        SALES | {"more": 1},
        {"all": [SALES] * 51},
        {"not": {"not": {"not": {"not": {"not": {"not": SALES}}}}}},
        {"some": SALES},
        "department",
        5,
        [SALES],
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(UnfitRule):
        checked(rule)


@pytest.mark.django_db
class TestWrites:
    """A write never takes somebody out of sight, unless the configuration allows it."""

    def test_a_new_user_lies_in_the_scope(self):
        directory = make_directory(scope_rule=SALES)
        assert_refused(directory.post(person()), 400, "invalidValue")
        assert not LmsUser.objects.exists()
        assert directory.post(person(**{ENTERPRISE: {"department": "Sales"}})).status_code == 201

    def test_a_change_keeps_him_there(self):
        directory = make_directory(scope_rule=SALES)
        user = directory.created(**{ENTERPRISE: {"department": "Sales"}})
        leave = {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "HR"}
        assert_refused(
            directory.patch(user["id"], leave, {"op": "add", "path": "title", "value": "t"}), 400, "invalidValue"
        )
        assert directory.get(f"/Users/{user['id']}").json() == user

    def test_by_flag_he_may_go_and_keeps_his_id(self):
        directory = make_directory(scope_rule=SALES, flags={"may_leave_scope": True})
        user = directory.created(**{ENTERPRISE: {"department": "Sales"}})
        path = f"/Users/{user['id']}"
        directory.patch(user["id"], {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "HR"})
        assert_refused(directory.get(path), 404)
        LmsUser.objects.update(department="Sales")
        assert directory.get(path).json()["id"] == user["id"]
