"""The only writer of new Statements. One transaction for a request: everything is stored, or nothing.

The primary key of ``StatementId`` decides every race: who inserts the id first stores the Statement, whoever comes
second waits for that and then compares. Rows go in in the order of their keys, table by table, so that no two writers
can wait for each other.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F

from lms_oauth import metrics
from lms_oauth.errors import Busy
from lrs import descriptions, locks, rows
from lrs.attachments import Kept
from lrs.chains import Referrer, lent
from lrs.clock import clock
from lrs.incoming import Prepared
from lrs.models import Attachment, Bits, Reference, Statement, StatementId
from lrs.refusals import StatementConflict, VoidingRefused
from lrs.retried import retried
from lrs.statement.equality import same_moment


class Data(NamedTuple):
    """Of attachments: the hashes that were sent, and what of them is in the storage without a row."""

    sent: frozenset[str] = frozenset()
    kept: Mapping[str, Kept] = {}


_NO_DATA = Data()


def write(prepared: Sequence[Prepared], *, client: int, authority: int, data: Data = _NO_DATA) -> int:
    """Store what is new, and how many that were; what this client has stored before stays as it is.

    StatementConflict where that differs.
    """
    if not prepared:
        return 0
    if (
        len(prepared) == 1
        and _is_plain(prepared[0], data)
        and retried(lambda: _write_one(prepared[0], client, authority))
    ):
        return 1
    return retried(lambda: _write(prepared, client, authority, data))


def _is_plain(one: Prepared, data: Data) -> bool:
    return connection.vendor == "postgresql" and not one.target and not data.sent


def _write_one(one: Prepared, client: int, authority: int) -> bool:
    """In one round trip; False where the id is known, or awaited by something that refers to it."""
    values = (client, one.key, one.digest, authority, one.flags, one.happened, one.json)
    told = descriptions.unknown([(0, told) for told in one.told], client)
    described = [(key, variant, identifier, content) for key, _, variant, _, identifier, content in told]
    stored = rows.insert_whole(values, [(found.key, found.plain, found.roles) for found in one.found], described)
    if stored:
        descriptions.remember(told)
        metrics.statements_stored.inc()
    return stored


@transaction.atomic
def _write(prepared: Sequence[Prepared], client: int, authority: int, data: Data) -> int:
    if data.sent or any(one.target for one in prepared):
        locks.share()
    first = clock().draw(len(prepared))
    numbered = {one.key: (first + index, one) for index, one in enumerate(prepared)}
    targets = {one.target for one in prepared if one.target} - numbered.keys()
    new = rows.claim_ids([(key, seq, client, one.digest) for key, (seq, one) in numbered.items()], targets)
    arrived = _settle({key: pair for key, pair in numbered.items() if key not in new}, client)
    if arrived:
        locks.share()
    fresh = [pair for key, pair in numbered.items() if key in new or key in arrived]
    voided = _already_voided(arrived, client)
    transaction.on_commit(lambda: metrics.statements_stored.inc(len(fresh)))
    rows.insert_statements([_row(seq, one, client, authority, _state(one, voided, data)) for seq, one in fresh])
    rows.insert_relations(
        sorted((client, found.key, found.plain, seq, 0, found.roles) for seq, one in fresh for found in one.found)
    )
    _refer([(seq, one) for seq, one in fresh if one.target], client)
    _lend(fresh, arrived, client)
    _attach(fresh, client, data)
    descriptions.add([(seq, told) for seq, one in fresh for told in one.told], client)
    return len(fresh)


def _row(seq: int, one: Prepared, client: int, authority: int, state: int) -> tuple[Any, ...]:
    happened = seq if one.happened is None else one.happened
    return (seq, client, authority, one.flags | state, happened, one.key, one.json)


def _state(one: Prepared, voided: set[str], data: Data) -> int:
    state = Bits.VOIDED if one.key in voided and not one.voids else 0
    return state | Bits.HAS_DATA if one.named & data.sent else state


def _attach(fresh: Sequence[tuple[int, Prepared]], client: int, data: Data) -> None:
    links = sorted((seq, sha2, client) for seq, one in fresh for sha2 in one.named & data.sent)
    if links:
        named = {sha2 for _, sha2, _ in links}
        files = [(client, *kept) for sha2, kept in data.kept.items() if sha2 in named]
        rows.insert_attachments(files, links)
        if Attachment.objects.filter(client=client, sha2__in=named).count() < len(named):
            raise Busy  # removed after this request had found it in the storage


def _settle(taken: Mapping[str, tuple[int, Prepared]], client: int) -> set[str]:
    """The keys of ``taken`` that were only referred to and are filled now; StatementConflict for one that differs."""
    filled = {
        key
        for key, known in sorted(rows.known(taken).items())
        if known.seq is None and _fill(key, seq=taken[key][0], client=client, digest=taken[key][1].digest)
    }
    for key, known in rows.known(taken.keys() - filled).items():
        one = taken[key][1]
        if known.client != client or known.digest != one.digest or not _fits(known.happened, one.happened):
            raise StatementConflict(one.id)
    return filled


def _fill(key: str, **values: Any) -> bool:
    return StatementId.objects.filter(id=key, seq__isnull=True).update(**values) == 1


def _fits(stored: int | None, sent: int | None) -> bool:
    """A Statement sent again without timestamp fits the time that it was given."""
    return sent is None or same_moment(stored, sent)


def _already_voided(arrived: set[str], client: int) -> set[str]:
    """Those that a voiding Statement of the same client was waiting for (xAPI 1.0.3 Data §2.3.2)."""
    if not arrived:
        return set()
    found = Reference.objects.filter(target__in=sorted(arrived), client=client, voids=True)
    return {target.hex for target in found.values_list("target", flat=True)}


def _refer(referring: Sequence[tuple[int, Prepared]], client: int) -> None:
    rows.insert_references(sorted((one.target, seq, client, one.voids) for seq, one in referring))
    if to_void := sorted({one.target for _, one in referring if one.voids and one.target}):
        _void(to_void, client)


def _lend(fresh: Sequence[tuple[int, Prepared]], arrived: set[str], client: int) -> None:
    referring = [Referrer(one.key, seq, client, one.target) for seq, one in fresh if one.target]
    if referring or arrived:
        rows.insert_relations(sorted(lent(referring, arrived)))


def _void(keys: list[str], client: int) -> None:
    """Mark what is here. Each row is locked first: a target that arrives at this moment meets us there."""
    locked = list(StatementId.objects.select_for_update().filter(id__in=keys).order_by("id"))
    for target in locked:
        if target.client_id not in {client, None}:
            raise VoidingRefused(str(target.id))
    seqs = [target.seq for target in locked if target.seq is not None]
    own = Statement.objects.annotate(voids=F("flags").bitand(Bits.VOIDS)).filter(seq__in=seqs, voids=0)
    own.update(flags=F("flags").bitor(Bits.VOIDED))
