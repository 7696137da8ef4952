"""Context (xAPI 1.0.3 Data §2.4.6; contextAgents and contextGroups come with xAPI 2.0)."""

from typing import Any

from lrs.statement.actors import actor, agent, group
from lrs.statement.objects import activity, statement_ref
from lrs.statement.scalars import extensions, iri, language_tag, uuid
from lrs.statement.shapes import Shape, from_version_2, list_of, literal, string
from lrs.statement.types import FINE, Check, Problem, Problems, Version

CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")
_activities = list_of(activity)
_iris = list_of(iri)


def _one_or_more_activities(value: Any, version: Version) -> Problems:
    """§2.4.6.2: a single Activity is taken and returned as a list of one."""
    return _activities(value, version) if type(value) is list else activity(value, version)


def _relevant_types(value: Any, version: Version) -> Problems:
    return (Problem("must not be empty"),) if value == [] else _iris(value, version)


def _relation(name: str, member: Check) -> Check:
    return from_version_2(
        list_of(
            Shape(
                {"objectType": literal("context" + name.capitalize()), name: member, "relevantTypes": _relevant_types},
                required=("objectType", name),
            )
        )
    )


context = Shape(
    {
        "registration": uuid,
        "instructor": actor,
        "team": group,
        "contextActivities": Shape(dict.fromkeys(CONTEXT_ACTIVITIES, _one_or_more_activities)),
        "contextAgents": _relation("agent", agent),
        "contextGroups": _relation("group", group),
        "revision": string,
        "platform": string,
        "language": language_tag,
        "statement": statement_ref,
        "extensions": extensions,
    }
)


def fits_object(statement: Any, _version: Version) -> Problems:
    """§2.4.6: ``revision`` and ``platform`` only with an Activity as object."""
    found = statement.get("context", {}).keys() & {"revision", "platform"}
    if not found or statement["object"].get("objectType", "Activity") == "Activity":
        return FINE
    return [Problem("only allowed when the object is an Activity", ("context", name)) for name in sorted(found)]
