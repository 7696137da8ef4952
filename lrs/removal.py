"""Statements out of the store, with everything that hangs on them. Each call is part of one transaction.

What referred to a Statement that goes away waits for it again, as if it had never come. Files go after the commit: one
that stays behind when the process is killed in between is what ``clean_attachments`` looks for.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from lrs import locks, rows
from lrs.attachments import storage
from lrs.chains import Referrer, lent
from lrs.models import ERASED, Attachment, Description, Reference, Relation, Statement, StatementAttachment, StatementId
from lrs.statement import keys
from lrs.statement.places import Kind, places
from lrs.statement.relations import relations

type_of_data = tuple[int, str]  # client, sha2


class Known(NamedTuple):
    """A stored Statement and what it says."""

    row: Statement
    value: dict[str, Any]

    @property
    def key(self) -> str:
        return self.row.uuid.hex

    @property
    def name(self) -> str:
        return str(self.row.uuid)

    @property
    def text(self) -> str:
        return bytes(self.row.json).decode()

    @property
    def target(self) -> str | None:
        target = self.value["object"]
        return keys.of_uuid(target["id"]) if target.get("objectType") == "StatementRef" else None

    @property
    def referrer(self) -> Referrer | None:
        return None if self.target is None else Referrer(self.key, self.row.seq, self.row.client_id, self.target)


def known(statements: Iterable[Statement]) -> list[Known]:
    return [Known(one, json.loads(bytes(one.json))) for one in statements]


def remove(statements: Sequence[Statement], *, keep_ids: bool = False, oldest: bool = False) -> int:
    """How many attachments went with them. ``keep_ids``: nothing is ever stored under their ids again.

    ``oldest``: every older Statement is gone already, and the relations of all these go with their partition later.
    """
    locks.hold_alone()
    gone = known(statements)
    after = max((one.row.seq for one in gone), default=0) if oldest else 0
    rows.delete_relations(row for row in related_rows(gone) if row[3] > after)
    _release_ids(gone, keep=keep_ids)
    unused = remove_links(Q(seq__in=[one.row.seq for one in gone]))
    Statement.objects.filter(seq__in=[one.row.seq for one in gone]).delete()
    _forget_names(gone, after)
    return unused


def related_rows(gone: Collection[Known]) -> list[rows.type_of_row]:
    """Their own relations, and those they lend or are lent."""
    own = [
        (one.row.client_id, found.key, found.plain, one.row.seq, 0, found.roles)
        for one in gone
        for found in relations(one.value)
    ]
    return own + lent([one.referrer for one in gone if one.referrer], {one.key for one in gone})


def _release_ids(gone: Collection[Known], *, keep: bool) -> None:
    """Ids that something still refers to stay as awaited; those that nothing awaits any more go."""
    targets = {one.target for one in gone if one.target}
    rows.delete_references([(one.target, one.row.seq) for one in gone if one.target])
    ids = {one.key for one in gone}
    referred = {key.hex for key in _referred(ids | targets)}
    if keep:
        StatementId.objects.filter(id__in=ids).update(seq=ERASED, digest=bytes(32))
    else:
        StatementId.objects.filter(id__in=ids & referred).update(seq=None, client=None, digest=None)
        StatementId.objects.filter(id__in=ids - referred).delete()
    # A writer that fills one at this moment has it locked, and needs it.
    awaited = StatementId.objects.select_for_update(skip_locked=True).filter(id__in=targets - referred, seq=None)
    StatementId.objects.filter(id__in=list(awaited.values_list("id", flat=True))).delete()


def _referred(ids: Collection[str]) -> set[Any]:
    return set(Reference.objects.filter(target__in=ids).values_list("target", flat=True))


def remove_links(which: Q) -> int:
    """Links from Statements to data, and the data that no link names then."""
    links = StatementAttachment.objects.filter(which)
    named = set(links.values_list("client_id", "sha2"))
    links.delete()
    return remove_unused(named)


def remove_unused(named: Collection[type_of_data]) -> int:
    """Those of ``named`` that no Statement names. Their files go after the commit."""
    unused = [
        one for one in sorted(named) if not StatementAttachment.objects.filter(client=one[0], sha2=one[1]).exists()
    ]
    for client, sha2 in unused:
        data = Attachment.objects.filter(client=client, sha2=sha2)
        for file in data.values_list("file", flat=True):
            transaction.on_commit(partial(_delete_file, file))
        data.delete()
    return len(unused)


def _delete_file(name: str) -> None:
    with suppress(OSError):
        storage().delete(name)


def _forget_names(gone: Collection[Known], after: int) -> None:
    """What an Agent was called goes with the last Statement of the client that tells of it, after that number."""
    told = {(one.row.client_id, key) for one in gone for key in _agents(one.value)}
    for client, key in sorted(told):
        if not Relation.objects.filter(client=client, key=key, hop=0, seq__gt=after).exists():
            Description.objects.filter(client=client, key=key).delete()


def _agents(value: dict[str, Any]) -> set[str]:
    actors = [place.value for place in places(value) if place.kind is Kind.ACTOR]
    named = [one for actor in actors for one in (actor, *actor.get("member", ())) if "name" in one]
    return {key for key in map(keys.of_actor, named) if key}
