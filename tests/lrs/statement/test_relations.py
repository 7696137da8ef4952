"""xAPI 1.0.3 Communication §2.1.3: what each filter finds a Statement by."""

import pytest

from lrs.statement import keys
from lrs.statement.relations import Role, relations
from tests.lrs.statement.samples import ACTIVITY, AGENT, STATEMENT_REF, UUID, VERB, anonymous, sub_statement
from tests.lrs.statement.samples import statement as make

SECOND = {"mbox": "mailto:second@example.org"}
THIRD = {"account": {"homePage": "http://example.org", "name": "3"}}
OTHER = {"id": "http://example.org/other"}


def found(statement):
    return {(one.key, one.plain): one.roles for one in relations(statement)}


def agent(value):
    return keys.of_actor(value)


def activity(value):
    return keys.of_activity(value["id"])


def test_plain_statement():
    assert found(make(context={"registration": UUID})) == {
        (agent(AGENT), True): Role.ACTOR,
        (keys.of_verb(VERB["id"]), True): Role.VERB,
        (activity(ACTIVITY), True): Role.OBJECT,
        (keys.of_pair(VERB["id"], ACTIVITY["id"]), True): Role.PAIR,
        (keys.of_registration(UUID), True): Role.REGISTRATION,
    }


@pytest.mark.parametrize(
    ("members", "key", "plain", "roles"),
    [
        ({"actor": anonymous(SECOND)}, agent(SECOND), True, Role.ACTOR | Role.MEMBER),
        ({"actor": {**anonymous(SECOND), **THIRD}}, agent(THIRD), True, Role.ACTOR),
        ({"object": {"objectType": "Agent", **SECOND}}, agent(SECOND), True, Role.OBJECT),
        ({"object": anonymous(SECOND)}, agent(SECOND), True, Role.OBJECT | Role.MEMBER),
        ({"object": {"objectType": "Agent", **AGENT}}, agent(AGENT), True, Role.ACTOR | Role.OBJECT),
        ({"context": {"instructor": SECOND}}, agent(SECOND), False, Role.INSTRUCTOR),
        ({"context": {"team": anonymous(SECOND)}}, agent(SECOND), False, Role.TEAM | Role.MEMBER),
        ({"context": {"contextAgents": [{"agent": SECOND}]}}, agent(SECOND), False, Role.CONTEXT_AGENT),
        (
            {"context": {"contextGroups": [{"group": anonymous(SECOND)}]}},
            agent(SECOND),
            False,
            Role.CONTEXT_GROUP | Role.MEMBER,
        ),
        ({"context": {"contextActivities": {"parent": OTHER}}}, activity(OTHER), False, Role.PARENT),
        (
            {"context": {"contextActivities": {"category": [OTHER], "grouping": [OTHER], "other": OTHER}}},
            activity(OTHER),
            False,
            Role.CATEGORY | Role.GROUPING | Role.OTHER,
        ),
    ],
)
def test_each_role(members, key, plain, roles):
    assert found(make(**members))[key, plain] == roles


def test_actor_who_also_instructs_is_found_both_ways():
    rows = found(make(context={"instructor": AGENT}))
    assert rows[agent(AGENT), True] == Role.ACTOR
    assert rows[agent(AGENT), False] == Role.INSTRUCTOR


def test_a_sub_statement_is_found_by_related_filters_only():
    statement = sub_statement(
        actor=SECOND,
        object=OTHER,
        verb={"id": "a:verb"},
        context={"registration": UUID, "instructor": THIRD, "contextActivities": {"parent": [ACTIVITY]}},
    )
    assert found(statement) == {
        (agent(AGENT), True): Role.ACTOR,
        (keys.of_verb(VERB["id"]), True): Role.VERB,
        (agent(SECOND), False): Role.SUB_STATEMENT | Role.ACTOR,
        (activity(OTHER), False): Role.SUB_STATEMENT | Role.OBJECT,
        (agent(THIRD), False): Role.SUB_STATEMENT | Role.INSTRUCTOR,
        (activity(ACTIVITY), False): Role.SUB_STATEMENT | Role.PARENT,
    }


def test_an_agent_as_object_of_a_sub_statement():
    assert found(sub_statement(object={"objectType": "Agent", **SECOND}))[agent(SECOND), False] == (
        Role.SUB_STATEMENT | Role.OBJECT
    )


@pytest.mark.parametrize("target", [STATEMENT_REF, anonymous()])
def test_a_reference_and_an_empty_group_have_no_key(target):
    assert set(found(make(object=target))) == {(agent(AGENT), True), (keys.of_verb(VERB["id"]), True)}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (AGENT, {"objectType": "Group", "name": "x", **AGENT}, True),
        ({"mbox": "mailto:a@B"}, {"mbox": "mailto:a@b"}, True),
        ({"mbox": "mailto:A@b"}, {"mbox": "mailto:a@b"}, False),
        ({"mbox_sha1sum": "A" * 40}, {"mbox_sha1sum": "a" * 40}, True),
        ({"openid": "http://A"}, {"openid": "http://a"}, False),
        (THIRD, {"account": {"name": "3", "homePage": "http://example.org"}}, True),
        ({"account": {"homePage": "a:b", "name": "c"}}, {"account": {"homePage": "a:b:c", "name": ""}}, False),
    ],
)
def test_key_of_an_actor_data_2_4_2_3(one, other, same):
    assert (keys.of_actor(one) == keys.of_actor(other)) is same


def test_keys_are_uuids_and_kinds_do_not_meet():
    values = [keys.of_activity("a:b"), keys.of_verb("a:b"), keys.key("agent", "a:b"), keys.of_registration(UUID)]
    assert len(set(values)) == len(values)
    assert all(len(value) == 32 and int(value, 16) >= 0 for value in values)
    assert keys.of_registration(UUID.upper()) == keys.of_registration(UUID)
    assert keys.of_uuid(UUID.upper()) == UUID.replace("-", "")
