"""What is stored, as the engine gives it out, without its models: they take a millisecond and more for a resource.

Every stored value went through the engine's models, so that names, their order and references are all that is left.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from scim2_models import BaseModel, Extension, Reference, Resource, Returned

from scim.models import ScimLink
from scim.models.link import served

_EMPTY: tuple[Any, ...] = (None, [], {})
Locate = Callable[[str], str]  # the address of a reference


class Attribute(NamedTuple):
    """``parts``: those of a complex attribute or an extension. ``refers``: to another resource."""

    name: str
    parts: "tuple[Attribute, ...]"
    refers: bool


class Plan(NamedTuple):
    schema: str
    extensions: tuple[str, ...]
    attributes: tuple[Attribute, ...]


def plan_of(model: type[Resource[Any]]) -> Plan:
    return Plan(str(model.__schema__), tuple(map(str, model.get_extension_models())), tuple(_attributes(model)))


def _attributes(model: type[BaseModel]) -> Iterator[Attribute]:
    """In the order of the model, those that are given out unasked (RFC 7643 §7 "returned")."""
    inherited = set(Resource.model_fields) if issubclass(model, Extension) else set()
    for field, info in model.model_fields.items():
        if field in inherited or model.get_field_annotation(field, Returned) in (Returned.never, Returned.request):
            continue
        kind = model.get_field_root_type(field)
        parts = tuple(_attributes(kind)) if kind and issubclass(kind, BaseModel) else ()
        types = set(kind.__reference_types__) if kind and issubclass(kind, Reference) else set()
        yield Attribute(str(info.serialization_alias), parts, bool(types) and not types & {"external", "uri"})


def resource(link: ScimLink, plan: Plan, location: str, locate: Locate) -> dict[str, Any]:
    """``link`` in an answer, without ``members`` and ``groups``. ``location``: its address."""
    meta = {
        "resourceType": link.kind,
        "created": _time(link.created),
        "lastModified": _time(link.modified),
        "location": location,
        "version": link.etag,
    }
    made = _object({"schemas": (), **served(link), "id": str(link.scim_id), "meta": meta}, plan.attributes, locate)
    _name_schemas(made, plan)
    return made


def _object(stored: Mapping[str, Any], attributes: tuple[Attribute, ...], locate: Locate) -> dict[str, Any]:
    made = {}
    for attribute in attributes:
        if attribute.name in stored:
            value = _value(stored[attribute.name], attribute, locate)
            if value not in _EMPTY:
                made[attribute.name] = value
    return made


def _value(stored: Any, attribute: Attribute, locate: Locate) -> Any:
    if isinstance(stored, list):
        return [_value(one, attribute, locate) for one in stored]
    if attribute.parts:
        return _object(stored, attribute.parts, locate)
    return locate(stored) if attribute.refers else stored


def _name_schemas(made: dict[str, Any], plan: Plan) -> None:
    """RFC 7643 §3: those of the attributes that are there, then what a peer named beside them."""
    own = {plan.schema, *plan.extensions}
    there = [one for one in plan.extensions if one in made]
    made["schemas"] = [plan.schema, *there, *dict.fromkeys(one for one in made["schemas"] if one not in own)]


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
