"""Bulk requests (RFC 7644 §3.7): each operation's ``data`` in the form in which a request of its own would be read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scim2_models import SCIMException

from scim.errors import NotFound
from scim.models import ScimLink
from scim.storage import links

if TYPE_CHECKING:
    from scim.protocol.service import Service


def normalised(payload: Any, service: "Service") -> Any:
    if not isinstance(payload, dict):
        return payload
    return {
        name: [_operation(one, service) for one in item] if name.lower() == "operations" and _is_list(item) else item
        for name, item in payload.items()
    }


def _is_list(item: Any) -> bool:
    return isinstance(item, list)


def _operation(operation: Any, service: "Service") -> Any:
    if not isinstance(operation, dict):
        return operation
    named = {name.lower(): name for name in operation}
    sent = {name: operation.get(named.get(name, name)) for name in ("method", "path", "data")}
    method, path = sent["method"], sent["path"]
    if not isinstance(method, str) or not isinstance(path, str) or "data" not in named:
        return operation
    return operation | {named["method"]: method.upper(), named["data"]: _data(sent, service)}


def _data(sent: Mapping[str, Any], service: "Service") -> Any:
    endpoint, _, scim_id = sent["path"].strip("/").partition("/")
    method = sent["method"].upper()
    if method == "PATCH":
        return service.normalised_patch(sent["data"])
    resource_type = service.get_resource_type_by_endpoint(endpoint)
    if resource_type is None or method not in ("POST", "PUT"):
        return sent["data"]
    service.storage.active = method == "POST" or _is_active(service, scim_id)
    return service.normalised(sent["data"], str(resource_type.schema_))


def _is_active(service: "Service", scim_id: str) -> bool:
    """What a PUT that says nothing about it leaves as it is."""
    try:
        user = links.find(service.storage.configuration, ScimLink.Kind.USER, scim_id).user
    except (NotFound, SCIMException):
        return True
    return user is not None and not user.blocked
