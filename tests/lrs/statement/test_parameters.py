"""xAPI 1.0.3 Communication §2.1.3."""

import json

import pytest

from lrs.statement import keys
from lrs.statement.parameters import BadParameter, ListQuery, OneQuery, Wanted, read_query
from lrs.statement.types import Version
from tests.lrs.statement.samples import AGENT, UUID, anonymous

VERB, ACTIVITY = "http://example.org/verb", "http://example.org/activity"


def read(version=Version.V1, **parameters):
    return read_query(parameters, version, json.loads)


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ({}, ListQuery()),
        ({"limit": "0"}, ListQuery()),
        ({"limit": "17", "ascending": "true"}, ListQuery(limit=17, ascending=True)),
        ({"limit": "9" * 64_000}, ListQuery()),
        ({"since": "1970-01-01T00:00:01Z", "until": "1970-01-01T02:00:00+02:00"}, ListQuery(since=1_000_000, until=0)),
        ({"format": "ids", "attachments": "false"}, ListQuery(format="ids")),
        ({"verb": VERB}, ListQuery((Wanted(keys.of_verb(VERB)),))),
        ({"activity": ACTIVITY}, ListQuery((Wanted(keys.of_activity(ACTIVITY)),))),
        (
            {"activity": ACTIVITY, "related_activities": "true"},
            ListQuery((Wanted(keys.of_activity(ACTIVITY), related=True),)),
        ),
        ({"verb": VERB, "activity": ACTIVITY}, ListQuery((Wanted(keys.of_pair(VERB, ACTIVITY)),))),
        (
            {"verb": VERB, "activity": ACTIVITY, "related_activities": "true"},
            ListQuery((Wanted(keys.of_activity(ACTIVITY), related=True), Wanted(keys.of_verb(VERB)))),
        ),
        (
            {"agent": json.dumps(AGENT), "related_agents": "true", "registration": UUID},
            ListQuery((Wanted(keys.of_registration(UUID)), Wanted(keys.of_actor(AGENT), related=True))),
        ),
        ({"agent": json.dumps({**anonymous(AGENT), **AGENT})}, ListQuery((Wanted(keys.of_actor(AGENT)),))),
        ({"related_agents": "true", "related_activities": "false"}, ListQuery()),
        ({"statementId": UUID}, OneQuery(UUID, voided=False)),
        ({"voidedStatementId": UUID, "format": "ids"}, OneQuery(UUID, voided=True, format="ids")),
    ],
)
def test_reads(parameters, query):
    assert read(**parameters) == query


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"statementid": UUID}, "statementid: unknown parameter"),
        ({"Limit": "1"}, "Limit: unknown parameter"),
        ({"x" * 64_000: "1"}, "x" * 80 + ": unknown parameter"),
        ({"statementId": "x"}, "statementId: not a UUID"),
        ({"statementId": ""}, "statementId: not a UUID"),
        ({"voidedStatementId": UUID + "\n"}, "voidedStatementId: not a UUID"),
        ({"statementId": UUID, "voidedStatementId": UUID}, "voidedStatementId: not together"),
        *[
            ({"statementId": UUID, name: value}, f"{name}: not together with statementId")
            for name, value in {
                "agent": json.dumps(AGENT),
                "verb": VERB,
                "activity": ACTIVITY,
                "registration": UUID,
                "related_activities": "true",
                "related_agents": "true",
                "since": "2020-01-01T00:00:00Z",
                "until": "2020-01-01T00:00:00Z",
                "limit": "1",
                "ascending": "true",
            }.items()
        ],
        ({"format": "Exact"}, "format: must be"),
        ({"attachments": "yes"}, "attachments: must be true or false"),
        ({"ascending": "True"}, "ascending: must be true or false"),
        ({"related_agents": "1"}, "related_agents: must be true or false"),
        ({"related_activities": ""}, "related_activities: must be true or false"),
        ({"limit": "-1"}, "limit: must be a whole number"),
        ({"limit": "1.5"}, "limit: must be a whole number"),
        ({"limit": ""}, "limit: must be a whole number"),
        ({"limit": "\u0661"}, "limit: must be a whole number"),
        ({"since": "yesterday"}, "since: not a timestamp"),
        ({"until": "2020-01-01T00:00:00 02:00"}, "until: not a timestamp"),
        ({"verb": "did"}, "verb: not an IRI"),
        ({"activity": ""}, "activity: not an IRI"),
        ({"registration": "x"}, "registration: not a UUID"),
        ({"agent": "[]"}, "agent: must be an object"),
        ({"agent": "{}"}, "agent: exactly one of"),
        ({"agent": json.dumps(anonymous(AGENT))}, "agent: one of mbox"),
        ({"agent": json.dumps({**AGENT, "x": 1})}, "agent: x: unknown property"),
    ],
)
def test_refuses(parameters, problem):
    with pytest.raises(BadParameter) as refused:
        read(**parameters)
    assert str(refused.value).startswith(problem)


def test_timestamps_follow_the_version():
    assert read(since="2020-01-01T00:00:00").since is not None
    with pytest.raises(BadParameter, match="since"):
        read(Version.V2, since="2020-01-01T00:00:00")
