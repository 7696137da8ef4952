"""Sums up what clients keep in documents and attachments: once in a while, as it reads all their rows."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, Func, Sum
from django.utils import timezone

from lrs.models import Attachment, ClientTotal, CountPosition, Document


def run() -> str:
    length = Func(F("content"), function="length", output_field=models.BigIntegerField())
    documents = _sums(Document.objects.annotate(of=length), "of")
    attachments = _sums(Attachment.objects.all(), "size")
    clients = {*documents, *attachments}
    found = [
        ClientTotal(
            client_id=client,
            **dict(zip(("documents", "document_bytes"), documents.get(client, (0, 0)), strict=True)),
            **dict(zip(("attachments", "attachment_bytes"), attachments.get(client, (0, 0)), strict=True)),
        )
        for client in sorted(clients)
    ]
    _store(found)
    return f"storage of {len(found)} clients measured" if found else ""


def _sums(rows: "models.QuerySet[Any]", size: str) -> dict[int, tuple[int, int]]:
    sums = rows.order_by().values("client").annotate(number=Count("*"), bytes=Sum(size))
    return {client: (number, total) for client, number, total in sums.values_list("client", "number", "bytes")}


def _store(found: Iterable[ClientTotal]) -> None:
    fields = ["documents", "document_bytes", "attachments", "attachment_bytes"]
    CountPosition.objects.get_or_create(pk=1)
    with transaction.atomic():
        CountPosition.objects.select_for_update().get(pk=1)
        ClientTotal.objects.update(**dict.fromkeys(fields, 0))
        ClientTotal.objects.bulk_create(found, update_conflicts=True, unique_fields=["client"], update_fields=fields)
        CountPosition.objects.filter(pk=1).update(measured=timezone.now())
