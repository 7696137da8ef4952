"""Entries of the feed as items of a page."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from shared_events.models import Exposure, FeedEntry, Kind, RegistrationEntry, Seats, etag
from shared_events.visibility import bears_one, hidden

MAX_BYTES = 1024 * 1024
_SCANNED = 5000  # entries looked at for one page
_CHUNK = 250


@dataclass(frozen=True, slots=True)
class Row:
    """One entry with its document and what decides its visibility."""

    seq: int
    kind: str
    uid: uuid.UUID
    rev: int
    hash: str
    fragment: str
    shared: bool | None
    stage: str | None
    ends_at: datetime | None
    labelled: bool  # it bears a label of those that this client is limited to
    exposed: bool  # this client was sent it before
    seats: Seats | None = None  # where the entry is about them

    def item(self, kept_since: datetime) -> str | None:
        """What this entry tells; None where it tells nothing."""
        reason = hidden(self.shared, self.stage, self.ends_at, labelled=self.labelled, kept_since=kept_since)
        if self.kind == Kind.AVAILABILITY:
            return None if reason or self.seats is None else _availability(self, self.seats)
        if reason is None:
            return _upsert(self)
        return _remove(self, reason) if self.exposed else None


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A registration that this client made. It is told of also where its event is hidden by now."""

    seq: int
    uid: uuid.UUID
    rid: uuid.UUID
    rev: int
    state: str
    cancelled_by: str
    exposed = True

    def item(self, _kept_since: datetime) -> str:
        head = {"seq": self.seq, "kind": Kind.REGISTRATION, "op": "upsert", "uid": str(self.uid), "rid": str(self.rid)}
        tail = {"rev": self.rev, "state": self.state, "cancelled_by": self.cancelled_by or None}
        return json.dumps({**head, **tail}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Selection:
    """What a client is served: ``labels`` None means all shared events."""

    client_pk: int
    kinds: frozenset[str]
    labels: frozenset[int] | None
    kept_since: datetime


@dataclass(slots=True)
class Harvest:
    """What one page takes out of the feed."""

    scanned: int  # position of the last entry looked at
    items: list[str] = field(default_factory=list)
    shown: list[uuid.UUID] = field(default_factory=list)  # for the first time
    size: int = 0

    def has_room_for(self, item: str, limit: int) -> bool:
        """At least one item always fits."""
        return not self.items or (len(self.items) < limit and self.size + len(item.encode()) <= MAX_BYTES)

    def add(self, row: Row | OwnRow, item: str) -> None:
        self.items.append(item)
        self.size += len(item.encode())
        if not row.exposed:
            self.shown.append(row.uid)


def harvest(served: Selection, *, after: int, head: int, limit: int) -> Harvest:
    """Items after a position, up to ``limit`` or 1 MiB. What is hidden is told only to who has seen it."""
    page = Harvest(scanned=after)
    looked_at = 0
    for looked_at, row in enumerate(islice(_rows(served, after, head), _SCANNED), 1):  # noqa: B007
        item = row.item(served.kept_since)
        if item is not None:
            if not page.has_room_for(item, limit):
                break
            page.add(row, item)
        page.scanned = row.seq
    else:
        if looked_at < _SCANNED:  # positions at the end may have been dropped: there is nothing more up to the head
            page.scanned = head
    return page


def _rows(served: Selection, after: int, head: int) -> Iterator[Row | OwnRow]:
    """What the kinds served have there, by position."""
    streams: list[Iterator[Row | OwnRow]] = []
    if documents := served.kinds - {Kind.REGISTRATION}:
        streams.append(_chunks(_entries(served).filter(kind__in=documents), _about_events, after, head))
    if Kind.REGISTRATION in served.kinds:
        streams.append(_chunks(_own(served), _about_registrations, after, head))
    return merge(*streams, key=attrgetter("seq"))


def _chunks(
    entries: "QuerySet[Any, tuple[Any, ...]]", made: Callable[[Iterable[Any]], list[Any]], after: int, head: int
) -> Iterator[Any]:
    while True:
        rows = made(entries.filter(seq__gt=after, seq__lte=head)[:_CHUNK])
        yield from rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1].seq


def _about_events(entries: Iterable[tuple[Any, ...]]) -> list[Row]:
    rows = [Row(*values) for values in entries]
    if not (uids := [row.uid for row in rows if row.kind == Kind.AVAILABILITY]):
        return rows
    seats = {one.event.uid: one for one in Seats.objects.filter(event__uid__in=uids).select_related("event")}
    return [replace(row, seats=seats.get(row.uid)) if row.kind == Kind.AVAILABILITY else row for row in rows]


def _about_registrations(entries: Iterable[tuple[Any, ...]]) -> list[OwnRow]:
    return [OwnRow(*values) for values in entries]


def _own(served: Selection) -> "QuerySet[RegistrationEntry, tuple[Any, ...]]":
    rows = RegistrationEntry.objects.filter(client=served.client_pk).order_by("seq")
    columns = ("registration__seats__event__uid", *(f"registration__{name}" for name in _OWN))
    return rows.values_list("seq", *columns)


_OWN = ("rid", "rev", "state", "cancelled_by")


def _entries(served: Selection) -> "QuerySet[FeedEntry, tuple[Any, ...]]":
    seen = Exposure.objects.filter(client=served.client_pk, kind=Kind.EVENT, ref=OuterRef("document_id"))
    event = F("document__event__shared"), F("document__event__stage"), F("document__event__ends_at")
    document = "document_id", "document__rev", "document__hash", "document__fragment"
    labelled = bears_one(served.labels, "document__event")
    return FeedEntry.objects.order_by("seq").values_list("seq", "kind", *document, *event, labelled, Exists(seen))


def _upsert(row: Row) -> str:
    """Joined from stored text: the document is canonical JSON already."""
    head = {"seq": row.seq, "kind": row.kind, "op": "upsert", "uid": str(row.uid), "rev": row.rev}
    tag = etag(row.rev, row.hash)
    return json.dumps({**head, "etag": tag}, separators=(",", ":"))[:-1] + "," + row.fragment[1:]


def _availability(row: Row, seats: Seats) -> str:
    head = {"seq": row.seq, "kind": row.kind, "op": "upsert", "uid": str(row.uid), "rev": seats.rev}
    told = {"seats_taken": seats.seats_taken, "remaining": seats.free, "waitlisted": seats.waitlisted}
    return json.dumps({**head, **told, "open": seats.accepting}, separators=(",", ":"))


def _remove(row: Row, reason: str) -> str:
    item = {"seq": row.seq, "kind": row.kind, "op": "remove", "uid": str(row.uid), "rev": row.rev, "reason": reason}
    return json.dumps(item, separators=(",", ":"))
