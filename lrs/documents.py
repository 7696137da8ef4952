"""Documents of State, Activity Profile and Agent Profile (xAPI 1.0.3 Communication §2.2), kept per storing client.

Writing looks at the caller's own document only. The primary key and the lock on its row decide races.
"""

from collections.abc import Callable
from hashlib import sha1
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, QuerySet, Value, When

from lms_oauth.errors import BodyTooLarge, Busy, MalformedJson
from lms_oauth.http import read_json
from lrs.descriptions import parsed
from lrs.models import Document
from lrs.refusals import NotMergeable
from lrs.statement.documents import NONE, Asked

_TRIES = 5
_CHANGED = ("name", "activity_id", "identifier", "content_type", "content", "sha1", "updated")
_KEY = ("kind", "activity", "agent", "client", "registration", "name_key")


class Content(NamedTuple):
    type: str  # Content-Type as sent
    body: bytes

    @property
    def is_json(self) -> bool:
        return self.type.partition(";")[0].strip().lower() == "application/json"


type_of_decision = Callable[[Document | None], Content]


def find(asked: Asked, *, owner: int | None, client: int) -> Document | None:
    """The caller's own, else the latest of any client it may read (owner None: of all)."""
    found = _named(asked)
    if owner is not None:
        found = found.filter(client=owner)
    foreign = Case(When(client=client, then=Value(0)), default=Value(1))
    return found.order_by(foreign, "-updated").first()


def names(asked: Asked, *, owner: int | None) -> tuple[list[str], int | None]:
    """Each name once, the longest untouched first, and when the newest was changed."""
    found = _context(asked)
    if owner is not None:
        found = found.filter(client=owner)
    if asked.since is not None:
        found = found.filter(updated__gt=asked.since)
    rows = list(found.order_by("updated").values_list("name", "updated"))
    return list(dict.fromkeys(name for name, _ in rows)), rows[-1][1] if rows else None


def overwrite(asked: Asked, content: Content, *, client: int, now: int) -> None:
    """Whatever is there: one statement."""
    row = _row(asked, content, client, now)
    Document.objects.bulk_create([row], update_conflicts=True, unique_fields=_KEY, update_fields=_CHANGED)


def change(asked: Asked, decide: type_of_decision, *, client: int, now: int) -> None:
    """Store what ``decide`` makes of the caller's document; its refusals change nothing."""
    for _ in range(_TRIES):
        try:
            return _change(asked, decide, client, now)
        except IntegrityError:  # somebody created it at this moment: decide again
            continue
    raise Busy


@transaction.atomic
def _change(asked: Asked, decide: type_of_decision, client: int, now: int) -> None:
    existing = _locked(asked, client)
    row = _row(asked, decide(existing), client, now)
    if existing is None:
        with transaction.atomic():
            row.save(force_insert=True)
    else:
        _named(asked).filter(client=client).update(**{name: getattr(row, name) for name in _CHANGED})


@transaction.atomic
def delete(asked: Asked, allow: Callable[[Document | None], None], *, client: int) -> None:
    """The caller's document, where ``allow`` raises no refusal."""
    allow(_locked(asked, client))
    _named(asked).filter(client=client).delete()


def delete_all(asked: Asked, *, client: int) -> None:
    """All that the caller stored in this context."""
    _context(asked).filter(client=client).delete()


def merged(existing: Document | None, sent: Content) -> Content:
    """POST: the members of two JSON objects, those sent now before those stored. MalformedJson, NotMergeable."""
    new = read_json(sent.body) if sent.is_json else None
    if existing is None:
        return sent
    if not isinstance(new, dict) or not _holds_object(existing):
        raise NotMergeable
    body = orjson.dumps({**parsed(bytes(existing.content)), **parsed(sent.body)})
    if settings.LRS_MAX_DOCUMENT_BYTES and len(body) > settings.LRS_MAX_DOCUMENT_BYTES:
        raise BodyTooLarge(
            f"The document would become larger than {settings.LRS_MAX_DOCUMENT_BYTES} bytes "
            "(LRS_MAX_DOCUMENT_BYTES sets it)."
        )
    return Content(sent.type, body)


def _holds_object(document: Document) -> bool:
    content = Content(document.content_type, bytes(document.content))
    try:
        return content.is_json and isinstance(read_json(content.body), dict)
    except MalformedJson:
        return False


def _context(asked: Asked) -> QuerySet[Document]:
    """Without registration: those of every registration."""
    found = Document.objects.filter(kind=asked.kind, activity=asked.activity, agent=asked.agent)
    return found if asked.registration is None else found.filter(registration=asked.registration)


def _named(asked: Asked) -> QuerySet[Document]:
    """Without registration: the one that has none."""
    registration = asked.registration or NONE
    return _context(asked).filter(registration=registration, name_key=asked.name_key)


def _locked(asked: Asked, client: int) -> Document | None:
    return _named(asked).filter(client=client).select_for_update().first()


def _row(asked: Asked, content: Content, client: int, now: int) -> Document:
    values: dict[str, Any] = {
        "kind": asked.kind,
        "activity": asked.activity,
        "agent": asked.agent,
        "client_id": client,
        "registration": asked.registration or NONE,
        "name_key": asked.name_key,
        "name": asked.name,
        "activity_id": asked.activity_id,
        "identifier": asked.identifier,
        "content_type": content.type,
        "content": content.body,
        "sha1": sha1(content.body, usedforsecurity=False).hexdigest(),
        "updated": now,
    }
    return Document(**values)
