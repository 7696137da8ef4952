"""Rows of a resource."""

from scim.mapping import ENTERPRISE
from scim.storage.index import Entry, entries


def test_single_values_lose_their_case_unless_it_counts():
    found = list(entries({"title": "Boss", "profileUrl": "https://X.test"}, {"profileurl"}))
    assert found == [Entry("title", text="boss"), Entry("profileurl", text="https://X.test")]


def test_complex_values_have_a_row_of_their_own():
    found = set(
        entries(
            {"name": {"givenName": "B"}, ENTERPRISE: {"manager": {"value": "M"}}},
            {f"{ENTERPRISE}:manager.value".lower()},
        )
    )
    urn = ENTERPRISE.lower()
    assert found == {
        Entry("name"),
        Entry("name.givenname", text="b"),
        Entry(f"{urn}:manager"),
        Entry(f"{urn}:manager.value", text="M"),
    }


def test_the_primary_entry_comes_first():
    """RFC 7644 §3.4.2.3: it is the one that a list is sorted by."""
    emails = [{"value": "a"}, {"value": "b", "primary": True}]
    assert list(entries({"emails": emails}, ())) == [
        Entry("emails", 0),
        Entry("emails.value", 0, text="b"),
        Entry("emails.primary", 0, number=1.0),
        Entry("emails", 1),
        Entry("emails.value", 1, text="a"),
    ]


def test_simple_multi_valued_attributes_have_a_row_an_item():
    assert list(entries({"schemas": ["urn:A", "urn:B"]}, ())) == [
        Entry("schemas", 0, text="urn:a"),
        Entry("schemas", 1, text="urn:b"),
    ]
