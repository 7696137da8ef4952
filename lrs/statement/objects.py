"""Verbs, Activities and references to Statements (xAPI 1.0.3 Data §2.4.3-2.4.4)."""

from typing import Any

from lrs.statement.scalars import extensions, iri, irl, language_map, uuid
from lrs.statement.shapes import Shape, list_of, literal, string
from lrs.statement.types import FINE, Problem, Problems, Version, under

COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")
_INTERACTION_MEMBERS = ("correctResponsesPattern", *COMPONENT_LISTS)
_component = Shape({"id": string, "description": language_map}, required=("id",))
_component_list = list_of(_component)


def _components(value: Any, version: Version) -> Problems:
    """§2.4.4.1: within a list, each id once."""
    if found := _component_list(value, version):
        return found
    seen: set[str] = set()
    for index, component in enumerate(value):
        if component["id"] in seen:
            return under(index, under("id", (Problem("stands twice in this list"),)))
        seen.add(component["id"])
    return FINE


def _interaction_has_type(value: Any, _version: Version) -> Problems:
    if "interactionType" in value or not any(name in value for name in _INTERACTION_MEMBERS):
        return FINE
    return under("interactionType", (Problem("missing in an interaction"),))


definition = Shape(
    {
        "name": language_map,
        "description": language_map,
        "type": iri,
        "moreInfo": irl,
        "interactionType": literal(
            "true-false",
            "choice",
            "fill-in",
            "long-fill-in",
            "matching",
            "performance",
            "sequencing",
            "likert",
            "numeric",
            "other",
        ),
        "correctResponsesPattern": list_of(string),
        **dict.fromkeys(COMPONENT_LISTS, _components),
        "extensions": extensions,
    },
    rules=[_interaction_has_type],
)

activity = Shape({"objectType": literal("Activity"), "id": iri, "definition": definition}, required=("id",))
verb = Shape({"id": iri, "display": language_map}, required=("id",))
statement_ref = Shape({"objectType": literal("StatementRef"), "id": uuid}, required=("objectType", "id"))
