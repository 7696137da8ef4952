"""All SQL of the hot path: one SELECT answers who a credential belongs to and what its client may do now.

The statements are raw because the ORM spends more time building them than the database needs to answer; a test holds
each against its ORM form. Names come from the models, and no value stands in the text.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from clients.models import Client, Credential, LmsSettings, RevokedToken
from clients.rights import Service, Switches

LAST_USED_RESOLUTION_SECONDS = 60
_SWITCHES = 4  # columns


@dataclass(frozen=True, slots=True)
class Holder:
    """A credential's row and its client's, as one SQL statement saw them together."""

    client_pk: int
    client_id: str
    name: str
    active: bool
    generation: int
    scim_configuration_pk: int | None
    credential_pk: int
    number: int
    digest: bytes = field(repr=False)
    revoked: bool
    expired: bool
    last_used_at: datetime | None  # as the database returns it: without a zone on SQLite
    switches: Switches
    requests_per_minute: int | None = None
    burst: int | None = None
    scim_configuration: Any = field(default=None, repr=False)  # the connected one, where Service.SCIM was asked for

    @property
    def live(self) -> bool:
        return self.active and not self.revoked and not self.expired


def by_digest(kind: str, digest: bytes, now: datetime, service: Service | None = None) -> Holder | None:
    """The holder of a secret or bearer token, live or not. ``service`` None reads the switches of every service."""
    return _fetch(_statement(service, connection.vendor, "digest"), [_stamp(now)] * 2, [digest, kind])


def by_number(
    client_pk: int, number: int, token_digest: bytes, now: datetime, service: Service | None = None
) -> Holder | None:
    """The holder of an access token: the client and the secret it was issued with, unless the token was revoked."""
    kind = Credential.Kind.SECRET.value
    return _fetch(
        _statement(service, connection.vendor, "number"), [_stamp(now)] * 2, [client_pk, number, kind, token_digest]
    )


def switches_of(client_pk: int) -> Switches:
    """As every request of an active client reads them."""
    client = _Table(Client, "c")
    statement = (
        f"SELECT {', '.join(_switches(client, None))} FROM {client.source}"  # noqa: S608 - names of models only
        f"{_configuration_join(client, None)} WHERE {client('id')} = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [client_pk])
        return Switches(*map(bool, cursor.fetchone()))


def _stamp(now: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(now)


def _fetch(statement: str, times: list[Any], key: list[Any]) -> Holder | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*times, *key])
        row = cursor.fetchone()
    if row is None:
        return None
    client_pk, client_id, name, active, generation, configuration, pk, number, digest, revoked, expired, used = row[:12]
    rate, burst = row[12:14]
    switches, connected = row[14 : 14 + _SWITCHES], row[14 + _SWITCHES :]
    return Holder(
        client_pk=client_pk,
        client_id=client_id,
        name=name,
        active=bool(active),
        generation=generation,
        scim_configuration_pk=configuration,
        credential_pk=pk,
        number=number,
        digest=bytes(digest),
        revoked=bool(revoked),
        expired=bool(expired),
        last_used_at=used,
        switches=Switches(*map(bool, switches)),
        requests_per_minute=rate,
        burst=burst,
        scim_configuration=_configuration(connected) if connected and configuration is not None else None,
    )


def _configuration(row: tuple[Any, ...]) -> models.Model:
    """As the ORM would make it of the same columns."""
    values = list(row)
    for position, column, converters in _converters(connection.vendor):
        for converter in converters:
            values[position] = converter(values[position], column, connection)
    model = _configuration_model()
    return model.from_db(connection.alias, [one.attname for one in model._meta.concrete_fields], values)  # noqa: SLF001


@cache
def _converters(vendor: str) -> list[tuple[int, Any, list[Any]]]:  # noqa: ARG001 - each has its own
    """Of the columns that the database does not return as the model has them."""
    columns = enumerate(one.cached_col for one in _configuration_model()._meta.concrete_fields)  # noqa: SLF001
    found = (
        (position, column, [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)])
        for position, column in columns
    )
    return [one for one in found if one[2]]


def _configuration_model() -> type[models.Model]:
    return Client._meta.get_field("scim_configuration").related_model  # noqa: SLF001


@cache
def _statement(service: Service | None, vendor: str, key: str) -> str:  # noqa: ARG001 - vendor decides the quoting
    client, credential = _Table(Client, "c"), _Table(Credential, "k")
    columns = [
        *(client(name) for name in ("id", "client_id", "name", "active", "generation", "scim_configuration")),
        *(credential(name) for name in ("id", "number", "digest")),
        f"({credential('revoked_at')} IS NOT NULL AND {credential('revoked_at')} <= %s)",
        f"({credential('expires_at')} IS NOT NULL AND {credential('expires_at')} <= %s)",
        credential("last_used_at"),
        client("requests_per_minute"),
        client("burst"),
        *_switches(client, service),
        *_connected(service),
    ]
    return (
        f"SELECT {', '.join(columns)} FROM {credential.source} "  # noqa: S608 - names of models only
        f"JOIN {client.source} ON {client('id')} = {credential('client')}"
        f"{_configuration_join(client, service)} WHERE {_condition(credential, key)}"
    )


def _condition(credential: "_Table", key: str) -> str:
    if key == "digest":
        return f"{credential('digest')} = %s AND {credential('kind')} = %s"
    revoked = _Table(RevokedToken, "r")
    return (
        f"{credential('client')} = %s AND {credential('number')} = %s AND {credential('kind')} = %s AND NOT EXISTS "  # noqa: S608
        f"(SELECT 1 FROM {revoked.source} WHERE {revoked('digest')} = %s)"
    )


def _switches(client: "_Table", service: Service | None) -> list[str]:
    """SCIM, LRS own, LRS full read, shared events: with what else must be on for the switch to have effect."""
    scim = "COALESCE(f.active, FALSE)" if service in {None, Service.SCIM} else "FALSE"
    shared_events = "FALSE"
    if service in {None, Service.SHARED_EVENTS}:
        row = _Table(LmsSettings, "s")
        enabled = f"(SELECT {row('shared_events_enabled')} FROM {row.source} WHERE {row('id')} = 1)"  # noqa: S608
        shared_events = f"({client('shared_events')} AND {enabled})"
    return [scim, client("lrs_own"), client("lrs_full_read"), shared_events]


def _connected(service: Service | None) -> list[str]:
    """The whole row, for the one service that needs it: every request of a directory begins with it."""
    if service is not Service.SCIM:
        return []
    model = _configuration_model()
    return list(map(_Table(model, "f"), (one.name for one in model._meta.concrete_fields)))  # noqa: SLF001


def _configuration_join(client: "_Table", service: Service | None) -> str:
    if service not in {None, Service.SCIM}:
        return ""
    configuration = _Table(_configuration_model(), "f")
    return f" LEFT JOIN {configuration.source} ON {configuration('id')} = {client('scim_configuration')}"


class _Table:
    """A model under an alias: calling it with a field's name gives the quoted column."""

    def __init__(self, model: type[models.Model], alias: str) -> None:
        self._meta = model._meta  # noqa: SLF001
        self._alias = alias
        self.source = f"{connection.ops.quote_name(self._meta.db_table)} {alias}"

    def __call__(self, name: str) -> str:
        column = self._meta.get_field(name).column  # type: ignore[union-attr]
        return f"{self._alias}.{connection.ops.quote_name(str(column))}"
