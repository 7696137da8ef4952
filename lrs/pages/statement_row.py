"""A stored Statement as pages and downloads show it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from clients.administration import Action, ObjectType
from clients.models import Administrator, Client
from lrs.clock import MICROSECONDS
from lrs.learners import users_of
from lrs.models import Statement
from lrs.query import Row, exact
from lrs.statement import keys
from lrs.statement.sentences import Sentence, identifier, sentence


@dataclass(frozen=True, slots=True)
class Learner:
    """The user of the LMS that the Actor is."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    row: Row
    text: str  # JSON, as xAPI gives it
    value: dict[str, Any]
    sentence: Sentence
    client: str
    learner: Learner | None = None

    @property
    def id(self) -> UUID:
        return self.row.uuid if isinstance(self.row.uuid, UUID) else UUID(self.row.uuid)

    @property
    def url(self) -> str:
        return reverse("lrs-statement", args=[self.id])

    @property
    def stored(self) -> datetime:
        return datetime.fromtimestamp(self.row.seq // MICROSECONDS, UTC)

    @property
    def actor_identifier(self) -> str:
        return identifier(self.value["actor"])

    @property
    def object_id(self) -> str:
        return str(self.value["object"].get("id", "")) or identifier(self.value["object"])


def shown(rows: Sequence[Row], languages: Sequence[str], *, learners: bool = False) -> list[StatementRow]:
    """``learners``: whether the reader may know who of the Actors is which user."""
    clients = dict(Statement.objects.filter(pk__in=[row.seq for row in rows]).values_list("pk", "client_id"))
    names = dict(Client.objects.filter(pk__in=set(clients.values())).values_list("pk", "name"))
    found = [_shown(row, names[clients[row.seq]], languages) for row in rows]
    return _with_learners(found) if learners else found


def may_know_learners(user: Administrator) -> bool:
    return user.may(Action.VIEW, ObjectType.USER)


def _shown(row: Row, client: str, languages: Sequence[str]) -> StatementRow:
    text = exact(row).decode()
    value = json.loads(text)
    return StatementRow(row, text, value, sentence(value, languages), client)


def _with_learners(rows: Sequence[StatementRow]) -> list[StatementRow]:
    agents = [keys.of_actor(row.value["actor"]) or "" for row in rows]
    users = users_of({key for key in agents if key})
    return [replace(row, learner=_learner(users.get(key))) for row, key in zip(rows, agents, strict=True)]


def _learner(user: tuple[int, str] | None) -> Learner | None:
    return Learner(user[1], reverse("lms-user", args=[user[0]])) if user else None
