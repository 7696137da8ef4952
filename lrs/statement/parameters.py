"""Parameters of GET on the Statement resource (xAPI 1.0.3 Communication §2.1.3): names, values, what goes together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lrs.statement import keys
from lrs.statement.actors import IDENTIFIERS, actor, agent
from lrs.statement.scalars import is_iri, is_uuid
from lrs.statement.times import instant
from lrs.statement.types import Version

_MOST_DIGITS = 9  # a larger limit means the server's maximum as well
FORMATS = ("exact", "ids", "canonical")


class BadParameter(ValueError):
    """A parameter that breaks a rule; the text names it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key each Statement of the answer must have, plainly or as ``related_*`` widens it.

    ``others``: keys of the same person, any of which will do. No query over xAPI has them.
    """

    key: str
    related: bool = False
    others: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, *self.others)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """``wanted`` holds the most telling key first. ``since`` is exclusive, ``until`` inclusive, in microseconds."""

    wanted: tuple[Wanted, ...] = ()
    since: int | None = None
    until: int | None = None
    limit: int = 0
    ascending: bool = False
    format: str = "exact"
    attachments: bool = False


@dataclass(frozen=True, slots=True)
class OneQuery:
    id: str
    voided: bool
    format: str = "exact"
    attachments: bool = False


type_of_query = ListQuery | OneQuery


def read_query(parameters: Mapping[str, str], version: Version, decode: Callable[[str], Any]) -> type_of_query:
    """BadParameter for unknown names, wrong values, names that do not go together. ``decode`` reads strict JSON."""
    unknown = sorted(parameters.keys() - _NAMES)
    if unknown:
        raise BadParameter(f"{unknown[0][:80]}: unknown parameter")
    chosen = parameters.get("format", "exact")
    if chosen not in FORMATS:
        raise BadParameter("format: must be exact, ids or canonical")
    attachments = _flag(parameters, "attachments")
    if parameters.keys() & {"statementId", "voidedStatementId"}:
        return replace(_one(parameters), format=chosen, attachments=attachments)
    return ListQuery(
        wanted=_wanted(parameters, version, decode),
        since=moment_of(parameters, "since", version),
        until=moment_of(parameters, "until", version),
        limit=_limit(parameters),
        ascending=_flag(parameters, "ascending"),
        format=chosen,
        attachments=attachments,
    )


def _one(parameters: Mapping[str, str]) -> OneQuery:
    if others := sorted(parameters.keys() - _OF_ONE):
        raise BadParameter(f"{others[0]}: not together with statementId or voidedStatementId")
    if "statementId" in parameters and "voidedStatementId" in parameters:
        raise BadParameter("voidedStatementId: not together with statementId")
    name = "statementId" if "statementId" in parameters else "voidedStatementId"
    return OneQuery(id=statement_id(parameters, name), voided=name == "voidedStatementId")


def statement_id(parameters: Mapping[str, str], name: str = "statementId") -> str:
    if name not in parameters:
        raise BadParameter(f"{name}: missing")
    if not is_uuid(parameters[name]):
        raise BadParameter(f"{name}: not a UUID")
    return parameters[name]


def _wanted(parameters: Mapping[str, str], version: Version, decode: Callable[[str], Any]) -> tuple[Wanted, ...]:
    """From the rarest to the most frequent: registration, Agent, Activity, Verb; Verb and Activity as one key."""
    verb, activity = _iri(parameters, "verb"), _iri(parameters, "activity")
    related_agents, related_activities = _flag(parameters, "related_agents"), _flag(parameters, "related_activities")
    found: list[Wanted] = []
    if verb and activity and not related_activities:
        found.append(Wanted(keys.of_pair(verb, activity)))
        verb = activity = None
    if "registration" in parameters:
        found.append(Wanted(keys.of_registration(statement_id(parameters, "registration"))))
    if "agent" in parameters:
        found.append(Wanted(_agent(parameters["agent"], version, decode), related_agents))
    if activity:
        found.append(Wanted(keys.of_activity(activity), related_activities))
    if verb:
        found.append(Wanted(keys.of_verb(verb)))
    return tuple(found)


def _agent(text: str, version: Version, decode: Callable[[str], Any]) -> str:
    """An Agent or an Identified Group, by its identifier."""
    value = decode(text)
    if problems := actor(value, version):
        raise BadParameter(f"agent: {problems[0]}")
    key = keys.of_actor(value)
    if key is None:
        raise BadParameter(f"agent: one of {', '.join(IDENTIFIERS)} is needed")
    return key


def one_agent(text: str, version: Version, decode: Callable[[str], Any]) -> dict[str, Any]:
    """Communication §2.4: the Agent whose Person is asked for."""
    value: dict[str, Any] = decode(text)
    if problems := agent(value, version):
        raise BadParameter(f"agent: {problems[0]}")
    return value


def activity_id(text: str) -> str:
    if not is_iri(text):
        raise BadParameter("activityId: not an IRI with a scheme")
    return text


def _iri(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name)
    if value is not None and not is_iri(value):
        raise BadParameter(f"{name}: not an IRI with a scheme")
    return value


def _flag(parameters: Mapping[str, str], name: str) -> bool:
    value = parameters.get(name, "false")
    if value not in {"true", "false"}:
        raise BadParameter(f"{name}: must be true or false")
    return value == "true"


def moment_of(parameters: Mapping[str, str], name: str, version: Version) -> int | None:
    if name not in parameters:
        return None
    moment = instant(parameters[name], version)
    if moment is None:
        raise BadParameter(f"{name}: not a timestamp (a + in it is sent as %2B)")
    return moment


def _limit(parameters: Mapping[str, str]) -> int:
    value = parameters.get("limit", "0")
    if not (value.isascii() and value.isdigit()):
        raise BadParameter("limit: must be a whole number of 0 or more")
    return int(value) if len(value) <= _MOST_DIGITS else 0


_OF_ONE = frozenset({"statementId", "voidedStatementId", "format", "attachments"})
_OF_LISTS = frozenset({"agent", "verb", "activity", "registration", "related_agents", "related_activities"})
_NAMES = _OF_ONE | _OF_LISTS | {"since", "until", "limit", "ascending"}
