"""Bodies of identity providers in the form of the standard."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.normalise import MANAGER, PATCH_OP, filter_text, patch, resource
from scim.tolerances import Tolerances
from tests.scim.conftest import CORE, ENTERPRISE

ENTRA = Tolerances()
NAMES = st.sampled_from(
    [
        "schemas",
        "Schemas",
        "userName",
        "USERNAME",
        "active",
        "emails",
        "name",
        "password",
        "id",
        "meta",
        "manager",
        "value",
        "op",
        "Op",
        "path",
        "Operations",
        ENTERPRISE,
        MANAGER,
        CORE,
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["add", "Remove", "x@y", MANAGER, "password", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
CORRECT = {
    "schemas": [CORE, ENTERPRISE],
    "userName": "u1@x.test",
    "active": False,
    "emails": [{"value": "u1@x.test", "type": "work", "primary": True}],
    ENTERPRISE: {"manager": {"value": "m1"}},
}


def whole(body, tolerances=ENTRA):
    return resource(body, CORE, tolerances, active=True)


@given(JSON)
def test_a_resource_is_normalised_once(body):
    before = deepcopy(body)
    made = whole(body)
    assert whole(made) == made
    assert body == before


@given(JSON)
def test_a_patch_is_normalised_once(body):
    before = deepcopy(body)
    made = patch(body, ENTRA)
    assert patch(made, ENTRA) == made
    assert body == before


def test_a_correct_resource_stays_as_it_is():
    assert whole(CORRECT) == CORRECT


def test_a_correct_patch_stays_as_it_is():
    operations = [
        {"op": "add", "path": "emails", "value": [{"value": "x@y.test", "type": "home"}]},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "z@y.test"},
        {"op": "replace", "path": MANAGER, "value": {"value": "m2"}},
        {"op": "remove", "path": "title"},
        {"op": "remove", "path": "members", "value": [{"value": "u1"}]},
        {"op": "replace", "value": {"displayName": "Babs", "name": {"familyName": "Jensen"}}},
    ]
    body = {"schemas": [PATCH_OP], "Operations": operations}
    assert patch(body, ENTRA) == body


@pytest.mark.parametrize(
    ("sent", "made"),
    [
        ({"userName": "u"}, {"schemas": [CORE], "userName": "u", "active": True}),
        ({"schemas": ["urn:x"], "userName": "u"}, {"schemas": [CORE, "urn:x"], "userName": "u", "active": True}),
        ({"schemas": [CORE.upper()], "ACTIVE": False}, {"schemas": [CORE.upper()], "ACTIVE": False}),
        ({"PassWord": "x", "title": None, "nickName": ""}, {"schemas": [CORE], "active": True}),
    ],
)
def test_resources(sent, made):
    assert whole(sent) == made


def test_what_is_not_tolerated_is_left_for_the_engine_to_refuse():
    strict = replace(ENTRA, manager_shapes=False, email_from_user_name=False, unquoted_filter_values=False)
    body = {"schemas": [CORE], "userName": "u@x", "active": True, ENTERPRISE: {"manager": "m1"}}
    assert whole(body, strict) == body
    operation = {"op": "replace", "path": MANAGER, "value": "m1"}
    assert patch({"schemas": [PATCH_OP], "Operations": [operation]}, strict)["Operations"] == [operation]
    assert filter_text("externalId eq abc", strict) == "externalId eq abc"


@pytest.mark.parametrize(
    ("operation", "made"),
    [
        ({"Op": " Replace ", "Path": "title", "VALUE": "x"}, [{"op": "replace", "path": "title", "value": "x"}]),
        ({"op": "add", "path": "title", "value": ""}, [{"op": "remove", "path": "title"}]),
        ({"op": "add", "path": MANAGER, "value": {"value": ""}}, [{"op": "remove", "path": MANAGER}]),
        ({"op": "add", "path": MANAGER, "value": []}, [{"op": "remove", "path": MANAGER}]),
        ({"op": "add", "path": "", "value": {"title": "x"}}, [{"op": "add", "value": {"title": "x"}}]),
        ({"op": "remove", "path": "title", "value": "x"}, [{"op": "remove", "path": "title"}]),
        ({"op": "replace", "path": "Password", "value": "x"}, [{"op": "replace", "value": {}}]),
        (
            {"op": "replace", "value": {"meta": {}, "title": None, "name": {"givenName": "", "familyName": "F"}}},
            [
                {"op": "replace", "value": {"name.familyName": "F"}},
                {"op": "remove", "path": "title"},
                {"op": "remove", "path": "name.givenName"},
            ],
        ),
        (
            {"op": "replace", "value": {ENTERPRISE: {"manager": ["m1"], "department": ""}}},
            [
                {"op": "replace", "value": {MANAGER: {"value": "m1"}}},
                {"op": "remove", "path": f"{ENTERPRISE}:department"},
            ],
        ),
    ],
)
def test_operations(operation, made):
    assert patch({"Operations": [operation]}, ENTRA) == {"schemas": [PATCH_OP], "Operations": made}


def test_a_single_operation_is_a_list_of_one():
    assert patch({"operations": {"op": "remove", "path": "title"}}, ENTRA)["Operations"] == [
        {"op": "remove", "path": "title"}
    ]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("externalId eq abc", 'externalId eq "abc"'),
        ("externalId EQ a-b and active eq true", 'externalId EQ "a-b" and active eq true'),
        ('title eq "x eq y"', 'title eq "x eq y"'),
        ("emails[type eq work].value eq a@x.test", 'emails[type eq "work"].value eq "a@x.test"'),
        ("title eq null or count gt 5", "title eq null or count gt 5"),
        ("userName eq trueman", 'userName eq "trueman"'),
        ('userName eq "a\\"b" and x eq y', 'userName eq "a\\"b" and x eq "y"'),
    ],
)
def test_bare_filter_values_are_text(text, made):
    assert filter_text(text, ENTRA) == made


@given(st.text(max_size=40))
def test_any_filter_text_is_normalised_once(text):
    made = filter_text(text, ENTRA)
    assert filter_text(made, ENTRA) == made
