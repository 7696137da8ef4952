"""Many descriptions become one (xAPI 1.0.3 Data §2.4.4.1)."""

import pytest

from lrs.statement import keys
from lrs.statement.descriptions import merged, told
from tests.lrs.statement.samples import ACTIVITY, AGENT, anonymous, statement, sub_statement

CHOICE = {"interactionType": "choice", "correctResponsesPattern": ["a"], "choices": [{"id": "a"}]}


@pytest.mark.parametrize(
    ("contents", "result"),
    [
        ([], {}),
        ([{"name": {"en": "a", "de": "b"}}, {"name": {"en": "c"}}], {"name": {"en": "c", "de": "b"}}),
        ([{"type": "a:1", "moreInfo": "a:m"}, {"type": "a:2"}], {"type": "a:2", "moreInfo": "a:m"}),
        (
            [{"extensions": {"a:1": 1, "a:2": 2}}, {"extensions": {"a:1": None}}],
            {"extensions": {"a:1": None, "a:2": 2}},
        ),
        ([CHOICE, CHOICE | {"correctResponsesPattern": ["b"]}], CHOICE),
        ([CHOICE, {"interactionType": "likert", "scale": []}], CHOICE),
        ([{"interactionType": "choice"}, CHOICE], CHOICE),
        ([{"name": {"en": "a"}}, CHOICE], CHOICE | {"name": {"en": "a"}}),
        ([{"name": "Ann"}, {"name": "Anna"}], {"name": "Anna"}),
    ],
)
def test_merged(contents, result):
    assert merged(contents) == result


def test_what_is_told_in_every_place():
    agents = [{"mbox": f"mailto:{n}@example.org", "name": str(n)} for n in range(6)]
    inner = {
        "actor": anonymous(agents[0]),
        "object": {"objectType": "Agent", **agents[1]},
        "context": {
            "instructor": agents[2],
            "team": {"objectType": "Group", **agents[3], "member": [agents[4]]},
            "contextActivities": {"parent": {"id": "a:p", "definition": {"type": "a:t"}}},
        },
        "verb": {"id": "a:v", "display": {"en": "did"}},
    }
    found = told(sub_statement(**inner) | {"actor": agents[5]})
    assert {one.key for one in found} == {
        *map(keys.of_actor, agents),
        keys.of_verb("a:v"),
        keys.of_activity("a:p"),
    }
    assert ('{"mbox":"mailto:5@example.org"}', '{"name":"5"}') in {(one.identifier, one.content) for one in found}


def test_nothing_is_told_by_ids_alone():
    assert told(statement(actor=anonymous(AGENT), object=ACTIVITY | {"definition": {}})) == set()
