"""What the log may hold of a request: mapped attributes that are not sensitive, and counts of long lists. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from scim.mapping import Rows

HIDDEN = "(hidden)"
MAX_BODY_BYTES, MAX_LISTED = 8 * 1024, 20
_ALWAYS_SHOWN = (
    frozenset(
        ("schemas", "id", "externalid", "meta", "displayname", "members", "operations", "op", "path", "value", "method")
    )
    | frozenset(
        ("bulkid", "data", "failonerrors", "version", "count", "startindex", "attributes", "sortby", "sortorder")
    )
    | frozenset(
        (
            "totalresults",
            "itemsperpage",
            "nextcursor",
            "previouscursor",
            "status",
            "scimtype",
            "detail",
            "groups",
            "location",
        )
    )
)

_BEGIN_ANEW = ("operations", "data", "resources")  # what they hold is whole requests or resources


class Redactor:
    def __init__(self, rows: Rows) -> None:
        self._sensitive = {row.path.lower() for row in rows if row.sensitive}
        self._mapped = {row.path.lower() for row in rows}

    def changes(self, changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        return {path: [self._value(path, value) for value in pair] for path, pair in changes.items()}

    def body(self, text: bytes) -> str:
        """The body as JSON, or nothing where it is none."""
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            return ""
        return json.dumps(self.shown(content), ensure_ascii=False)[:MAX_BODY_BYTES]

    def shown(self, content: Any) -> Any:
        """A body, or an answer, that is JSON already."""
        return self._shown(content, "")

    def _value(self, path: str, value: Any) -> Any:
        if value is None or self._may_show(path):
            return self._shown(value, path)
        return HIDDEN

    def _shown(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            return self._object(value, path)
        if isinstance(value, list):
            shown = [self._shown(one, path) for one in value[:MAX_LISTED]]
            return shown if len(value) <= MAX_LISTED else [*shown, f"… {len(value)} in all"]
        return value

    def _object(self, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        """``path`` of an operation leads its value: what is written to a hidden attribute is hidden."""
        target = next((str(item) for name, item in value.items() if name.lower() == "path"), "")
        operation = any(name.lower() == "op" for name in value)
        shown: dict[str, Any] = {}
        for name, item in value.items():
            if operation and name.lower() == "path":
                shown[name] = self._address(target)
            elif operation and name.lower() == "value" and target:
                shown[name] = self._value(plain(target), item)
            elif operation or name.lower() in _BEGIN_ANEW:
                shown[name] = self._shown(item, "" if name.lower() in {*_BEGIN_ANEW, "value"} else path)
            else:
                inner = joined(path, name)
                shown[name] = self._shown(item, inner) if self._may_show(inner) else HIDDEN
        return shown

    def _address(self, path: str) -> str:
        """The path of an operation, without the values that a filter in it compares hidden attributes with."""
        head, bracket, rest = path.partition("[")
        if not bracket or self._may_show(plain(path)):
            return path
        _, closing, after = rest.rpartition("]")
        return f"{head}[…]{after if closing else ''}"

    def is_sensitive(self, path: str) -> bool:
        return any(step in self._sensitive for step in _heads(path.lower()))

    def _may_show(self, path: str) -> bool:
        steps = list(_heads(path.lower()))
        if self.is_sensitive(path):
            return False
        if steps and steps[0] in _ALWAYS_SHOWN:
            return True
        known = any(step in self._mapped for step in steps)
        return known or any(mapped.startswith((f"{path.lower()}.", f"{path.lower()}:")) for mapped in self._mapped)


def plain(path: str) -> str:
    """``emails[type eq "work"].value`` as ``emails.value``, without the URN of the core schema."""
    head, bracket, rest = path.partition("[")
    if bracket:
        path = head + rest.rpartition("]")[2]
    return path.removeprefix("urn:ietf:params:scim:schemas:core:2.0:User:").removeprefix(
        "urn:ietf:params:scim:schemas:core:2.0:Group:"
    )


def joined(path: str, name: str) -> str:
    if not path:
        return plain(name)
    return (
        f"{path}{':' if path.lower().startswith('urn:') and path.rpartition(':')[2].lower() == 'user' else '.'}{name}"
    )


def _heads(path: str) -> Iterable[str]:
    """``a.b.c``, from its first attribute to itself."""
    urn, _, rest = path.rpartition(":")
    prefix = f"{urn}:" if urn else ""
    parts = rest.split(".")
    return [prefix + ".".join(parts[: count + 1]) for count in range(len(parts))]
