"""Each requirement, at every depth and in both versions; the id names its section of xAPI 1.0.3 Data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.statement.rules import first_repeated_id, statement
from lrs.statement.types import Version
from lrs.statement.voiding import VOIDED
from tests.lrs.statement.samples import (
    ACTIVITY,
    ACTIVITY_PLACES,
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

NOT_A_STRING = (1, None, True, {}, [])


def lines(value: Any, version: Version = Version.V1) -> list[str]:
    return [str(problem) for problem in statement(value, version)]


def definition(**members: Any) -> dict[str, Any]:
    return {"object": {**ACTIVITY, "definition": members}}


def component_list(*components: Any) -> dict[str, Any]:
    return definition(interactionType="choice", choices=list(components))


def result(**members: Any) -> dict[str, Any]:
    return {"result": members}


def score(**members: Any) -> dict[str, Any]:
    return {"result": {"score": members}}


def context(**members: Any) -> dict[str, Any]:
    return {"context": members}


def activities(**members: Any) -> dict[str, Any]:
    return {"context": {"contextActivities": members}}


def attachments(*members: Any) -> dict[str, Any]:
    return {"attachments": list(members)}


def attachment(**members: Any) -> dict[str, Any]:
    return attachments({**ATTACHMENT, **members})


GOOD: dict[str, dict[str, Any]] = {
    "2.2 nothing optional": {},
    "2.2 empty objects": {
        "result": {},
        "context": {"contextActivities": {}, "extensions": {}},
        "verb": {**VERB, "display": {}},
    },
    "2.4.3 display": {"verb": {**VERB, "display": {"en-US": "did", "fi": ""}}},
    "2.3.2 voided with StatementRef": {"verb": {"id": VOIDED}, "object": STATEMENT_REF},
    "2.4.4.1 Activity named": {"object": {"objectType": "Activity", **ACTIVITY}},
    "2.4.4.1 empty definition": definition(),
    "2.4.4.1 definition": definition(
        name={"en": "n"}, description={"en": "d"}, type="http://a", moreInfo="http://b", extensions={"http://c": None}
    ),
    "2.4.4.1 interaction of each kind": definition(
        interactionType="matching", source=[{"id": "a"}], target=[{"id": "a", "description": {"en": ""}}]
    ),
    "2.4.4.1 list of another type": definition(interactionType="true-false", choices=[{"id": "a"}]),
    "2.4.4.1 correctResponsesPattern": definition(interactionType="choice", correctResponsesPattern=[]),
    "2.4.4.3 StatementRef": {"object": STATEMENT_REF},
    "2.4.5 result": result(success=True, completion=False, response="", duration="PT1.234S", extensions={"a:b": []}),
    "2.4.5.1 score": score(scaled=-1, raw=0, min=0, max=0.5),
    "2.4.5.1 scaled": score(scaled=1.0),
    "2.4.5.1 raw alone": score(raw=-1e30),
    "2.4.6 context": context(
        registration=UUID.upper(), language="en-GB", statement=STATEMENT_REF, revision="1", platform=""
    ),
    "2.4.6.2 contextActivities": activities(
        parent=ACTIVITY, grouping=[], category=[ACTIVITY, ACTIVITY], other=[ACTIVITY]
    ),
    "2.4.7 timestamp in the future": {"timestamp": "2999-01-01T00:00:00Z"},
    "2.4.11 attachment": attachment(description={"en": "d"}, length=0),
    "2.4.11 attachment without fileUrl": attachments({k: v for k, v in ATTACHMENT.items() if k != "fileUrl"}),
}
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "2.2 unknown property": ({"extra": 1}, "extra: unknown property"),
    "2.2 wrong case": ({"Result": {}}, "Result: unknown property"),
    "2.2 actor null": ({"actor": None}, "actor: must be an object, not null"),
    "2.2 result null": ({"result": None}, "result: must be an object, not null"),
    "2.2 context a list": ({"context": []}, "context: must be an object, not an array"),
    "2.2 attachments an object": ({"attachments": {}}, "attachments: must be an array, not an object"),
    "2.4.3 verb a string": ({"verb": "did"}, "verb: must be an object, not a string"),
    "2.4.3 verb without id": ({"verb": {}}, "verb.id: missing"),
    "2.4.3 verb id": ({"verb": {"id": "did"}}, "verb.id: not an IRI"),
    "2.4.3 verb extra": ({"verb": {**VERB, "name": "x"}}, "verb.name: unknown property"),
    "2.4.3 display a string": ({"verb": {**VERB, "display": "did"}}, "verb.display: must be an object"),
    "4.2 language": ({"verb": {**VERB, "display": {"a_b": "x"}}}, "verb.display.a_b: not a language tag"),
    "4.2 value": ({"verb": {**VERB, "display": {"en": None}}}, "verb.display.en: must be a string, not null"),
    "2.3.2 voided with Activity": ({"verb": {"id": VOIDED}}, "object: must be a StatementRef"),
    "2.3.2 voided with Agent": (
        {"verb": {"id": VOIDED}, "object": {"objectType": "Agent", **AGENT}},
        "object: must be a StatementRef",
    ),
    "2.4.4 objectType unknown": ({"object": {"objectType": "activity", **ACTIVITY}}, "object.objectType: must be"),
    "2.4.4 objectType a number": ({"object": {"objectType": 1, **ACTIVITY}}, "object.objectType: must be"),
    "2.4.4 object a list": ({"object": [ACTIVITY]}, "object: must be an object, not an array"),
    "2.4.4.2 Agent without objectType": ({"object": AGENT}, "object.mbox: unknown property"),
    "2.4.4.1 definition null": ({"object": {**ACTIVITY, "definition": None}}, "object.definition: must be an object"),
    "2.4.4.1 name a string": (definition(name="x"), "object.definition.name: must be an object"),
    "2.4.4.1 description language": (
        definition(description={"-": "x"}),
        'object.definition.description["-"]: not a lang',
    ),
    "2.4.4.1 type": (definition(type="quiz"), "object.definition.type: not an IRI"),
    "2.4.4.1 moreInfo": (definition(moreInfo="quiz"), "object.definition.moreInfo: not an IRL"),
    "2.4.4.1 extensions key": (definition(extensions={"x": 1}), "object.definition.extensions.x: an extension's key"),
    "2.4.4.1 extra": (definition(title="x"), "object.definition.title: unknown property"),
    "2.4.4.1 interactionType": (definition(interactionType="Choice"), "object.definition.interactionType: must be"),
    "2.4.4.1 interactionType null": (definition(interactionType=None), "object.definition.interactionType: must be"),
    "2.4.4.1 no interactionType": (
        definition(correctResponsesPattern=["a"]),
        "object.definition.interactionType: missing",
    ),
    "2.4.4.1 pattern a string": (
        definition(interactionType="choice", correctResponsesPattern="a"),
        "object.definition.correctResponsesPattern: must be an array",
    ),
    "2.4.4.1 pattern of numbers": (
        definition(interactionType="choice", correctResponsesPattern=[1]),
        "object.definition.correctResponsesPattern[0]: must be a string",
    ),
    "2.4.4.1 component without id": (component_list({}), "object.definition.choices[0].id: missing"),
    "2.4.4.1 component id a number": (component_list({"id": 1}), "object.definition.choices[0].id: must be a string"),
    "2.4.4.1 component twice": (
        component_list({"id": "a"}, {"id": "a"}),
        "object.definition.choices[1].id: stands twice",
    ),
    "2.4.4.1 component extra": (
        component_list({"id": "a", "x": 1}),
        "object.definition.choices[0].x: unknown property",
    ),
    "2.4.4.1 component description": (
        component_list({"id": "a", "description": "x"}),
        "object.definition.choices[0].description: must be an object",
    ),
    "2.4.4.3 StatementRef without id": ({"object": {"objectType": "StatementRef"}}, "object.id: missing"),
    "2.4.4.3 StatementRef id": ({"object": {**STATEMENT_REF, "id": "x"}}, "object.id: not a UUID"),
    "2.4.4.3 StatementRef extra": (
        {"object": {**STATEMENT_REF, "definition": {}}},
        "object.definition: unknown property",
    ),
    "2.4.5 success a string": (result(success="true"), "result.success: must be true or false, not a string"),
    "2.4.5 completion a number": (result(completion=1), "result.completion: must be true or false, not a number"),
    "2.4.5 response a number": (result(response=1), "result.response: must be a string"),
    "2.4.5 duration": (result(duration="1 hour"), "result.duration: not an ISO 8601 duration"),
    "2.4.5 extensions": (result(extensions={"x": 1}), "result.extensions.x: an extension's key"),
    "2.4.5 extra": (result(points=1), "result.points: unknown property"),
    "2.4.5.1 score a number": (result(score=1), "result.score: must be an object"),
    "2.4.5.1 scaled over 1": (score(scaled=1.001), "result.score.scaled: must lie between"),
    "2.4.5.1 scaled under -1": (score(scaled=-2), "result.score.scaled: must lie between"),
    "2.4.5.1 scaled a string": (score(scaled="0.5"), "result.score.scaled: must be a number, not a string"),
    "2.4.5.1 true is no number": (score(raw=True), "result.score.raw: must be a number, not a boolean"),
    "2.4.5.1 min equals max": (score(min=1, max=1), "result.score.min: must be less than max"),
    "2.4.5.1 raw under min": (score(raw=0, min=1), "result.score.raw: must lie between"),
    "2.4.5.1 raw over max": (score(raw=2, max=1), "result.score.raw: must lie between"),
    "2.4.5.1 extra": (score(average=1), "result.score.average: unknown property"),
    "2.4.6 registration": (context(registration="x"), "context.registration: not a UUID"),
    "2.4.6 instructor": (context(instructor={}), "context.instructor: exactly one of"),
    "2.4.6 team an Agent": (context(team=AGENT), "context.team.objectType: missing"),
    "2.4.6 team objectType Agent": (
        context(team={"objectType": "Agent", **AGENT}),
        'context.team.objectType: must be "Group"',
    ),
    "2.4.6 language": (context(language="en_US"), "context.language: not a language tag"),
    "2.4.6 revision": (context(revision=1), "context.revision: must be a string"),
    "2.4.6 revision without Activity": (
        {"object": STATEMENT_REF, **context(revision="1")},
        "context.revision: only allowed when the object is an Activity",
    ),
    "2.4.6 platform with Agent": (
        {"object": {"objectType": "Agent", **AGENT}, **context(platform="x")},
        "context.platform: only allowed when the object is an Activity",
    ),
    "2.4.6 statement": (context(statement={"id": UUID}), "context.statement.objectType: missing"),
    "2.4.6 statement a SubStatement": (
        context(statement={"objectType": "SubStatement", **make()}),
        "context.statement.objectType: must be",
    ),
    "2.4.6 extra": (context(room="A"), "context.room: unknown property"),
    "2.4.6 extensions": (context(extensions={"": 1}), 'context.extensions[""]: an extension\'s key'),
    "2.4.6.2 key": (activities(parents=[ACTIVITY]), "context.contextActivities.parents: unknown property"),
    "2.4.6.2 value": (activities(parent="http://a"), "context.contextActivities.parent: must be an object"),
    "2.4.6.2 an Agent": (activities(other=[AGENT]), "context.contextActivities.other[0].mbox: unknown property"),
    "2.4.7 timestamp": ({"timestamp": "yesterday"}, "timestamp: not an"),
    "2.4.11 usageType": (attachment(usageType="proof"), "attachments[0].usageType: not an IRI"),
    "2.4.11 display": (attachment(display="x"), "attachments[0].display: must be an object"),
    "2.4.11 contentType": (attachment(contentType="text"), "attachments[0].contentType: not a media type"),
    "2.4.11 length negative": (attachment(length=-1), "attachments[0].length: must not be negative"),
    "2.4.11 length a fraction": (attachment(length=1.5), "attachments[0].length: must be a whole number"),
    "2.4.11 length a string": (attachment(length="3"), "attachments[0].length: must be a whole number, not a string"),
    "2.4.11 sha2": (attachment(sha2="a" * 40), "attachments[0].sha2: not a SHA-2"),
    "2.4.11 fileUrl": (attachment(fileUrl="file"), "attachments[0].fileUrl: not an IRL"),
    "2.4.11 missing": (attachments({}), "attachments[0].usageType: missing"),
    "2.4.11 extra": (attachment(name="x"), "attachments[0].name: unknown property"),
}


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("case", GOOD)
def test_accepts(case, part, version):
    assert lines(PARTS[part][1](**GOOD[case]), version) == []


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("case", BAD)
def test_refuses(case, part, version):
    members, problem = BAD[case]
    prefix, put = PARTS[part]
    [first, *_] = lines(put(**members), version)
    assert first.startswith(prefix + problem)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_required_data_2_4(name, part, version):
    value = PARTS[part][1]()
    target = value if part == "statement" else value["object"]
    del target[name]
    assert lines(value, version) == [f"{PARTS[part][0]}{name}: missing"]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("place", ACTIVITY_PLACES)
@pytest.mark.parametrize(
    ("activity", "problem"),
    [
        ({}, ".id: missing"),
        ({"id": "a"}, ".id: not an IRI"),
        ({"id": None}, ".id: must be a string, not null"),
        ({**ACTIVITY, "name": "x"}, ".name: unknown property"),
        ({**ACTIVITY, "definition": {"name": []}}, ".definition.name: must be an object, not an array"),
    ],
)
def test_activity_data_2_4_4_1(activity, problem, place, part, version):
    path, put = ACTIVITY_PLACES[place]
    assert lines(PARTS[part][1](**put(activity)), version)[0].startswith(PARTS[part][0] + path + problem)


@pytest.mark.parametrize(
    ("version", "value", "fine"),
    [
        (Version.V1, "1.0", True),
        (Version.V1, "1.0.0", True),
        (Version.V1, "1.0.99", True),
        (Version.V1, "2.0.0", False),
        (Version.V2, "1.0.3", True),
        (Version.V2, "2.0", True),
        (Version.V2, "2.0.5", True),
        *[
            (version, bad, False)
            for version in Version
            for bad in ("1.1.0", "0.9.9", "1", "1.0.", "", " 1.0.0", "2.1.0")
        ],
        *[(version, bad, False) for version in Version for bad in NOT_A_STRING],
    ],
)
def test_version_data_2_4_10(version, value, fine):
    assert (lines(make(version=value), version) == []) is fine


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"id": "x"}, "id: not a UUID"),
        ({"id": UUID + "0"}, "id: not a UUID"),
        ({"id": 1}, "id: must be a string, not a number"),
        ({"stored": "now"}, "stored: not an"),
        ({"stored": None}, "stored: must be a string, not null"),
    ],
)
def test_id_and_stored_data_2_4(members, problem, version):
    assert lines(make(**members), version)[0].startswith(problem)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("name", ["id", "stored", "version", "authority"])
def test_sub_statement_lacks_what_the_lrs_owns_data_2_4_4_3(name, version):
    whole = make(id=UUID, stored="2020-01-01T00:00:00Z", version="1.0.0", authority=AGENT)
    assert lines(whole, version) == []
    assert lines(sub_statement(**{name: whole[name]}), version) == [f"object.{name}: unknown property"]


@pytest.mark.parametrize("version", Version)
def test_no_sub_statement_in_another_data_2_4_4_3(version):
    inner = {"objectType": "SubStatement", **make()}
    assert lines(sub_statement(object=inner), version)[0].startswith("object.object.objectType: must be")


@pytest.mark.parametrize("version", Version)
def test_sub_statement_needs_its_object_type_data_2_4_4_3(version):
    assert lines(make(object=make()), version)


GROUP = anonymous(AGENT)
CONTEXT_2 = {
    "agents": ({"contextAgents": [{"objectType": "contextAgent", "agent": AGENT}]}, None),
    "agents with types": (
        {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["http://a"]}]},
        None,
    ),
    "no agents": ({"contextAgents": []}, None),
    "group": ({"contextGroups": [{"objectType": "contextGroup", "group": GROUP}]}, None),
    "agents an object": ({"contextAgents": {}}, "contextAgents: must be an array, not an object"),
    "agent without objectType": ({"contextAgents": [{"agent": AGENT}]}, "contextAgents[0].objectType: missing"),
    "agent of another objectType": (
        {"contextAgents": [{"objectType": "contextGroup", "agent": AGENT}]},
        'contextAgents[0].objectType: must be "contextAgent"',
    ),
    "agent missing": ({"contextAgents": [{"objectType": "contextAgent"}]}, "contextAgents[0].agent: missing"),
    "agent invalid": (
        {"contextAgents": [{"objectType": "contextAgent", "agent": {}}]},
        "contextAgents[0].agent: exactly one of",
    ),
    "agent a Group": (
        {"contextAgents": [{"objectType": "contextAgent", "agent": GROUP}]},
        "contextAgents[0].agent.objectType: must be",
    ),
    "types empty": (
        {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": []}]},
        "contextAgents[0].relevantTypes: must not be empty",
    ),
    "types no IRI": (
        {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["http://a", "a"]}]},
        "contextAgents[0].relevantTypes[1]: not an IRI",
    ),
    "member beside group": (
        {"contextGroups": [{"objectType": "contextGroup", "group": GROUP, "member": []}]},
        "contextGroups[0].member: unknown property",
    ),
    "group invalid": (
        {"contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group"}}]},
        "contextGroups[0].group.member: missing",
    ),
    "group an Agent": (
        {"contextGroups": [{"objectType": "contextGroup", "group": AGENT}]},
        "contextGroups[0].group.objectType: missing",
    ),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("case", CONTEXT_2)
def test_context_agents_and_groups_are_of_version_2(case, part):
    members, problem = CONTEXT_2[case]
    value = PARTS[part][1](context=members)
    [name] = members
    assert lines(value, Version.V1) == [f"{PARTS[part][0]}context.{name}: unknown property"]
    found = lines(value, Version.V2)
    assert not found if problem is None else found[0].startswith(f"{PARTS[part][0]}context.{problem}")


def test_names_every_problem_of_a_statement():
    assert lines({"actor": {}, "verb": {"id": 1}, "extra": 2}) == [
        "actor: exactly one of mbox or mbox_sha1sum or openid or account is needed, not 0",
        "verb.id: must be a string, not a number",
        "extra: unknown property",
        "object: missing",
    ]


@pytest.mark.parametrize("value", [None, 1, "x", [], True])
def test_a_statement_is_an_object(value):
    assert lines(value)[0].startswith("must be an object")


@pytest.mark.parametrize(
    ("ids", "repeated"),
    [([], None), ([UUID], None), ([None, None], None), ([UUID, None, UUID], 2), ([UUID, UUID.upper()], 1)],
)
def test_an_id_stands_once_in_a_batch_communication_2_1_2(ids, repeated):
    batch = [make() if name is None else make(id=name) for name in ids]
    found = [str(problem) for problem in first_repeated_id(batch)]
    assert found == ([] if repeated is None else [f"[{repeated}].id: stands twice in this batch"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "actor",
        "verb",
        "object",
        "result",
        "context",
        "attachments",
        "id",
        "objectType",
        "mbox",
        "account",
        "member",
        "definition",
        "choices",
        "score",
        "scaled",
        "min",
        "contextActivities",
        "parent",
        "contextAgents",
        "agent",
        "team",
        "timestamp",
        "duration",
        "extensions",
        "display",
        "interactionType",
    ]
)
SHAPED = st.recursive(
    JSON | st.sampled_from([AGENT, VERB, ACTIVITY, STATEMENT_REF, "Agent", "Group", "SubStatement", "http://a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


@given(SHAPED | st.builds(lambda members: make(**members), st.dictionaries(NAMES, SHAPED, max_size=4)))
def test_any_json_is_fine_or_refused_with_a_reason(value):
    for version in Version:
        for problem in statement(value, version):
            assert problem.reason
            assert len(problem.path) < 1000
