"""What an operation did beyond its answer: for the provisioning log and the workbench. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_WARNINGS = 50


@dataclass(slots=True)
class Notes:
    """``changes``: old and new value by SCIM path. ``done``: the operation wrote something."""

    kind: str = ""
    scim_id: str = ""
    external_id: str = ""
    user_pk: int | None = None
    done: bool = False
    warnings: list[str] = field(default_factory=list)
    changes: dict[str, list[Any]] = field(default_factory=dict)

    def warn(self, text: str) -> None:
        if text not in self.warnings and len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(text)

    def compare(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        old, new = dict(_flattened(before)), dict(_flattened(after))
        for path in sorted({*old, *new}):
            if old.get(path) != new.get(path):
                self.changes[path] = [old.get(path), new.get(path)]

    def taken(self) -> "Notes":
        """What is noted so far; what follows is about the next operation."""
        copy = Notes(**{name: getattr(self, name) for name in self.__slots__})
        fresh = Notes()
        for name in self.__slots__:
            setattr(self, name, getattr(fresh, name))
        return copy


def _flattened(resource: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Attributes by path: parts of complex ones and of extensions by their own, lists as a whole."""
    found: list[tuple[str, Any]] = []
    for name, value in resource.items():
        if name == "schemas":
            continue
        if isinstance(value, Mapping):
            separator = ":" if name.lower().startswith("urn:") else "."
            found += [(f"{name}{separator}{path}", inner) for path, inner in _flattened(value)]
        else:
            found.append((name, value))
    return found
