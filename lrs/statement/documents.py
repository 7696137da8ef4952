"""Which document a request speaks of (xAPI 1.0.3 Communication §2.3, §2.6, §2.7)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from lrs.statement import keys
from lrs.statement.actors import IDENTIFIERS, actor
from lrs.statement.parameters import BadParameter, activity_id, moment_of, one_agent, statement_id
from lrs.statement.types import Version

NONE = "0" * 32  # key of a part that a kind does not have, or that was not given


class Kind(IntEnum):
    """Kept in rows: append only."""

    STATE = 1
    ACTIVITY_PROFILE = 2
    AGENT_PROFILE = 3

    @property
    def name_parameter(self) -> str:
        return "stateId" if self is Kind.STATE else "profileId"


_REQUIRED = {
    Kind.STATE: {"activityId", "agent"},
    Kind.ACTIVITY_PROFILE: {"activityId"},
    Kind.AGENT_PROFILE: {"agent"},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Keys as in ``keys``. Without ``name`` every document of the context; ``since`` is exclusive, in microseconds."""

    kind: Kind
    activity: str
    activity_id: str
    agent: str
    identifier: str  # of the Agent, as JSON
    registration: str | None
    name: str | None
    since: int | None

    @property
    def name_key(self) -> str:
        return keys.key("document", self.name or "")


def read(
    kind: Kind, parameters: Mapping[str, str], version: Version, decode: Callable[[str], Any], *, listing: bool
) -> Asked:
    """BadParameter for what is unknown, missing or wrong. ``listing``: the method takes ``since``."""
    _check_names(kind, parameters, listing=listing)
    iri = activity_id(parameters["activityId"]) if "activityId" in parameters else ""
    who = _who(parameters["agent"], version, decode) if "agent" in parameters else {}
    return Asked(
        kind=kind,
        activity=keys.of_activity(iri) if iri else NONE,
        activity_id=iri,
        agent=keys.of_actor(who) or NONE,
        identifier=json.dumps(who, ensure_ascii=False, sort_keys=True) if who else "",
        registration=keys.of_uuid(statement_id(parameters, "registration")) if "registration" in parameters else None,
        name=parameters.get(kind.name_parameter),
        since=moment_of(parameters, "since", version),
    )


def _check_names(kind: Kind, parameters: Mapping[str, str], *, listing: bool) -> None:
    name = kind.name_parameter
    known = _REQUIRED[kind] | {name} | ({"registration"} if kind is Kind.STATE else set())
    if unknown := sorted(parameters.keys() - known - ({"since"} if listing else set())):
        raise BadParameter(f"{unknown[0][:80]}: unknown parameter")
    if missing := sorted(_REQUIRED[kind] - parameters.keys()):
        raise BadParameter(f"{missing[0]}: missing")
    if parameters.get(name) == "":
        raise BadParameter(f"{name}: must not be empty")
    if name in parameters and "since" in parameters:
        raise BadParameter(f"since: not together with {name}")


def _who(text: str, version: Version, decode: Callable[[str], Any]) -> dict[str, Any]:
    """The identifier alone. xAPI 2.0 takes an Identified Group as well; its members do not count."""
    if version is Version.V1:
        who = one_agent(text, version, decode)
    else:
        who = decode(text)
        if problems := actor(who, version):
            raise BadParameter(f"agent: {problems[0]}")
    identifier = {name: who[name] for name in IDENTIFIERS if name in who}
    if not identifier:
        raise BadParameter(f"agent: one of {', '.join(IDENTIFIERS)} is needed")
    return identifier
