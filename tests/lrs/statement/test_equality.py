"""xAPI 1.0.3 Data §2.3.1: what may differ between two Statements that are the same."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.statement.equality import digest, equal, same_moment
from tests.lrs.statement.samples import (
    ACTIVITY,
    AGENT,
    ATTACHMENT,
    PARTS,
    STATEMENT_REF,
    UUID,
    VERB,
    anonymous,
    sub_statement,
)
from tests.lrs.statement.samples import statement as make

OTHER = {"mbox": "mailto:other@example.org"}
SHA1 = "abcdef" + "0" * 34
FIRST, SECOND = ({**ATTACHMENT, "sha2": sign * 64} for sign in "ab")

SAME = {
    "verb display": ({"verb": VERB}, {"verb": {**VERB, "display": {"en": "did"}}}),
    "activity definition": ({}, {"object": {**ACTIVITY, "definition": {"name": {"en": "x"}}}}),
    "objectType of actor": ({}, {"actor": {"objectType": "Agent", **AGENT}}),
    "objectType of object": ({}, {"object": {"objectType": "Activity", **ACTIVITY}}),
    "mail domain": ({"actor": {"mbox": "mailto:a@B.ORG"}}, {"actor": {"mbox": "mailto:a@b.org"}}),
    "hexadecimal": ({"actor": {"mbox_sha1sum": SHA1}}, {"actor": {"mbox_sha1sum": SHA1.upper()}}),
    "order of members": ({"actor": anonymous(AGENT, OTHER)}, {"actor": anonymous(OTHER, AGENT)}),
    "objectType of members": ({"actor": anonymous(AGENT)}, {"actor": anonymous({"objectType": "Agent", **AGENT})}),
    "registration": ({"context": {"registration": UUID}}, {"context": {"registration": UUID.upper()}}),
    "single context activity": (
        {"context": {"contextActivities": {"parent": ACTIVITY}}},
        {"context": {"contextActivities": {"parent": [ACTIVITY]}}},
    ),
    "context activity definition": (
        {"context": {"contextActivities": {"parent": [ACTIVITY]}}},
        {"context": {"contextActivities": {"parent": [{**ACTIVITY, "objectType": "Activity", "definition": {}}]}}},
    ),
    "reference": ({"object": STATEMENT_REF}, {"object": {**STATEMENT_REF, "id": UUID.upper()}}),
    "context reference": (
        {"context": {"statement": STATEMENT_REF}},
        {"context": {"statement": {**STATEMENT_REF, "id": UUID.upper()}}},
    ),
    "duration": ({"result": {"duration": "PT1.23S"}}, {"result": {"duration": "PT1.2399S"}}),
    "number": ({"result": {"score": {"raw": 1}}}, {"result": {"score": {"raw": 1.0}}}),
    "number in extensions": (
        {"result": {"extensions": {"a:b": [{"c": 100}]}}},
        {"result": {"extensions": {"a:b": [{"c": 1e2}]}}},
    ),
    "order of attachments": ({"attachments": [FIRST, SECOND]}, {"attachments": [SECOND, FIRST]}),
    "case of a hash": ({"attachments": [FIRST]}, {"attachments": [{**FIRST, "sha2": "A" * 64}]}),
    "context agents": (
        {"context": {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT}]}},
        {"context": {"contextAgents": [{"objectType": "contextAgent", "agent": {"objectType": "Agent", **AGENT}}]}},
    ),
}
DIFFERENT = {
    "verb": ({}, {"verb": {"id": "http://example.org/verbs/Did"}}),
    "activity": ({}, {"object": {"id": "http://example.org/activity/"}}),
    "name of an Agent": ({}, {"actor": {**AGENT, "name": "L"}}),
    "local part of a mail": ({"actor": {"mbox": "mailto:A@b"}}, {"actor": {"mbox": "mailto:a@b"}}),
    "Agent and Group": ({}, {"actor": {"objectType": "Group", **AGENT}}),
    "response": ({"result": {"response": "a"}}, {"result": {"response": "A"}}),
    "absent and empty": ({}, {"result": {}}),
    "true and 1": ({"result": {"extensions": {"a:b": True}}}, {"result": {"extensions": {"a:b": 1}}}),
    "text and number": ({"result": {"extensions": {"a:b": "1"}}}, {"result": {"extensions": {"a:b": 1}}}),
    "order of context activities": (
        {"context": {"contextActivities": {"other": [{"id": "a:a"}, {"id": "a:b"}]}}},
        {"context": {"contextActivities": {"other": [{"id": "a:b"}, {"id": "a:a"}]}}},
    ),
    "duration": ({"result": {"duration": "PT60S"}}, {"result": {"duration": "PT1M"}}),
    "attachment title": ({"attachments": [FIRST]}, {"attachments": [{**FIRST, "display": {}}]}),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("case", SAME)
def test_same(case, part):
    one, other = (PARTS[part][1](**members) for members in SAME[case])
    assert digest(one) == digest(other)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("case", DIFFERENT)
def test_different(case, part):
    one, other = (PARTS[part][1](**members) for members in DIFFERENT[case])
    assert digest(one) != digest(other)


def test_what_the_lrs_owns_does_not_count():
    owned = {"id": UUID, "stored": "2020-01-01T00:00:00Z", "authority": AGENT, "version": "1.0.0"}
    assert digest(make(**owned)) == digest(make())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (None, None, True),
        (None, "2020-01-01T00:00:00Z", False),
        ("2020-01-01T00:00:00Z", "2020-01-01T02:00:00.0009+02:00", True),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.001Z", False),
        ("1970-01-01T00:00:00Z", None, False),
    ],
)
def test_time_counts_to_the_millisecond(one, other, same):
    values = [make() if text is None else make(timestamp=text) for text in (one, other)]
    assert equal(*values) is same
    assert digest(values[0]) == digest(values[1])


def test_time_of_a_sub_statement_is_part_of_it():
    one, other, third = (
        sub_statement(timestamp=text)
        for text in ("2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2020-01-01T00:00:01Z")
    )
    assert digest(one) == digest(other) != digest(third)


MOMENTS = st.none() | st.integers(-(10**16), 10**16)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_same_moment_is_an_equivalence(one, other, third):
    assert same_moment(one, one)
    assert same_moment(one, other) == same_moment(other, one)
    if same_moment(one, other) and same_moment(other, third):
        assert same_moment(one, third)


@given(st.permutations(["actor", "verb", "object", "result", "context"]))
def test_order_of_keys_does_not_count(names):
    whole = make(result={"success": True, "score": {"raw": 1, "min": 0}}, context={"platform": "x", "language": "en"})
    assert digest({name: whole[name] for name in names}) == digest(whole)


def test_the_statement_is_left_as_it_was():
    whole = sub_statement(actor=anonymous(OTHER, AGENT), context={"contextActivities": {"parent": ACTIVITY}})
    before = deepcopy(whole)
    digest(whole)
    assert json.dumps(whole) == json.dumps(before)
