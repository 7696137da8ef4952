"""Statements on their way into the store, without HTTP, and threads that write and read at the same time."""

import json
import threading
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import connection

from clients.models import Client
from lrs import store
from lrs.attachments import storage
from lrs.incoming import Prepared, prepare
from lrs.models import Attachment, Authority, Statement, StatementAttachment, StatementId
from lrs.parsing import Received
from lrs.query import find, whole_range
from lrs.statement.parameters import ListQuery
from lrs.statement.types import Version
from tests.builders import make_client
from tests.lrs.statement.samples import statement


def new_id() -> str:
    return str(uuid4())


def prepared(*values: dict[str, Any]) -> list[Prepared]:
    return prepare([Received(value, json.dumps(value)) for value in values], Version.V1, in_batch=True)


def some(count: int) -> list[Prepared]:
    return prepared(*(statement(id=new_id()) for _ in range(count)))


def store_for(client: Client, *values: dict[str, Any]) -> list[str]:
    """Their ids."""
    batch, text = (
        prepared(*values),
        json.dumps({"name": client.name, "account": {"homePage": "x:", "name": client.client_id}}),
    )
    told = {"json": text, "key": uuid4()}
    authority, _new = Authority.objects.get_or_create(client=client, digest=b"y" * 32, defaults=told)
    store.write(batch, client=client.pk, authority=authority.pk)
    return [one.id for one in batch]


def attach(client: Client, statement_id: str, data: bytes) -> str:
    """Data that a stored Statement names from now on; its hash."""
    sha2 = sha256(data).hexdigest()
    file = storage().save(sha2, ContentFile(data))
    Attachment.objects.get_or_create(client=client, sha2=sha2, size=len(data), file=file, media_type="text/plain")
    seq = StatementId.objects.get(pk=statement_id).seq
    StatementAttachment.objects.create(seq=seq, sha2=sha2, client=client)
    return sha2


class Writer:
    """One client and its authority."""

    def __init__(self) -> None:
        self.client = make_client(lrs_own=True).pk
        self.authority = Authority.objects.create(
            client_id=self.client, digest=b"x" * 32, json='{"name":"x"}', key=uuid4()
        ).pk

    def write(self, batch: Iterable[Prepared]) -> None:
        store.write(list(batch), client=self.client, authority=self.authority)


def in_parallel(*actions: Callable[[], Any]) -> list[Any]:
    """Run all at once, each with its own connection; the results, or the exceptions, in order."""
    results: list[Any] = [None] * len(actions)
    start = threading.Barrier(len(actions))

    def run(index: int, action: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            results[index] = action()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def seqs(since: int, horizon: int, count: int = 10_000) -> list[int]:
    query = ListQuery(since=since, ascending=True)
    return [row.seq for row in find(query, whole_range(query, horizon), None, count=count)]


def stored_seqs() -> list[int]:
    return list(Statement.objects.order_by("seq").values_list("seq", flat=True))
