"""Agents and Groups (xAPI 1.0.3 Data §2.4.2, §2.4.9)."""

from typing import Any

from lrs.statement.scalars import irl, mailto, sha1, uri
from lrs.statement.shapes import Shape, by_object_type, list_of, literal, string
from lrs.statement.types import FINE, Check, Problem, Problems, Version, under

# Inverse functional identifiers (§2.4.2.3).
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_NAMES = " or ".join(IDENTIFIERS)
_TWO_AGENTS = 2

_members: dict[str, Check] = {
    "objectType": literal("Agent"),
    "name": string,
    "mbox": mailto,
    "mbox_sha1sum": sha1,
    "openid": uri,
    "account": Shape({"homePage": irl, "name": string}, required=("homePage", "name")),
}


def _identifier_count(value: dict[str, Any]) -> int:
    return sum(name in value for name in IDENTIFIERS)


def _exactly_one_identifier(value: Any, _version: Version) -> Problems:
    count = _identifier_count(value)
    return FINE if count == 1 else (Problem(f"exactly one of {_NAMES} is needed, not {count}"),)


def _identified_or_with_members(value: Any, _version: Version) -> Problems:
    count = _identifier_count(value)
    if count > 1:
        return (Problem(f"at most one of {_NAMES} is allowed, not {count}"),)
    return FINE if count or "member" in value else under("member", (Problem("missing in a Group without identifier"),))


agent = Shape(_members, rules=[_exactly_one_identifier])
group = Shape(
    {**_members, "objectType": literal("Group"), "member": list_of(agent)},
    required=("objectType",),
    rules=[_identified_or_with_members],
)
actor = by_object_type({"Agent": agent, "Group": group}, default="Agent")


def _two_agents(value: Any, _version: Version) -> Problems:
    if value.get("objectType") != "Group":
        return FINE
    if _identifier_count(value) or len(value["member"]) != _TWO_AGENTS:
        return (Problem("a Group as authority is anonymous and has exactly two members"),)
    return FINE


def authority(value: Any, version: Version) -> Problems:
    """§2.4.9: an Agent, or the pair of Agents of three-legged OAuth."""
    return actor(value, version) or _two_agents(value, version)
