"""One page of the change feed, from where a reader's cursor stands."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.db import transaction

from clients import audit
from clients.access import ClientRecord
from clients.audit import Origin
from shared_events import cursor as cursors
from shared_events.calendar import utc_text
from shared_events.canonical import canonical, digest
from shared_events.cursor import Cursor, UnreadableCursor
from shared_events.history import History, Verdict, judge
from shared_events.models import ClientSharing, Exposure, FeedBatch, Instance, Kind
from shared_events.problems import BadCursor, CursorExpired, HistoryChanged, ScopeChanged, SharedEventsError
from shared_events.scan import Harvest, Selection, harvest
from shared_events.sequencing import Turn, sequence

DEFAULT_ITEMS, MAX_ITEMS = 500, 1000
EVENTS_ONLY = frozenset({str(Kind.EVENT)})

_READ_AT_STEP = timedelta(minutes=1)

_EXPIRED = "Removals since this cursor were dropped. Read the feed from its start."
_REFUSALS: dict[Verdict, tuple[type[SharedEventsError], str]] = {
    Verdict.PAST_EPOCH: (HistoryChanged, "The server's history began anew. Read the feed from its start."),
    Verdict.REWOUND: (HistoryChanged, "The server was restored to an earlier state. Read the feed from its start."),
    Verdict.OTHER_SCOPE: (ScopeChanged, "Another selection is served now. Read the feed from its start."),
    Verdict.EXPIRED: (CursorExpired, _EXPIRED),
}


@dataclass(frozen=True, slots=True)
class Query:
    cursor: str = ""
    last: str = ""  # on the first page of a full pass: the last cursor the reader ever held
    limit: int = DEFAULT_ITEMS
    kinds: frozenset[str] = EVENTS_ONLY


@dataclass(frozen=True, slots=True)
class Position:
    seq: int
    proof: int
    nonce: str

    def moved_to(self, seq: int) -> "Position":
        proof = max(seq, self.proof)
        return Position(seq, proof, self.nonce if proof == self.proof else FeedBatch.nonce_at(proof))


@dataclass(frozen=True, slots=True)
class Reader:
    """A client before this LMS's feed as it is now."""

    client: ClientRecord
    instance: Instance
    sharing: ClientSharing
    served: Selection
    history: History

    @classmethod
    def now(cls, client: ClientRecord, kinds: frozenset[str]) -> Self:
        instance, sharing = Instance.current(), ClientSharing.of(client.pk)
        served = Selection(client.pk, kinds, sharing.served_labels(), instance.kept_since(instance.read_at))
        history = History(
            epoch=instance.epoch,
            past_epochs=frozenset(instance.past_epochs),
            head=FeedBatch.head(),
            floor=instance.floor,
            issued=sharing.issued,
            scope=_scope(served, instance.keep_past_days),
        )
        return cls(client, instance, sharing, served, history)

    def open(self, text: str) -> Cursor:
        return cursors.decode(text, key=bytes(self.instance.tag_key), client_id=self.client.client_id)

    def seal(self, position: Position, issued: int) -> str:
        cursor = Cursor(self.instance.epoch, position.seq, position.proof, position.nonce, self.history.scope, issued)
        return cursors.encode(cursor, key=bytes(self.instance.tag_key), client_id=self.client.client_id)

    def judge(self, cursor: Cursor) -> Verdict:
        return judge(cursor, self.history, nonce=FeedBatch.nonce_at(cursor.proof))

    def begin_epoch(self, by: Origin) -> None:
        """What this client holds proves that the database was rewound: nobody may go on as if it had not been."""
        with transaction.atomic():
            if self.instance.renew_epoch():
                audit.record("shared_events_history_changed", self.instance, by=by, ended=self.instance.epoch)


def read_page(client: ClientRecord, query: Query, by: Origin) -> str:
    """The JSON text of a page. BadCursor and the 410 problems where the cursor cannot be continued."""
    turn = sequence()
    reader = Reader.now(client, query.kinds)
    if query.cursor:
        position = _resume(reader, query.cursor, by)
    else:
        if _proves_rewind(reader, query.last):
            reader.begin_epoch(by)
            reader = Reader.now(client, query.kinds)
        position = Position(0, reader.history.head, FeedBatch.nonce_at(reader.history.head))
    page, issued = _take(reader, position, query)
    return _text(reader, query, turn, page, reader.seal(position.moved_to(page.scanned), issued))


def _resume(reader: Reader, text: str, by: Origin) -> Position:
    try:
        cursor = reader.open(text)
    except UnreadableCursor as error:
        raise BadCursor("This cursor was not made by this server for this client.") from error
    verdict = reader.judge(cursor)
    if verdict is Verdict.REWOUND:
        reader.begin_epoch(by)
    if verdict is not Verdict.GOOD:
        refusal, detail = _REFUSALS[verdict]
        raise refusal(detail)
    _acknowledge(reader, cursor.seq)
    return Position(cursor.seq, cursor.proof, cursor.nonce)


def _acknowledge(reader: Reader, seq: int) -> None:
    """Who sends a cursor has stored all before it. Written only where it says something new, or once a minute."""
    sharing, now = reader.sharing, reader.instance.read_at
    if seq > sharing.acked_seq or sharing.last_read_at is None or now - sharing.last_read_at > _READ_AT_STEP:
        rows = ClientSharing.objects.filter(pk=reader.client.pk)
        rows.update(acked_seq=max(seq, sharing.acked_seq), last_read_at=now)


def _proves_rewind(reader: Reader, last: str) -> bool:
    try:
        return bool(last) and reader.judge(reader.open(last)) is Verdict.REWOUND
    except UnreadableCursor:
        return False


def _take(reader: Reader, position: Position, query: Query) -> tuple[Harvest, int]:
    """The items, and how many pages with items the client has been given. What it was shown is on record before."""
    if position.seq == reader.history.head:
        return Harvest(position.seq), reader.history.issued
    with transaction.atomic():
        sharing, _made = ClientSharing.objects.select_for_update().get_or_create(pk=reader.client.pk)
        page = harvest(reader.served, after=position.seq, head=reader.history.head, limit=query.limit)
        if 0 < position.proof < Instance.current().floor:  # dropped while this page was read
            raise CursorExpired(_EXPIRED)
        if page.items:
            _remember(reader.client.pk, page)
            sharing.issued += 1
            sharing.save()
    return page, sharing.issued


def _remember(client_pk: int, page: Harvest) -> None:
    shown = [Exposure(client_id=client_pk, kind=Kind.EVENT, ref=uid) for uid in page.shown]
    Exposure.objects.bulk_create(shown, ignore_conflicts=True)


def _text(reader: Reader, query: Query, turn: Turn, page: Harvest, following: str) -> str:
    more = turn.more or page.scanned < reader.history.head
    before = {"from": query.cursor, "origin": reader.instance.origin, "epoch": reader.instance.epoch}
    after = {
        "next": following,
        "has_more": more,
        "complete_through": None if more else utc_text(turn.through),
        "head_hint": reader.history.head,
    }
    return f'{json.dumps(before)[:-1]},"items":[{",".join(page.items)}],{json.dumps(after)[1:]}'


def _scope(served: Selection, keep_past_days: int) -> str:
    """Names what a reader is served: a cursor leads on only in the same selection."""
    selection = {
        "events": "all" if served.labels is None else sorted(served.labels),
        "past": keep_past_days,
        "directions": ["read"],
        "profiles": ["E"] if served.kinds == EVENTS_ONLY else ["E", "R"],
        "kinds": sorted(served.kinds),
    }
    return digest(canonical(selection))[:16]
