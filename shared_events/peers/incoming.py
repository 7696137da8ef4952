"""What another host sent, read with suspicion. A bad page is refused whole; a bad item is set aside with its reason."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lms_oauth.errors import MalformedJson
from lms_oauth.http import read_json
from shared_events.calendar import FIRST_YEAR, LAST_YEAR, instant, parsed_duration, zone_names
from shared_events.canonical import canonical, digest

MAX_DEPTH = 32
MAX_EVENT_BYTES = 256 * 1024
MAX_INFO_BYTES = 64 * 1024
_MAX_TITLE = 255
_MAX_WORD = 64
_MAX_NUMBER = 2**53
_DAYS = 366


class UnreadablePage(ValueError):
    """Nothing of this answer can be used."""


class BadItem(ValueError):
    """An item that cannot be taken; the others can."""


@dataclass(frozen=True, slots=True)
class Upsert:
    uid: uuid.UUID
    rev: int
    document: str  # canonical
    hash: str
    title: str
    kind: str
    status: str
    location_name: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Remove:
    uid: uuid.UUID
    rev: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    ref: str
    document: str
    problem: str


Item = Upsert | Remove | Refused


@dataclass(frozen=True, slots=True)
class Page:
    origin: str
    epoch: str
    items: list[Item]
    following: str
    has_more: bool
    complete_through: datetime | None
    size_bytes: int


def read_page(body: bytes, *, sent: str, origin: str) -> Page:
    """The page that answers the cursor ``sent``, of the host pinned as ``origin``. UnreadablePage where it is not."""
    page = _object(body)
    if page.get("from") != sent:
        raise UnreadablePage("it answers another cursor than the one sent")
    if page.get("origin") != origin:
        raise UnreadablePage("it comes from another host than the one pinned")
    more, items = page.get("has_more"), page.get("items")
    if not isinstance(more, bool) or not isinstance(items, list):
        raise UnreadablePage("has_more or items is missing")
    return Page(
        origin,
        _text(page, "epoch"),
        [item for item in map(_item, items) if item is not None],
        _text(page, "next", limit=4096),
        more,
        None if more else _time(_text(page, "complete_through")),
        len(body),
    )


def read_single(body: bytes, *, origin: str) -> tuple[str, Upsert]:
    """Epoch and content of one event. UnreadablePage or BadItem."""
    answer = _object(body)
    if answer.get("origin") != origin:
        raise UnreadablePage("it comes from another host than the one pinned")
    return _text(answer, "epoch"), _upsert(answer, etag=None)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = read_json(body)
    except MalformedJson as error:
        raise UnreadablePage(error.detail) from error
    if not isinstance(value, dict) or _deeper_than(value, MAX_DEPTH):
        raise UnreadablePage(f"it is no JSON object of up to {MAX_DEPTH} levels")
    return value


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _depth in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _text(values: dict[str, Any], name: str, *, limit: int = _MAX_WORD) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise UnreadablePage(f"{name} is missing or too long")
    return value


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadablePage(f"{text!r} is no time") from error
    if at.tzinfo is None:
        raise UnreadablePage(f"{text!r} has no zone")
    return at


def _item(item: Any) -> Item | None:
    """None for a kind that this version does not know."""
    if not isinstance(item, dict):
        return Refused("", json.dumps(item)[:MAX_EVENT_BYTES], "not an object")
    if item.get("kind") != "event":
        return None
    try:
        return _remove(item) if item.get("op") == "remove" else _upsert(item, etag=item.get("etag"))
    except BadItem as error:
        text = json.dumps(item, ensure_ascii=False)[:MAX_EVENT_BYTES]
        return Refused(str(item.get("uid", ""))[:_MAX_WORD], text, str(error))


def _remove(item: dict[str, Any]) -> Remove:
    return Remove(_uid(item), _rev(item), _word(item.get("reason"), "reason"))


def _upsert(item: dict[str, Any], *, etag: Any) -> Upsert:
    uid, rev = _uid(item), _rev(item)
    event, training = (item.get(name) for name in ("event", "training"))
    if item.get("op", "upsert") != "upsert" or not isinstance(event, dict) or not isinstance(training, dict):
        raise BadItem("op, event or training is missing")
    document, checksum = _hashed(event, training)
    if etag is not None and etag != f'"{rev}-{checksum[:16]}"':
        raise BadItem("its etag does not name its content")
    if event.get("uid") != str(uid):
        raise BadItem("the event has another uid than its item")
    starts_at, ends_at = _times(event)
    return Upsert(
        uid,
        rev,
        document,
        checksum,
        _title(event),
        _word(training.get("kind"), "training.kind"),
        _word(event.get("status"), "status"),
        _location(event),
        event["timeZone"],
        starts_at,
        ends_at,
    )


def _uid(item: dict[str, Any]) -> uuid.UUID:
    text = item.get("uid")
    try:
        uid = uuid.UUID(text)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadItem("uid is no UUID") from error
    if str(uid) != text:
        raise BadItem("uid is not written as a UUID is")
    return uid


def _rev(item: dict[str, Any]) -> int:
    rev = item.get("rev")
    if type(rev) is not int or not 0 <= rev <= _MAX_NUMBER:
        raise BadItem("rev is no whole number")
    return rev


def _hashed(event: dict[str, Any], training: dict[str, Any]) -> tuple[str, str]:
    try:
        text = canonical({"event": event, "training": training})
    except TypeError as error:
        raise BadItem("a number has a fraction") from error
    if len(text.encode()) > MAX_EVENT_BYTES:
        raise BadItem("it is larger than 256 KiB")
    return text, digest(text)


def _title(event: dict[str, Any]) -> str:
    title, info = event.get("title"), event.get("description", "")
    if not isinstance(title, str) or not 0 < len(title) <= _MAX_TITLE:
        raise BadItem("title is missing or longer than 255 characters")
    if not isinstance(info, str) or len(info.encode()) > MAX_INFO_BYTES:
        raise BadItem("description is no text of up to 64 KiB")
    return title


def _word(value: Any, name: str) -> str:
    """Of an open set: what it means is asked where it is shown."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_WORD:
        raise BadItem(f"{name} is missing or too long")
    return value


def _location(event: dict[str, Any]) -> str:
    places = event.get("locations", {})
    if not isinstance(places, dict) or not all(isinstance(place, dict) for place in places.values()):
        raise BadItem("locations is no object of objects")
    names = [place.get("name", "") for place in places.values()]
    name = names[0] if names else ""
    if not isinstance(name, str) or len(name) > _MAX_TITLE:
        raise BadItem("the name of the location is too long")
    return name


def _times(event: dict[str, Any]) -> tuple[datetime, datetime]:
    zone = event.get("timeZone")
    if zone not in zone_names():
        raise BadItem("timeZone is not known here")
    try:
        local = datetime.fromisoformat(event["start"])
        seconds = parsed_duration(event["duration"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadItem("start or duration is missing or not written as RFC 8984 says") from error
    if local.tzinfo is not None or not FIRST_YEAR <= local.year <= LAST_YEAR or not 0 < seconds <= _DAYS * 86_400:
        raise BadItem(f"start is no local time from {FIRST_YEAR} to {LAST_YEAR}, or duration is out of range")
    starts_at = instant(local, zone)
    return starts_at, starts_at + timedelta(seconds=seconds)
