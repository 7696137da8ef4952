"""Attachments of a Statement, and their data to download."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from mimetypes import guess_extension
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from clients.administration import Action
from clients.models import Administrator
from clients.pages.frame import administrator
from lrs.attachments import Kept, of_statements
from lrs.models import StatementId
from lrs.pages.reach import clients_of
from lrs.pages.statement_row import StatementRow
from lrs.statement.attachments import attachments, hash_of
from lrs.statement.language import in_one_language


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """``url`` is empty where its data is not here or may not be downloaded."""

    name: str
    media_type: str
    length: int
    sha2: str
    file_url: str
    here: bool
    url: str


def shown_attachments(one: StatementRow, user: Administrator, languages: Sequence[str]) -> list[ShownAttachment]:
    return list(_shown(one, user, languages)) if any(attachments(one.value)) else []


def _shown(one: StatementRow, user: Administrator, languages: Sequence[str]) -> Iterator[ShownAttachment]:
    here = {kept.sha2: kept.size for kept in of_statements([one.row.seq])}
    may = StatementId.objects.filter(pk=one.id, client__in=clients_of(user, Action.DOWNLOAD)).exists()
    for value in attachments(one.value):
        sha2 = hash_of(value)
        yield ShownAttachment(
            name=next(iter(in_one_language(value["display"], languages).values()), "") or value["usageType"],
            media_type=value["contentType"],
            length=here.get(sha2, value["length"]),
            sha2=sha2,
            file_url=value.get("fileUrl", ""),
            here=sha2 in here,
            url=reverse("lrs-attachment", args=[one.id, sha2]) if may and sha2 in here else "",
        )


@require_safe
def attachment(request: HttpRequest, pk: UUID, sha2: str) -> StreamingHttpResponse:
    """Never shown in the browser: whoever stored it could have made it a page."""
    kept = _find(administrator(request), pk, sha2)
    response = StreamingHttpResponse(kept.read(), content_type="application/octet-stream")
    response["Content-Length"] = str(kept.size)
    ending = guess_extension(kept.media_type.partition(";")[0].strip()) or ""
    response["Content-Disposition"] = f'attachment; filename="{kept.sha2[:16]}{ending}"'
    return response


def _find(user: Administrator, pk: UUID, sha2: str) -> Kept:
    stored = StatementId.objects.filter(pk=pk, seq__isnull=False)
    known = stored.filter(client__in=clients_of(user, Action.VIEW)).first()
    if known is None or known.seq is None:
        raise Http404
    if not stored.filter(client__in=clients_of(user, Action.DOWNLOAD)).exists():
        raise PermissionDenied
    for kept in of_statements([known.seq]):
        if kept.sha2 == sha2:
            return kept
    raise Http404
