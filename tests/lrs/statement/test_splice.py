import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.statement.splice import completed, kept_text, members
from lrs.statement.types import Version
from tests.lrs.statement.samples import ACTIVITY, AGENT, UUID, VERB, sub_statement
from tests.lrs.statement.samples import statement as make

CORE = f'"actor": {json.dumps(AGENT)} ,"verb":{json.dumps(VERB)},\n\t"object" : {json.dumps(ACTIVITY)}'


def kept(text: str) -> str:
    return kept_text(text, json.loads(text), Version.V1)


@pytest.mark.parametrize(
    "text",
    [
        f"{{{CORE}}}",
        f'{{ {CORE} , "id":"{UUID}" }}',
        f'{{{CORE},"timestamp":"2020-01-01T00:00:00.1234567890123Z"}}',
        f'{{{CORE},"timestamp":"2020-01-01T00:00:00+00:00"}}',
        f'{{{CORE},"result":{{"score":{{"raw":1.000000000000000000001,"max":1E+2}},"response":"\\u00e4\\/ä"}}}}',
        f'{{{CORE},"context":{{"contextActivities":{{"parent":[{json.dumps(ACTIVITY)}]}}}}}}',
    ],
)
def test_kept_to_the_byte(text):
    assert kept(text) == text


@pytest.mark.parametrize("names", [["stored"], ["authority"], ["stored", "authority"]])
@pytest.mark.parametrize("place", ["first", "last", "around"])
def test_what_the_lrs_owns_is_cut_out(names, place):
    owned = {"stored": '"2020-01-01T00:00:00Z"', "authority": json.dumps({**AGENT, "name": 'a "stored": "x", }'})}
    sent = [f'"{name}" : {owned[name]}' for name in names]
    parts = {"first": [*sent, CORE], "last": [CORE, *sent], "around": [sent[0], CORE, sent[-1]]}[place]
    if place == "around" and len(names) == 1:
        parts = [CORE, *sent]
    text = "{ " + " , ".join(parts) + " }"
    assert json.loads(kept(text)) == make()
    assert json.dumps(AGENT) in kept(text)
    assert "2020" not in kept(text)


def test_a_single_context_activity_gets_its_brackets_data_2_4_6_2():
    activity = '{ "id":"http:\\/\\/a" }'
    activities = f'{{"parent": {activity},"other":[{activity}],"category":{activity} }}'
    text = f'{{{CORE},"context":{{"contextActivities":{activities}}}}}'
    assert kept(text) == text.replace(f'"parent": {activity}', f'"parent": [{activity}]').replace(
        f'"category":{activity}', f'"category":[{activity}]'
    )


@pytest.mark.parametrize(("sent", "moved"), [("2020-01-01T02:00:00.10+02:00", "2020-01-01T00:00:00.10Z")])
def test_a_timestamp_moves_to_utc_data_4_5(sent, moved):
    text = f'{{"timestamp" : "{sent}",{CORE}}}'
    assert kept(text) == text.replace(sent, moved)


def test_both_in_a_sub_statement():
    sent = sub_statement(timestamp="2020-01-01T02:00:00+02:00", context={"contextActivities": {"parent": ACTIVITY}})
    text = json.dumps({**sent, "timestamp": "2020-01-01T03:00:00+01:00", "stored": "2020-01-01T00:00:00Z"})
    result = json.loads(kept(text))
    assert result["timestamp"] == "2020-01-01T02:00:00Z"
    assert result["object"]["timestamp"] == "2020-01-01T00:00:00Z"
    assert result["object"]["context"]["contextActivities"]["parent"] == [ACTIVITY]
    assert "stored" not in result


@pytest.mark.parametrize("name", ["stored", "timestamp"])
def test_an_escaped_name_is_the_same_name(name):
    escaped = "".join(f"\\u{ord(sign):04x}" for sign in name)
    text = f'{{{CORE},"{escaped}":"2020-01-01T02:00:00+02:00"}}'
    assert json.loads(kept(text)).get(name) == {"stored": None, "timestamp": "2020-01-01T00:00:00Z"}[name]


def test_completed_puts_members_in_front():
    assert completed(b'{ "a":1}', {"id": b'"x"', "stored": b'"y"'}) == b'{"id":"x","stored":"y", "a":1}'


@given(
    st.dictionaries(st.text(), st.recursive(st.none() | st.floats(allow_nan=False) | st.text(), st.lists), max_size=5),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
def test_members_have_the_spans_of_their_text(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = list(members(text))
    assert [member.name for member in found] == list(value)
    for member in found:
        assert json.loads(text[member.value : member.end]) == value[member.name]
        assert json.loads("{" + text[member.start : member.end] + "}") == {member.name: value[member.name]}
