"""Values that identity providers send in other shapes than RFC 7643 gives them. Pure, idempotent, never raises."""

from typing import Any

from scim.mapping import ENTERPRISE, USER

UNASSIGNED = (None, "")
_OLD = {
    "urn:scim:schemas:core:1.0": USER,
    "urn:scim:schemas:extension:enterprise:1.0": ENTERPRISE,
}  # SCIM 1.1 §5


def manager(value: Any) -> Any:
    """``{"value": id}`` of an id, or of an array with one; None of nothing."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return {"value": value} if value else None
    if isinstance(value, dict) and value.get("value", ...) in UNASSIGNED:
        return None
    return value


def members(value: Any) -> Any:
    """A list of objects, of one object or id, or of ids."""
    if isinstance(value, str | dict):
        value = [value] if value else []
    if isinstance(value, list):
        return [{"value": one} if isinstance(one, str) and one else one for one in value]
    return value


def modern(body: dict[str, Any]) -> dict[str, Any]:
    """A resource of SCIM 1.1 with today's URNs, ``emails`` in a list."""
    sent = {_OLD.get(name.lower(), name): value for name, value in body.items()}
    for name, value in sent.items():
        if name.lower() == "schemas" and isinstance(value, list):
            sent[name] = [_OLD.get(one.lower(), one) if isinstance(one, str) else one for one in value]
        elif name.lower() == "emails" and isinstance(value, dict):
            sent[name] = [value]
    return sent
