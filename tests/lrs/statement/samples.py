"""Small valid values to vary, and the places where a value can stand in a Statement."""

from typing import Any

AGENT = {"mbox": "mailto:learner@example.org"}
VERB = {"id": "http://example.org/verbs/did"}
ACTIVITY = {"id": "http://example.org/activity"}
UUID = "9dc99b37-e920-4a68-a066-917faca28949"
STATEMENT_REF = {"objectType": "StatementRef", "id": UUID}
ATTACHMENT = {
    "usageType": "http://example.org/usage",
    "display": {"en": "Proof"},
    "contentType": "text/plain",
    "length": 3,
    "sha2": "a" * 64,
    "fileUrl": "http://example.org/file",
}


def statement(**members: Any) -> dict[str, Any]:
    return {"actor": AGENT, "verb": VERB, "object": ACTIVITY, **members}


def sub_statement(**members: Any) -> dict[str, Any]:
    return statement(object={"objectType": "SubStatement", **statement(**members)})


def anonymous(*members: Any) -> dict[str, Any]:
    return {"objectType": "Group", "member": list(members)}


# Place → how a value gets there. A rule is held against every place its value can stand in, in both versions.
PARTS = {
    "statement": ("", statement),
    "sub-statement": ("object.", sub_statement),
}
AGENT_PLACES = {
    "actor": ("actor", lambda agent: {"actor": agent}),
    "member": ("actor.member[0]", lambda agent: {"actor": anonymous(agent)}),
    "object": ("object", lambda agent: {"object": {"objectType": "Agent", **agent}}),
    "instructor": ("context.instructor", lambda agent: {"context": {"instructor": agent}}),
    "team member": ("context.team.member[0]", lambda agent: {"context": {"team": anonymous(agent)}}),
}
ACTIVITY_PLACES = {
    "object": ("object", lambda activity: {"object": activity}),
    "parent": (
        "context.contextActivities.parent",
        lambda activity: {"context": {"contextActivities": {"parent": activity}}},
    ),
    "category list": (
        "context.contextActivities.category[0]",
        lambda activity: {"context": {"contextActivities": {"category": [activity]}}},
    ),
}
