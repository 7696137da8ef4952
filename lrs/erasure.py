"""One person out of the store, by one identifier: erased, or under a pseudonym.

Each batch is one transaction. What is done bears the identifier no longer, so a run that was killed is just repeated.
"""

import json
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, fields
from hashlib import sha1, sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clients import audit
from clients.audit import Origin
from clients.models import Client
from lrs import descriptions, locks, rows
from lrs.attachments import Kept, of_statements
from lrs.models import (
    Authority,
    Description,
    Document,
    Relation,
    Statement,
    StatementId,
)
from lrs.removal import Known, known, related_rows, remove, remove_links
from lrs.retried import retried
from lrs.statement import keys
from lrs.statement.attachments import SIGNATURE, attachments, hash_of
from lrs.statement.descriptions import told
from lrs.statement.equality import digest
from lrs.statement.identifiers import Identifier
from lrs.statement.redaction import Redaction

BATCH = 500


@dataclass
class Report:
    removed: int = 0
    rewritten: int = 0
    documents: int = 0
    attachments: int = 0  # signatures, and data that holds the identifier
    signed: list[str] = field(default_factory=list)  # Statements whose signature no longer fits
    mentioned: list[str] = field(default_factory=list)  # the identifier's text still occurs in them

    def add(self, other: "Report") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def bearer(identifier: Identifier) -> Client | None:
    """The client whose authority this is: no person."""
    found = Authority.objects.filter(key=identifier.key).select_related("client").first()
    return found.client if found else None


class Erasure:
    def __init__(self, identifier: Identifier, pseudonym: Identifier, *, remove: bool) -> None:
        self.identifier, self.pseudonym, self.removes = identifier, pseudonym, remove
        self.redaction = Redaction(identifier, pseudonym)

    def planned(self) -> Report:
        """What there is to do now."""
        report = Report()
        for client in Client.objects.order_by("pk"):
            report.add(self._planned(client))
        return report

    def run(self, *, by: Origin) -> Iterator[Report]:
        """What each batch has done."""
        for client in Client.objects.order_by("pk"):
            plan = self._planned(client)
            if plan != Report() or self._names(client).exists():
                yield retried(lambda: self._begin(client, plan, by))  # noqa: B023
            last: int | None = 0
            while last is not None:
                numbers = self._numbers(client, last)
                last, done = retried(lambda: self._batch(client, numbers))  # noqa: B023
                yield done

    def _planned(self, client: Client) -> Report:
        report, last = Report(documents=self._documents(client).count()), 0
        while numbers := self._numbers(client, last):
            last = numbers[-1]
            _batch, gone, stays = self._sorted(numbers)
            report.removed += len(gone)
            report.rewritten += len(stays)
            report.attachments += len(self._data(gone + stays))
            report.signed += [one.name for one in stays if _signatures(one)]
        return report

    @transaction.atomic
    def _begin(self, client: Client, plan: Report, by: Origin) -> Report:
        action = "actor_erased" if self.removes else "actor_pseudonymised"
        facts = {"statements_deleted": plan.removed, "statements_rewritten": plan.rewritten}
        who = sha256(str(self.identifier.key).encode()).hexdigest()
        audit.record(action, client, by=by, identifier_digest=who, documents=plan.documents, **facts)
        self._names(client).delete()
        return Report(documents=self._replace_documents(client))

    @transaction.atomic
    def _batch(self, client: Client, numbers: list[int]) -> tuple[int | None, Report]:
        if not numbers:
            return None, Report()
        locks.hold_alone()
        batch, gone, stays = self._sorted(numbers)
        removed_data = self._remove_data(client, gone + stays)
        report = self._rewrite(client, stays)
        report.removed, report.attachments = len(gone), removed_data
        report.mentioned += [one.name for one in batch if one not in gone + stays and self._left_in(one)]
        self._forget_told(client, gone)
        if gone:
            report.attachments += remove([one.row for one in gone], keep_ids=True)
        return numbers[-1], report

    def _numbers(self, client: Client, last: int) -> list[int]:
        """Of Statements that are found by the identifier, and of those that hold it anywhere else."""
        related = Relation.objects.filter(client=client, key=self.identifier.key, hop=0, plain__in=[False, True])
        found = related.filter(seq__gt=last).order_by("seq").values_list("seq", flat=True).distinct()[:BATCH]
        held = rows.holding(self._searched, client.pk, after=last, count=BATCH)
        return sorted({*found, *held})[:BATCH]

    @property
    def _searched(self) -> bytes:
        """Of a mail address what is the same however its domain is written."""
        value = self.identifier.value["name"] if self.identifier.name == "account" else self.identifier.value
        local, at, _ = (
            value.removeprefix("mailto:").rpartition("@") if self.identifier.name == "mbox" else (value, "", "")
        )
        return json.dumps(local + at, ensure_ascii=False)[1:-1].encode()

    def _sorted(self, numbers: list[int]) -> tuple[list[Known], list[Known], list[Known]]:
        """All, those that go, and those that stay and change."""
        batch = known(Statement.objects.filter(seq__in=numbers).order_by("seq"))
        gone = [one for one in batch if self._goes(one)]
        stays = [one for one in batch if not self._goes(one) and self.redaction.apply(one.text) != one.text]
        return batch, gone, stays

    def _left_in(self, one: Known) -> bool:
        return self.redaction.left_in(one.text)

    def _goes(self, one: Known) -> bool:
        """As actor or object; a member of a Group there does not make the Statement its own."""
        if not self.removes:
            return False
        target = one.value["object"]
        actors = [one.value["actor"], *([target] if target.get("objectType") in {"Agent", "Group"} else [])]
        return any(keys.of_actor(actor) == self.identifier.key for actor in actors)

    def _rewrite(self, client: Client, batch: Sequence[Known]) -> Report:
        rows.delete_relations(related_rows(batch))
        new = [self._rewritten(one) for one in batch]
        for before, after in zip(batch, new, strict=True):
            descriptions.retell(client.pk, after.row.seq, told(before.value), told(after.value))
        rows.insert_relations(sorted(related_rows(new)))
        return Report(
            rewritten=len(new),
            signed=[one.name for one in new if _signatures(one)],
            mentioned=[one.name for one in new if self._left_in(one)],
        )

    def _rewritten(self, one: Known) -> Known:
        """The digest becomes that of what is kept now: the Statement as it was sent once does not fit any more."""
        text = self.redaction.apply(one.text)
        row, value = one.row, json.loads(text)
        Statement.objects.filter(seq=row.seq).update(json=text.encode())
        StatementId.objects.filter(id=row.uuid).update(digest=digest(value))
        changed = copy(row)
        changed.json = text.encode()
        return Known(changed, value)

    def _forget_told(self, client: Client, gone: Sequence[Known]) -> None:
        for one in gone:
            holding = {one for one in told(one.value) if self.redaction.left_in(one.identifier + one.content)}
            descriptions.retell(client.pk, one.row.seq, holding, set())

    def _data(self, batch: Sequence[Known]) -> set[str]:
        """Hashes of data that tells who it was: what was signed is the whole Statement, encoded."""
        found = {sha2 for one in batch for sha2 in _signatures(one)}
        return found | {kept.sha2 for kept in of_statements(one.row.seq for one in batch) if self._holds(kept)}

    def _holds(self, kept: Kept) -> bool:
        needle, tail = self.redaction.needle.encode(), b""
        if not needle:
            return False
        for chunk in kept.read():
            tail += chunk.lower()
            if needle in tail:
                return True
            tail = tail[-len(needle) :]
        return False

    def _remove_data(self, client: Client, batch: Sequence[Known]) -> int:
        return remove_links(Q(client=client, sha2__in=self._data(batch)))

    def _names(self, client: Client) -> QuerySet[Description]:
        return Description.objects.filter(client=client, key=self.identifier.key)

    def _documents(self, client: Client) -> QuerySet[Document]:
        return Document.objects.filter(client=client, agent=self.identifier.key)

    def _replace_documents(self, client: Client) -> int:
        found = list(self._documents(client))
        self._documents(client).delete()
        if not self.removes:
            Document.objects.bulk_create([self._redacted(one) for one in found])
        return len(found)

    def _redacted(self, one: Document) -> Document:
        one.agent = UUID(self.pseudonym.key)
        one.identifier = json.dumps({self.pseudonym.name: self.pseudonym.value}, ensure_ascii=False)
        try:
            text = bytes(one.content).decode()
            json.loads(text)
        except ValueError:  # no JSON: as it was sent
            return one
        one.content = self.redaction.apply(text).encode()
        one.sha1 = sha1(one.content, usedforsecurity=False).hexdigest()
        return one


def _signatures(one: Known) -> set[str]:
    return {hash_of(found) for found in attachments(one.value) if found["usageType"] == SIGNATURE}
