"""Which attribute is which field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.mapping import (
    ENTERPRISE,
    MINIMAL,
    STANDARD,
    Mode,
    Row,
    UnfitMapping,
    account,
    attribute_of,
    effective,
    put,
    rows_of,
    texts,
    trimmed,
)
from scim.models import LmsUser

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def test_every_mapped_field_is_a_column():
    columns = {field.name for field in LmsUser._meta.get_fields()}
    assert set(account({})) <= columns


def test_what_is_not_stated_is_empty():
    assert set(account({}).values()) == {""}
    assert set(
        account({"name": "text", "emails": "text", ENTERPRISE: [], "title": 5, "phoneNumbers": ["x"]}).values()
    ) == {""}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"a": "", "b": None, "c": [], "d": {}, "e": False, "f": 0}, {"e": False, "f": 0}),
        ({"a": [{"b": ""}, {"c": "d"}], "e": {"f": {"g": None}}}, {"a": [{"c": "d"}]}),
    ],
)
def test_unassigned_values_are_trimmed(value, kept):
    assert trimmed(value) == kept


@given(JSON)
def test_trimming_once_is_enough(value):
    assert trimmed(trimmed(value)) == trimmed(value)


def test_texts_are_found_at_any_depth():
    assert sorted(texts({"a": "1", "b": [{"c": "2"}, "3"], "d": 4})) == ["1", "2", "3"]


def test_names_for_messages_and_for_schemas():
    assert (attribute_of("email"), attribute_of("employee_id")) == ("emails", "employeeNumber")
    kept = {row.path for row in effective(STANDARD, {"division": "x", "email": "y", "user_name": "z"})}
    assert {row.path for row in STANDARD} - kept == {f"{ENTERPRISE}:division"}


@pytest.mark.parametrize("rows", [STANDARD, MINIMAL])
def test_rows_are_stored_and_read_back(rows):
    assert rows_of([row.as_json() for row in rows]) == rows
    assert rows_of([]) == STANDARD


@pytest.mark.parametrize(
    "rows",
    [
        (*MINIMAL, Row("title"), Row("title")),
        (*MINIMAL, Row("title", "given_name")),
        (*MINIMAL, Row("fooBar")),
        (*MINIMAL, Row("title", "password")),
        (*MINIMAL, Row("title", "manager")),
        (Row("userName", "user_name"),),
        (Row("active"),),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(rows):
    with pytest.raises(UnfitMapping):
        rows_of([row.as_json() for row in rows])


def test_initial_values_are_not_changed_and_the_lmss_never_written():
    rows = (Row("title", "job_title", Mode.INITIAL), Row("displayName", "display_name", Mode.LMS))
    resource = {"title": "t", "displayName": "d"}
    assert account(resource, rows) == {"job_title": "t"}
    assert account(resource, rows, creating=False) == {}


def test_a_value_is_put_where_its_path_leads():
    resource = {"name": {"givenName": "g"}}
    put(resource, "name.familyName", "f")
    put(resource, "name.givenName", "")
    put(resource, f"{ENTERPRISE}:department", "d")
    assert resource == {"name": {"familyName": "f"}, ENTERPRISE: {"department": "d"}}
