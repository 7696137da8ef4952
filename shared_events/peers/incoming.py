"""What another host sent, read with suspicion. A bad page is refused whole; a bad item is set aside with its reason."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared_events.calendar import FIRST_YEAR, LAST_YEAR, instant, parsed_duration, zone_names
from shared_events.canonical import canonical, digest
from shared_events.models import Kind
from shared_events.peers.decoding import MAX_NUMBER, NotDecodable, Repeating, decoded, flaws, shown

MAX_DEPTH = 32
MAX_EVENT_BYTES = 256 * 1024
MAX_INFO_BYTES = 64 * 1024
_MAX_TITLE = 255
_MAX_WORD = 64
_MAX_LINK = 500
_DAYS = 366
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?", re.ASCII)


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


@dataclass(frozen=True, slots=True)
class SeatsTold:
    """How an event's seats stand: seats_taken, remaining (None: no limit), waitlisted, open."""

    uid: uuid.UUID
    availability: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RegistrationTold:
    uid: uuid.UUID
    rid: uuid.UUID
    rev: int
    state: str
    cancelled_by: str


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
    seats: list[SeatsTold] = field(default_factory=list)
    registrations: list[RegistrationTold] = field(default_factory=list)


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
    read = [item for item in map(_item, items) if item is not None]
    return Page(
        origin,
        _text(page, "epoch"),
        [item for item in read if isinstance(item, Item)],
        _text(page, "next", limit=4096),
        more,
        None if more else _time(_text(page, "complete_through")),
        len(body),
        [item for item in read if isinstance(item, SeatsTold)],
        [item for item in read if isinstance(item, RegistrationTold)],
    )


def read_single(body: bytes, *, origin: str) -> tuple[str, Upsert]:
    """Epoch and content of one event. UnreadablePage or BadItem."""
    answer = _object(body)
    if answer.get("origin") != origin:
        raise UnreadablePage("it comes from another host than the one pinned")
    _require_fit(answer)
    return _text(answer, "epoch"), _upsert(answer, etag=None)


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """A registration as the host answers for it. ``ref``: whom it is for."""

    told: RegistrationTold
    ref: str
    join_url: str


def read_registration(body: bytes, *, rid: uuid.UUID) -> RegistrationAnswer:
    """The answer for the registration ``rid``. UnreadablePage or BadItem."""
    answer = _object(body)
    _require_fit(answer)
    participant, join = answer.get("participant"), answer.get("join")
    ref = _word(participant.get("ref") if isinstance(participant, dict) else None, "participant.ref")
    link = join.get("uri") if isinstance(join, dict) else ""
    if not isinstance(link, str) or len(link) > _MAX_LINK or (link and not link.startswith(("https://", "http://"))):
        raise BadItem("join is no address that can be opened")
    told = _registration(answer)
    if told.rid != rid:
        raise BadItem("it answers for another registration")
    return RegistrationAnswer(told, ref, link)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = decoded(body)
    except NotDecodable as error:
        raise UnreadablePage(str(error)) from error
    if not isinstance(value, dict) or isinstance(value, Repeating):
        raise UnreadablePage("it is no JSON object, or has a name twice")
    return value


def _text(values: dict[str, Any], name: str, *, limit: int = _MAX_WORD) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise UnreadablePage(f"{name} is missing or too long")
    if flaw := next(flaws(value, depth=1), None):
        raise UnreadablePage(f"{name} cannot be kept: {flaw}")
    return value


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        utc = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadablePage(f"{text!r} is no time") from error
    if at.tzinfo is None:
        raise UnreadablePage(f"{text!r} has no zone")
    return utc


def _item(item: Any) -> Item | SeatsTold | RegistrationTold | None:
    """None for a kind that this version does not know."""
    try:
        kind = _kind(item)
        if kind not in Kind:
            return None
        _require_fit(item)
        if kind != Kind.EVENT:
            return _seats(item) if kind == Kind.AVAILABILITY else _registration(item)
        return _remove(item) if item.get("op") == "remove" else _upsert(item, etag=item.get("etag"))
    except BadItem as error:
        text = shown(item)
        return Refused(_ref(item, text), text[:MAX_EVENT_BYTES], str(error))


def _seats(item: dict[str, Any]) -> SeatsTold:
    counts = {name: item.get(name) for name in ("seats_taken", "remaining", "waitlisted")}
    for name, count in counts.items():
        if not (type(count) is int and 0 <= count <= MAX_NUMBER) and not (name == "remaining" and count is None):
            raise BadItem(f"{name} is no whole number")
    return SeatsTold(_uid(item), {**counts, "open": item.get("open") is True})


def _registration(item: dict[str, Any]) -> RegistrationTold:
    state, ended_by = _word(item.get("state"), "state"), item.get("cancelled_by")
    return RegistrationTold(
        _uid(item), _uid(item, "rid"), _rev(item), state, "" if ended_by is None else _word(ended_by, "cancelled_by")
    )


def _kind(item: Any) -> str:
    if not isinstance(item, dict):
        raise BadItem("not an object")
    return _word(item.get("kind"), "kind")


def _require_fit(value: Any) -> None:
    if flaw := next(flaws(value, depth=MAX_DEPTH), None):
        raise BadItem(flaw)


def _ref(item: Any, text: str) -> str:
    """The uid of an event. Items that have none are told apart by their content, and so are those of other kinds."""
    try:
        kind = item.get("kind")
        if isinstance(kind, str) and kind in Kind and kind != Kind.EVENT:
            return f"{kind}: {digest(text)[:16]}"
        return str(_uid(item))
    except (BadItem, AttributeError):
        return f"no uid: {digest(text)[:16]}"


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
    _require_display_facts(event)
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


def _uid(item: dict[str, Any], name: str = "uid") -> uuid.UUID:
    text = item.get(name)
    try:
        uid = uuid.UUID(text)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadItem(f"{name} is no UUID") from error
    if str(uid) != text:
        raise BadItem(f"{name} is not written as a UUID is")
    return uid


def _rev(item: dict[str, Any]) -> int:
    rev = item.get("rev")
    if type(rev) is not int or not 0 <= rev <= MAX_NUMBER:
        raise BadItem("rev is no whole number")
    return rev


def _hashed(event: dict[str, Any], training: dict[str, Any]) -> tuple[str, str]:
    text = canonical({"event": event, "training": training})
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


def _require_display_facts(event: dict[str, Any]) -> None:
    """They may be missing. Where they are there, calendar files are written from them."""
    for name in ("created", "updated"):
        try:
            _time(event.get(name, "1970-01-01T00:00:00Z"))
        except (UnreadablePage, TypeError) as error:
            raise BadItem(f"{name} is no time in UTC") from error
    sequence = event.get("sequence", 0)
    if type(sequence) is not int or not 0 <= sequence < 2**31:
        raise BadItem("sequence is no whole number")


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
    if not all(isinstance(name, str) and len(name) <= _MAX_TITLE for name in names):
        raise BadItem("the name of a location is no text or too long")
    return str(names[0]) if names else ""


def _times(event: dict[str, Any]) -> tuple[datetime, datetime]:
    zone = event.get("timeZone")
    if zone not in zone_names():
        raise BadItem("timeZone is not known here")
    try:
        local = _local_time(event["start"])
        seconds = parsed_duration(event["duration"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadItem("start or duration is missing or not written as RFC 8984 says") from error
    if not FIRST_YEAR <= local.year <= LAST_YEAR or not 0 < seconds <= _DAYS * 86_400:
        raise BadItem(f"start is not from {FIRST_YEAR} to {LAST_YEAR}, or duration is out of range")
    starts_at = instant(local, zone)
    return starts_at, starts_at + timedelta(seconds=seconds)


def _local_time(text: str) -> datetime:
    if not _LOCAL_TIME.fullmatch(text):
        raise ValueError("not a local time")
    return datetime.fromisoformat(text)
