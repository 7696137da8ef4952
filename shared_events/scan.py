"""Entries of the feed as items of a page."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from shared_events.models import Exposure, FeedEntry, etag
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

    def add(self, row: Row, item: str) -> None:
        self.items.append(item)
        self.size += len(item.encode())
        if not row.exposed:
            self.shown.append(row.uid)


def harvest(served: Selection, *, after: int, head: int, limit: int) -> Harvest:
    """Items after a position, up to ``limit`` or 1 MiB. What is hidden is told only to who has seen it."""
    page = Harvest(scanned=after)
    looked_at = 0
    for looked_at, row in enumerate(_rows(served, after, head), 1):  # noqa: B007
        item = _item(row, served.kept_since) if row.kind in served.kinds else None
        if item is not None:
            if not page.has_room_for(item, limit):
                break
            page.add(row, item)
        page.scanned = row.seq
    else:
        if looked_at < _SCANNED:  # positions at the end may have been dropped: there is nothing more up to the head
            page.scanned = head
    return page


def _rows(served: Selection, after: int, head: int) -> Iterator[Row]:
    for _chunk in range(_SCANNED // _CHUNK):
        rows = [Row(*values) for values in _entries(served).filter(seq__gt=after, seq__lte=head)[:_CHUNK]]
        yield from rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1].seq


def _entries(served: Selection) -> "QuerySet[FeedEntry, tuple[Any, ...]]":
    seen = Exposure.objects.filter(client=served.client_pk, kind=OuterRef("kind"), ref=OuterRef("document_id"))
    event = F("document__event__shared"), F("document__event__stage"), F("document__event__ends_at")
    document = "document_id", "document__rev", "document__hash", "document__fragment"
    labelled = bears_one(served.labels, "document__event")
    return FeedEntry.objects.order_by("seq").values_list("seq", "kind", *document, *event, labelled, Exists(seen))


def _item(row: Row, kept_since: datetime) -> str | None:
    reason = hidden(row.shared, row.stage, row.ends_at, labelled=row.labelled, kept_since=kept_since)
    if reason is None:
        return _upsert(row)
    return _remove(row, reason) if row.exposed else None


def _upsert(row: Row) -> str:
    """Joined from stored text: the document is canonical JSON already."""
    head = {"seq": row.seq, "kind": row.kind, "op": "upsert", "uid": str(row.uid), "rev": row.rev}
    tag = etag(row.rev, row.hash)
    return json.dumps({**head, "etag": tag}, separators=(",", ":"))[:-1] + "," + row.fragment[1:]


def _remove(row: Row, reason: str) -> str:
    item = {"seq": row.seq, "kind": row.kind, "op": "remove", "uid": str(row.uid), "rev": row.rev, "reason": reason}
    return json.dumps(item, separators=(",", ":"))
