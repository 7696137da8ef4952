"""What identity providers send, in the form of RFC 7644. Pure: never raises, idempotent, leaves correct bodies alone.

The engine itself tolerates names and operations in any case, booleans as text, and paths as keys of a PATCH value.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scim import shapes
from scim.mapping import ENTERPRISE, USER
from scim.shapes import UNASSIGNED
from scim.tolerances import Tolerances

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MANAGER = f"{ENTERPRISE}:manager"
_READ_ONLY = {"meta", "groups", "schemas", "password"}  # in a PATCH value; id is compared, RFC 7644 §3.5.2
_MULTI_VALUED = {"emails", "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "members"}
_MEMBERS = ("members", "urn:ietf:params:scim:schemas:core:2.0:group:members")
_LOOKED_FOR = ("schemas", "userName", "active", "emails", "members", ENTERPRISE, "Operations")
_FILTER_TERM = re.compile(
    r"""("(?:[^"\\]|\\.)*")                               # quoted: left alone
    |(?P<op>(?<=[\s\]])(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)  # operator, then a bare word
     (?P<bare>(?!(?:true|false|null)(?![^\s()\[\]]))(?!-?\d+(?:\.\d+)?(?![^\s()\[\]]))[^\s"()\[\]]+)""",
    re.IGNORECASE | re.VERBOSE,
)


def resource(body: Any, schema: str, tolerances: Tolerances, *, active: bool) -> Any:
    """The body of a POST or PUT of a resource of ``schema``; ``active`` where that of a user says nothing about it."""
    if not isinstance(body, dict):
        return body
    if tolerances.old_schema_shapes:
        body = shapes.modern(body)
    sent = {name: value for name, value in _assigned(body).items() if name.lower() != "password"}
    named = _spelling(sent)
    schemas = sent.get(named["schemas"])
    others = [one for one in schemas if isinstance(one, str)] if isinstance(schemas, list) else []
    if schema.lower() not in {one.lower() for one in others}:
        sent[named["schemas"]] = [schema, *others]
    if schema == USER:
        _complete_user(sent, named, tolerances, active=active)
    elif tolerances.member_shapes and named["members"] in sent:
        sent[named["members"]] = shapes.members(sent[named["members"]])
    return sent


def _complete_user(sent: dict[str, Any], named: Mapping[str, str], tolerances: Tolerances, *, active: bool) -> None:
    sent.setdefault(named["active"], active)
    if tolerances.email_from_user_name:
        _add_email(sent, named)
    extension = sent.get(named[ENTERPRISE])
    if tolerances.manager_shapes and isinstance(extension, dict):
        sent[named[ENTERPRISE]] = _shape_manager(extension)


def patch(body: Any, tolerances: Tolerances) -> Any:
    """The body of a PATCH (RFC 7644 §3.5.2)."""
    if not isinstance(body, dict):
        return body
    named = _spelling(body)
    name = named["Operations"]
    operations = body.get(name)
    if isinstance(operations, dict):
        operations = [operations]
    if isinstance(operations, list):
        operations = [made for operation in operations for made in _operation(operation, tolerances)]
    sent = {key: value for key, value in body.items() if key not in (name, named["schemas"])}
    schemas = body.get(named["schemas"])
    return sent | {"schemas": schemas or [PATCH_OP]} | ({"Operations": operations} if name in body else {})


def filter_text(text: str, tolerances: Tolerances) -> str:
    """``externalId eq abc`` with its value in quotes."""
    if not tolerances.unquoted_filter_values:
        return text
    return _FILTER_TERM.sub(lambda found: f'{found["op"]}"{found["bare"]}"' if found["bare"] else found[0], text)


def _spelling(body: Mapping[str, Any]) -> dict[str, str]:
    """How ``body`` spells the names looked for here; a name it does not hold is spelled as in the standard."""
    sent = {name.lower(): name for name in body}
    return {name: sent.get(name.lower(), name) for name in _LOOKED_FOR}


def _assigned(value: Any) -> Any:
    """Without null and empty text, which both mean that an attribute has no value."""
    if isinstance(value, dict):
        return {name: _assigned(item) for name, item in value.items() if item not in UNASSIGNED}
    if isinstance(value, list):
        return [_assigned(item) for item in value if item not in UNASSIGNED]
    return value


def _add_email(sent: dict[str, Any], named: Mapping[str, str]) -> None:
    user_name = sent.get(named["userName"])
    if isinstance(user_name, str) and "@" in user_name and not sent.get(named["emails"]):
        sent[named["emails"]] = [{"value": user_name, "type": "work", "primary": True}]


def _shape_manager(extension: dict[str, Any]) -> dict[str, Any]:
    shaped = {name: shapes.manager(value) if name.lower() == "manager" else value for name, value in extension.items()}
    return {name: value for name, value in shaped.items() if name.lower() != "manager" or value is not None}


def _operation(operation: Any, tolerances: Tolerances) -> Iterator[Any]:
    if not isinstance(operation, dict):
        yield operation
        return
    sent = {name.lower() if name.lower() in {"op", "path", "value"} else name: item for name, item in operation.items()}
    if isinstance(sent.get("op"), str):
        sent["op"] = sent["op"].strip().lower()
    if sent.get("path") in UNASSIGNED:
        sent.pop("path", None)
    path, op = sent.get("path"), sent.get("op")
    if op in ("add", "replace") and isinstance(path, str):
        yield _written(sent, path, tolerances)
    elif op in ("add", "replace") and isinstance(sent.get("value"), dict) and path is None:
        yield from _without_path(sent, tolerances)
    elif op == "remove" and isinstance(path, str) and "[" not in path:
        yield _removed(sent, path, tolerances)
    else:
        yield sent


def _written(sent: dict[str, Any], path: str, tolerances: Tolerances) -> dict[str, Any]:
    if path.lower() == "password":
        return {"op": "replace", "value": {}}
    if "value" not in sent:
        return sent
    value = _shaped(path, sent["value"], tolerances)
    if value in UNASSIGNED:
        return {"op": "remove", "path": path}
    return sent | {"value": value}


def _removed(sent: dict[str, Any], path: str, tolerances: Tolerances) -> dict[str, Any]:
    """A value selects entries where there can be several, and says nothing elsewhere."""
    if path.lower() in _MULTI_VALUED and sent.get("value") is not None:
        return sent | {"value": _shaped(path, sent["value"], tolerances)}
    return {name: item for name, item in sent.items() if name != "value"}


def _without_path(sent: dict[str, Any], tolerances: Tolerances) -> Iterator[dict[str, Any]]:
    """The operation with what it assigns, then a remove for each value it clears."""
    kept: dict[str, Any] = {}
    cleared: list[str] = []
    for path, value in _flattened(sent["value"]):
        shaped = _shaped(path, value, tolerances)
        if shaped in UNASSIGNED:
            cleared.append(path)
        else:
            kept[path] = shaped
    yield sent | {"value": kept}
    for path in cleared:
        yield {"op": "remove", "path": path}


def _flattened(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Paths and values of a PATCH value: an extension by attribute, a complex attribute that clears a part by part."""
    for name, item in value.items():
        if name.lower() in _READ_ONLY:
            continue
        if isinstance(item, dict) and name.lower().startswith("urn:") and name.lower() != MANAGER.lower():
            yield from ((f"{name}:{inner}", value) for inner, value in item.items())
        elif isinstance(item, dict) and any(inner in UNASSIGNED for inner in item.values()):
            yield from ((f"{name}.{inner}", value) for inner, value in item.items())
        else:
            yield name, item


def _shaped(path: str, value: Any, tolerances: Tolerances) -> Any:
    if tolerances.manager_shapes and path.lower() == MANAGER.lower():
        return shapes.manager(value)
    if tolerances.member_shapes and path.lower() in _MEMBERS:
        return shapes.members(value)
    return value
