"""Does the store hold what it should? Read in order of ``seq``, some hundred Statements at a time; changes nothing.

What is written meanwhile is left out: everything is read up to the horizon of the start.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from clients.models import Client
from lrs.attachments import Kept
from lrs.clock import clock
from lrs.models import (
    Attachment,
    Authority,
    Flag,
    Reference,
    Relation,
    Statement,
    StatementAttachment,
    StatementId,
)
from lrs.removal import Known, known, related_rows
from lrs.rows import type_of_row
from lrs.statement.attachments import attachments, hash_of, hasher
from lrs.statement.equality import digest

_BATCH = 500


class Wrong(NamedTuple):
    """``what`` is a kind that scripts may look for."""

    what: str
    where: str


class Step(NamedTuple):
    """So many rows were read, and this was wrong with them."""

    rows: int
    wrong: list[Wrong]


def verify() -> Iterator[Step]:
    horizon = clock().horizon()
    yield Step(0, list(_clock(horizon)))
    yield from _statements(horizon)
    yield from _ids(horizon)
    yield from _relations(horizon)
    yield from _references(horizon)
    yield from _links(horizon)
    yield from _files()


def _clock(horizon: int) -> Iterator[Wrong]:
    highest = Statement.objects.aggregate(highest=Max("seq"))["highest"]
    if highest is not None and highest > clock().horizon():
        yield Wrong("clock behind", f"the highest number is {highest}, the clock stands at {horizon}")


def _statements(horizon: int) -> Iterator[Step]:
    last = -1
    while batch := known(Statement.objects.filter(seq__gt=last, seq__lte=horizon).order_by("seq")[:_BATCH]):
        last = batch[-1].row.seq
        yield Step(len(batch), [*_texts(batch), *_own_relations(batch), *_voided(batch)])


def _texts(batch: Sequence[Known]) -> Iterator[Wrong]:
    ids = {one.id: one for one in StatementId.objects.filter(id__in=[one.row.uuid for one in batch])}
    authorities = set(
        Authority.objects.filter(pk__in={one.row.authority_id for one in batch}).values_list("pk", flat=True)
    )
    for one in batch:
        found = ids.get(one.row.uuid)
        if found is None or (found.seq, found.client_id) != (one.row.seq, one.row.client_id):
            yield Wrong("id missing", one.name)
        elif bytes(found.digest or b"") != digest(one.value):
            yield Wrong("digest differs", one.name)
        if one.row.authority_id not in authorities:
            yield Wrong("authority missing", one.name)
        if "id" in one.value and UUID(one.value["id"]) != one.row.uuid:
            yield Wrong("id differs from JSON", one.name)
        if one.target and not Reference.objects.filter(target=one.target, seq=one.row.seq).exists():
            yield Wrong("reference missing", one.name)


def _own_relations(batch: Sequence[Known]) -> Iterator[Wrong]:
    """Of these Statements: what their texts ask for against what is there."""
    numbers = {one.row.seq: one.name for one in batch}
    expected = {row for row in _asked_for(batch) if row[3] in numbers}
    stored = {
        (client, key.hex, *rest)
        for client, key, *rest in Relation.objects.filter(
            client__in={row[0] for row in expected}, key__in={row[1] for row in expected}, seq__in=list(numbers)
        ).values_list("client", "key", "plain", "seq", "hop", "roles")
    }
    yield from (Wrong("relation missing", numbers[row[3]]) for row in sorted(expected - stored))


@transaction.atomic  # what is awaited is looked at under a lock
def _asked_for(batch: Sequence[Known]) -> list[type_of_row]:
    return related_rows(batch)


def _voided(batch: Sequence[Known]) -> Iterator[Wrong]:
    """The other way round nothing can be told: the voiding Statement may have been purged."""
    keys = [one.row.uuid for one in batch]
    voids = set(Reference.objects.filter(target__in=keys, voids=True).values_list("target", "client_id"))
    for one in batch:
        flags = Flag(one.row.flags)
        if (one.row.uuid, one.row.client_id) in voids and not flags & (Flag.VOIDED | Flag.VOIDS):
            yield Wrong("voided without flag", one.name)


def _ids(horizon: int) -> Iterator[Step]:
    """Ids without Statement, and those that nothing awaits."""
    left = StatementId.objects.order_by("id")
    while batch := list(left[:_BATCH]):
        left = left.filter(id__gt=batch[-1].id)
        numbers = {one.seq for one in batch if one.seq and one.seq <= horizon}
        there = set(Statement.objects.filter(seq__in=numbers).values_list("seq", flat=True))
        awaited = [one.id for one in batch if one.seq is None]
        referred = set(Reference.objects.filter(target__in=awaited).values_list("target", flat=True))
        wrong = [Wrong("statement missing", str(one.id)) for one in batch if one.seq in numbers - there]
        wrong += [Wrong("id awaited by nothing", str(one)) for one in awaited if one not in referred]
        yield Step(len(batch), wrong)


def _relations(horizon: int) -> Iterator[Step]:
    """Rows that no text asks for, in the order of their index."""
    for client in Client.objects.order_by("pk").values_list("pk", flat=True):
        place = (UUID(int=0), False, -1, 0)
        while batch := list(_after(client, place)):
            place = batch[-1][:4]
            yield Step(len(batch), list(_unasked(client, [row for row in batch if row[2] <= horizon])))


def _after(client: int, place: tuple[UUID, bool, int, int]) -> Iterator[tuple[UUID, bool, int, int, int]]:
    found = Relation.objects.filter(client=client).extra(
        where=["(key, plain, seq, hop) > (%s, %s, %s, %s)"],
        params=[place[0].hex, place[1], place[2], place[3]],
    )
    yield from found.order_by("key", "plain", "seq", "hop").values_list("key", "plain", "seq", "hop", "roles")[:_BATCH]


def _unasked(client: int, batch: Sequence[tuple[UUID, bool, int, int, int]]) -> Iterator[Wrong]:
    numbers = {row[2] for row in batch}
    there = known(Statement.objects.filter(seq__in=numbers, client=client))
    expected = set(_asked_for(there))
    for key, plain, seq, hop, roles in batch:
        if (client, key.hex, plain, seq, hop, roles) not in expected:
            yield Wrong("relation to nothing", f"client {client}, key {key}, number {seq}, hop {hop}")


def _references(horizon: int) -> Iterator[Step]:
    found = Reference.objects.filter(seq__lte=horizon).order_by("target", "seq")
    batch: list[Reference] = []
    for one in found.iterator(chunk_size=_BATCH):
        batch.append(one)
        if len(batch) == _BATCH:
            yield Step(len(batch), list(_unheld(batch)))
            batch = []
    yield Step(len(batch), list(_unheld(batch)))


def _unheld(batch: Sequence[Reference]) -> Iterator[Wrong]:
    sources = {one.row.seq: one for one in known(Statement.objects.filter(seq__in={one.seq for one in batch}))}
    ids = set(StatementId.objects.filter(id__in={one.target for one in batch}).values_list("id", flat=True))
    for one in batch:
        source = sources.get(one.seq)
        if source is None or source.target != one.target.hex or one.voids != bool(source.row.flags & Flag.VOIDS):
            yield Wrong("reference from nothing", str(one))
        if one.target not in ids:
            yield Wrong("target without id", str(one))


def _links(horizon: int) -> Iterator[Step]:
    last = (-1, "")
    while batch := list(
        StatementAttachment.objects.extra(where=["(seq, sha2) > (%s, %s)"], params=[*last])
        .filter(seq__lte=horizon)
        .order_by("seq", "sha2")[:_BATCH]
    ):
        last = (batch[-1].seq, batch[-1].sha2)
        sources = {one.row.seq: one for one in known(Statement.objects.filter(seq__in={one.seq for one in batch}))}
        data = set(Attachment.objects.filter(sha2__in={one.sha2 for one in batch}).values_list("client_id", "sha2"))
        yield Step(len(batch), [wrong for one in batch for wrong in _link(one, sources.get(one.seq), data)])


def _link(one: StatementAttachment, source: Known | None, data: Collection[tuple[int, str]]) -> Iterator[Wrong]:
    if source is None or one.sha2 not in set(map(hash_of, attachments(source.value))):
        yield Wrong("link from nothing", str(one))
    elif not source.row.flags & Flag.HAS_DATA:
        yield Wrong("data without flag", source.name)
    if (one.client_id, one.sha2) not in data:
        yield Wrong("data missing", str(one))


def _files() -> Iterator[Step]:
    for one in Attachment.objects.order_by("client_id", "sha2").iterator(chunk_size=_BATCH):
        yield Step(1, list(_file(Kept(one.sha2, one.size, one.file, one.media_type))))


def _file(kept: Kept) -> Iterator[Wrong]:
    seen, size = hasher(kept.sha2), 0
    try:
        for chunk in kept.read():
            seen.update(chunk)
            size += len(chunk)
    except OSError as error:
        yield Wrong("file unreadable", f"{kept.file}: {type(error).__name__}")
        return
    if seen.hexdigest() != kept.sha2 or size != kept.size:
        yield Wrong("file differs", kept.file)
