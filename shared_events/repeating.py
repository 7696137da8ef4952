"""RFC draft Idempotency-Key: a request that is sent again gets the answer that it got, and does nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone

from lms_oauth.errors import ApiError
from shared_events import problems
from shared_events.canonical import digest
from shared_events.models import IdempotencyRecord

KEPT = timedelta(hours=48)
_LONGEST_KEY = 255


def once(client_pk: int, key: str, payload: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """What ``act`` answers, or what it answered under this key. Refusals are kept too, faults of the server are not.

    Who repeats a request that is still running waits for its end. KeyMissing, Malformed or KeyReused.
    """
    _require_key(key)
    checksum = digest(payload)
    try:
        with transaction.atomic():
            row = IdempotencyRecord.objects.create(client_id=client_pk, key=key, payload=checksum, at=timezone.now())
            answer = _answer(act)
            row.status, row.body = answer.status_code, answer.content.decode()
            row.save()
            return answer
    except IntegrityError:
        known = IdempotencyRecord.objects.filter(client=client_pk, key=key).first()
        if known is None:
            raise
    if known.payload != checksum:
        raise problems.KeyReused("Send another key with another request.")
    kind = problems.MEDIA_TYPE if known.status >= 400 else "application/json"  # noqa: PLR2004
    return HttpResponse(known.body, status=known.status, content_type=kind, headers={"Cache-Control": "no-store"})


def _require_key(key: str) -> None:
    if not key:
        raise problems.KeyMissing("Name the request by an Idempotency-Key of your own, new for each.")
    if len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise problems.Malformed(f"Idempotency-Key: not up to {_LONGEST_KEY} printable characters.")


def _answer(act: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        with transaction.atomic():
            return act()
    except ApiError as refusal:
        if refusal.status >= 500:  # noqa: PLR2004
            raise
        return problems.render(refusal)


def forget(at: datetime) -> int:
    return IdempotencyRecord.objects.filter(at__lte=at - KEPT).delete()[0]
