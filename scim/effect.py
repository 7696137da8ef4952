"""What a configuration would keep of a new user, attribute by attribute. Nobody is looked for, nothing is written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from clients.audit import Origin
from lms_oauth.errors import ApiError
from lms_oauth.http import read_json
from scim.errors import Refusal
from scim.mapping import STANDARD, Mode, Row, source
from scim.models import ScimConfiguration
from scim.protocol import new_user
from scim.redaction import HIDDEN, Redactor, joined

MAX_PARTS = 200
_INDEX = re.compile(r"\[\d+\]")


class Fate(StrEnum):
    FEEDS = "feeds"  # a field of the user
    KEPT = "kept"  # for the directory alone
    OWN_ID = "own_id"
    STATE = "state"
    EMPTY = "empty"
    SERVER = "server"
    PASSWORD = "password"  # noqa: S105 - the attribute
    LMS = "lms"
    STAMPED = "stamped"
    UNMAPPED = "unmapped"
    UNKNOWN = "unknown"

    @property
    def drops(self) -> bool:
        return self not in (Fate.FEEDS, Fate.KEPT, Fate.OWN_ID, Fate.STATE, Fate.EMPTY)


_BY_NAME = {
    "password": Fate.PASSWORD,
    "externalid": Fate.OWN_ID,
    "active": Fate.STATE,
    "id": Fate.SERVER,
    "meta": Fate.SERVER,
    "groups": Fate.SERVER,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One value that was sent. ``field``: of LmsUser, where it feeds one."""

    path: str
    value: Any
    fate: Fate
    field: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """``fields``: of the user to be created. With a ``refusal`` nothing is kept. What is sensitive is hidden."""

    refusal: str
    parts: list[Part]
    fields: dict[str, str]


def effect_of(configuration: ScimConfiguration, body: str, by: Origin) -> Effect:
    """By the code that reads requests: a POST of a user with this body."""
    try:
        wanted, account = new_user(body.encode(), configuration, by)
    except (ApiError, Refusal) as refusal:
        return Effect(refusal.detail, [], {})
    reading = _Reading(configuration, {_plain(path) for path, _ in _leaves(wanted.data)}, account)
    sent = [(path, value) for path, value in _leaves(read_json(body.encode())) if not path.startswith("schemas[")]
    account |= configuration.stamped(str(wanted.data["userName"]))
    hidden = {row.target for row in configuration.rows if row.sensitive}
    fields = {name: HIDDEN if name in hidden else text for name, text in account.items() if text}
    return Effect("", [reading.part(path, value) for path, value in sent[:MAX_PARTS]], fields)


@dataclass(frozen=True, slots=True)
class _Reading:
    """``kept``: paths of what stays, in lower case."""

    configuration: ScimConfiguration
    kept: set[str]
    account: Mapping[str, str]

    def part(self, path: str, value: Any) -> Part:
        plain, rows = _plain(path), self.configuration.rows
        field = next((row.target for row in rows if row.target and self._feeds(row, plain, value)), "")
        shown = HIDDEN if Redactor(rows).is_sensitive(plain) else value
        return Part(path, shown, self._fate(plain, value, field), field)

    def _fate(self, path: str, value: Any, field: str) -> Fate:
        name = re.split(r"[.:]", path, maxsplit=1)[0]
        if name in _BY_NAME:
            return _BY_NAME[name]
        if value in (None, ""):
            return Fate.EMPTY
        if any(_covers(path, one) for one in self.kept):
            return Fate.FEEDS if field else Fate.KEPT
        return self._dropped(path)

    def _dropped(self, path: str) -> Fate:
        about = [row for row in STANDARD if _about(row, path)]
        if any(row.target in self.configuration.stamps for row in about):
            return Fate.STAMPED
        if any(row.mode == Mode.LMS and _about(row, path) for row in self.configuration.rows):
            return Fate.LMS
        return Fate.UNMAPPED if about else Fate.UNKNOWN

    def _feeds(self, row: Row, path: str, value: Any) -> bool:
        if row.target == "manager":
            return _covers(row.path.lower(), path)
        return path == source(row).lower() and self.account.get(row.target) == value


def _about(row: Row, path: str) -> bool:
    return _covers(row.path.lower(), path) or _covers(path, row.path.lower())


def _covers(path: str, inner: str) -> bool:
    return inner == path or inner.startswith((f"{path}.", f"{path}:"))


def _plain(path: str) -> str:
    return _INDEX.sub("", path).lower()


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, joined(path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{path}[{number}]")
    else:
        yield path, value
