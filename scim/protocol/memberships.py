"""The part of a PATCH of a Group that is about its members (RFC 7644 §3.5.2), apart from the rest."""

from collections.abc import Iterator
from typing import Any

from scim2_models import (
    InvalidPathException,
    InvalidValueException,
    MutabilityException,
    PatchOp,
    PatchOperation,
    Path,
    Resource,
)

from scim.group_changes import Add, Change, Remove, RemoveWhere, Replace
from scim.protocol.filters import Translator
from scim.protocol.projection import PARTS

Model = type[Resource[Any]]


def split(model: Model, patch: "PatchOp[Any]") -> tuple[list[Change], list[PatchOperation[Any]]]:
    """Changes of members in their order, and the operations that are about something else."""
    changes: list[Change] = []
    rest: list[PatchOperation[Any]] = []
    for operation in patch.operations or ():
        if operation.path is None:
            others, listed = _without_members(model, operation.value)
            changes += [_written(operation, value) for value in listed]
            if others or not listed:
                rest.append(operation.model_copy(update={"value": others}))
        elif _is_members(operation.path):
            changes += _changes(model, operation, operation.path)
        else:
            rest.append(operation)
    return changes, rest


def plain(payload: Any) -> tuple[Any, list[str] | None]:
    """The body of a POST or PUT without its members, and their ids; as it is, and None, unless all are plain.

    Plain are entries in which the engine's models would find nothing to refuse and nothing but the id to keep.
    """
    members = payload.get("members") if isinstance(payload, dict) else None
    if not members or not isinstance(members, list) or not all(map(_is_plain, members)):
        return payload, None
    others = {name: item for name, item in payload.items() if name.lower() != "members"}
    return (others, [one["value"] for one in members]) if len(others) == len(payload) - 1 else (payload, None)


def _is_plain(entry: Any) -> bool:
    if not isinstance(entry, dict) or not entry.keys() <= PARTS or not entry.get("value"):
        return False
    return all(isinstance(text, str) for text in entry.values())


def _without_members(model: Model, value: Any) -> tuple[Any, list[Any]]:
    names = ("members", f"{model.__schema__}:members".lower())
    listed = [item for name, item in value.items() if name.lower() in names]
    return {name: item for name, item in value.items() if name.lower() not in names}, listed


def _is_members(path: Path[Any]) -> bool:
    return bool(path.parts) and path.parts[0].lower() == "members"


def _changes(model: Model, operation: PatchOperation[Any], path: Path[Any]) -> Iterator[Change]:
    if len(path.parts) > 1:
        raise MutabilityException(attribute=str(path), detail=f"{path} is immutable")
    removes = operation.op == PatchOperation.Op.remove
    if path.value_filter is not None:
        if not removes:
            raise InvalidPathException(path=str(path), detail="Members are added and replaced by their ids")
        yield RemoveWhere(Translator(model, str(path)).translate())
    elif removes:
        yield RemoveWhere(None) if operation.value is None else Remove(_ids(operation.value))
    else:
        yield _written(operation, operation.value)


def _written(operation: PatchOperation[Any], value: Any) -> Change:
    ids = _ids([] if value is None else value)
    return Add(ids) if operation.op == PatchOperation.Op.add else Replace(ids)


def _ids(value: Any) -> list[str]:
    """In the order sent; what else an entry says of a member follows from the member."""
    if not isinstance(value, list):
        raise InvalidValueException(detail="members is a list of objects")
    return [_id(entry) for entry in value]


def _id(entry: Any) -> str:
    found = {str(name).lower(): item for name, item in entry.items()} if isinstance(entry, dict) else {}
    value = found.get("value")
    if not isinstance(value, str):
        raise InvalidValueException(detail="a member has a value, which is an id")
    return value
