"""Received values to rows-to-be: everything that needs no database, so that the store holds its locks briefly."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import uuid4

from lms_oauth.errors import InvalidRequest
from lrs.models import Bits
from lrs.parsing import Received
from lrs.refusals import InvalidStatement
from lrs.statement import keys
from lrs.statement.attachments import attachments, hash_of
from lrs.statement.descriptions import Told, told
from lrs.statement.equality import digest
from lrs.statement.relations import Found, relations
from lrs.statement.rules import first_repeated_id, statement
from lrs.statement.splice import kept_text
from lrs.statement.times import instant
from lrs.statement.types import Version, under
from lrs.statement.voiding import VOIDED


class Prepared(NamedTuple):
    """A valid Statement, ready to be stored."""

    id: str  # lower case, with hyphens
    digest: bytes
    happened: int | None  # microseconds since 1970; None: the store gives it its own time
    flags: int
    json: bytes
    found: list[Found]
    told: Collection[Told]
    named: frozenset[str]  # hashes of the attachments
    target: str | None  # key of the Statement that its object refers to

    @property
    def key(self) -> str:
        return keys.of_uuid(self.id)

    @property
    def voids(self) -> bool:
        return bool(self.flags & Bits.VOIDS)


def prepare(received: list[Received], version: Version, *, in_batch: bool) -> list[Prepared]:
    """InvalidStatement for the first that breaks a rule."""
    for index, one in enumerate(received):
        if problems := statement(one.value, version):
            raise InvalidStatement(under(index, problems) if in_batch else problems)
    if problems := first_repeated_id([one.value for one in received]):
        raise InvalidStatement(problems)
    return [_prepared(one, version) for one in received]


def prepare_put(received: Received, version: Version, statement_id: str) -> Prepared:
    """xAPI 1.0.3 Communication §2.1.1: an id that the Statement names must be the one of the address."""
    if type(received.value) is not dict:
        raise InvalidRequest("PUT stores one Statement: send a JSON object.")
    if problems := statement(received.value, version):
        raise InvalidStatement(problems)
    if received.value.get("id", statement_id).lower() != statement_id.lower():
        raise InvalidRequest("The Statement's id is not the statementId of the address.", path="id")
    return _prepared(received, version, new_id=statement_id.lower())


def _prepared(received: Received, version: Version, *, new_id: str = "") -> Prepared:
    value = received.value
    target = value["object"] if value["object"].get("objectType") == "StatementRef" else None
    return Prepared(
        id=value["id"].lower() if "id" in value else new_id or str(uuid4()),
        digest=digest(value),
        happened=instant(value["timestamp"], version) if "timestamp" in value else None,
        flags=_flags(value, version),
        json=kept_text(received.text, value, version).encode(),
        found=relations(value),
        told=told(value),
        named=frozenset(map(hash_of, attachments(value))),
        target=None if target is None else keys.of_uuid(target["id"]),
    )


def _flags(value: dict[str, Any], version: Version) -> int:
    flags = Bits.OF_VERSION_2 if version is Version.V2 else 0
    if value["verb"]["id"] == VOIDED:
        flags |= Bits.VOIDS
    if "id" not in value:
        flags |= Bits.ID_ASSIGNED
    if "timestamp" not in value:
        flags |= Bits.TIMESTAMP_ASSIGNED
    if "version" not in value:
        flags |= Bits.VERSION_ASSIGNED
    return flags
