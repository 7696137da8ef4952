"""The form of the statement list: every filter of xAPI and the client, as an address holds them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.addresses import service_url
from clients.models import Administrator
from clients.pages.text import Text
from clients.rights import Service
from lms_oauth.errors import ApiError
from lms_oauth.http import read_json
from lrs.learners import agents_of
from lrs.pages.statement_row import may_know_learners
from lrs.statement.parameters import BadParameter, ListQuery, Wanted, read_query
from lrs.statement.types import Version

_MOST_CHARACTERS = 2_000
_LEARNER = "learner"  # only for who may view users
_TEXTS = ("agent", "verb", "activity", "registration")
_MOMENTS = ("since", "until")
_FLAGS = ("related_agents", "related_activities", "ascending")


@dataclass(frozen=True, slots=True)
class Field:
    """``kind``: the type of the input."""

    name: str
    label: Text
    kind: str
    value: str

    @property
    def on(self) -> bool:
        return self.value == "true"


_LABELS: Mapping[str, tuple[Text, str]] = {
    _LEARNER: (_("Learner"), "text"),
    "agent": (_("Agent"), "text"),
    "verb": (_("Verb"), "text"),
    "activity": (_("Activity"), "text"),
    "registration": (_("Registration"), "text"),
    "since": (_("Stored after"), "datetime-local"),
    "until": (_("Stored until"), "datetime-local"),
    "related_agents": (_("Also related agents"), "checkbox"),
    "related_activities": (_("Also related activities"), "checkbox"),
    "ascending": (_("Oldest first"), "checkbox"),
}


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """``query`` is None where ``problem`` says what is wrong with the address. ``client``: a primary key."""

    values: Mapping[str, str]
    client: int | None
    query: ListQuery | None
    problem: str = ""
    learners: bool = False

    @classmethod
    def of(cls, sent: Mapping[str, str], user: Administrator) -> "StatementFilter":
        learners = may_know_learners(user)
        values = {name: sent.get(name, "").replace("\0", "").strip()[:_MOST_CHARACTERS] for name in _LABELS}
        values = {name: value for name, value in values.items() if value and (learners or name != _LEARNER)}
        chosen = sent.get("client", "")
        client = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None  # noqa: PLR2004
        try:
            query = read_query(_parameters(values), Version.V2, lambda text: read_json(text.encode()))
        except (BadParameter, ApiError) as error:
            return cls(values, client, None, str(error), learners)
        assert isinstance(query, ListQuery)
        if _LEARNER in values:
            first, *others = agents_of(values[_LEARNER]) or [""]
            if not first:
                return cls(
                    values,
                    client,
                    None,
                    gettext("No learner, or more than one, has this user name, mail address or ID."),
                    learners,
                )
            query = replace(query, wanted=(Wanted(first, others=tuple(others)), *query.wanted))
        return cls(values, client, query, learners=learners)

    @property
    def fields(self) -> list[Field]:
        return [
            Field(name, *words, self.values.get(name, ""))
            for name, words in _LABELS.items()
            if self.learners or name != _LEARNER
        ]

    @property
    def inputs(self) -> list[Field]:
        return [field for field in self.fields if field.kind != "checkbox"]

    @property
    def flags(self) -> list[Field]:
        return [field for field in self.fields if field.kind == "checkbox"]

    @property
    def narrowed(self) -> bool:
        return bool(self.values) or self.client is not None

    @property
    def xapi_url(self) -> str:
        """What an xAPI client asks to get the same list; empty for a learner, whom only this LMS knows."""
        return "" if _LEARNER in self.values else query_url(_parameters(self.values))


def query_url(parameters: Mapping[str, str]) -> str:
    address = service_url(Service.XAPI) + "statements"
    return f"{address}?{urlencode(parameters)}" if parameters else address


def _parameters(values: Mapping[str, str]) -> dict[str, str]:
    """In the words of xAPI: a mail address becomes an Agent, a local time an instant."""
    found = {name: values[name] for name in (*_TEXTS, *_FLAGS) if name in values}
    if "agent" in found and not found["agent"].startswith("{"):
        found["agent"] = json.dumps({"mbox": f"mailto:{found['agent']}"})
    return found | {name: _instant(values[name]) for name in _MOMENTS if name in values}


def _instant(text: str) -> str:
    """A time without offset is one of the LMS; anything else stays what it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.get_current_timezone())
    return moment.isoformat()


def languages_of(code: str | None) -> Sequence[str]:
    return [code or "en", "en"]
