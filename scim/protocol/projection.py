"""RFC 7644 §3.9: which parts of ``members`` and ``groups`` an answer shows."""

from typing import Any

from scim2_models import ResponseParameters

PARTS = frozenset({"value", "$ref", "type", "display"})
NONE: frozenset[str] = frozenset()
ON_REQUEST = {"members": frozenset({"display"})}  # RFC 7643 §7 "returned": of members it follows from the user


def shown(name: str, parameters: ResponseParameters[Any] | None) -> frozenset[str]:
    """The sub-attributes of ``name`` that ``parameters`` leave; none where the attribute itself is left out."""
    usual = PARTS - ON_REQUEST.get(name, NONE)
    if parameters is None:
        return usual
    if parameters.attributes:
        return _named(name, parameters.attributes, usual)
    return usual - _named(name, parameters.excluded_attributes or (), PARTS)


def _named(name: str, paths: Any, whole: frozenset[str]) -> frozenset[str]:
    """Sub-attributes of ``name`` among ``paths``: ``whole`` where one is ``name`` itself."""
    found = NONE
    for path in paths:
        head, *rest = (part.lower() for part in path.parts)
        if head == name:
            found |= frozenset(rest) if rest else whole
    return found
