"""Writes the provisioning log: one entry for each write and refusal, after the transaction it tells of."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from lms_oauth import metrics
from lms_oauth.http import request_id
from scim.models import ProvisioningEntry, ScimConfiguration
from scim.notes import Notes
from scim.redaction import Redactor

_LOOKED_THROUGH, _TRIES_SHOWN = 1_000, 5
Outcome = ProvisioningEntry.Outcome


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asked, and since when (``time.monotonic``)."""

    client_name: str
    credential: str
    request_id: str
    user_agent: str
    started: float

    @classmethod
    def of(cls, request: HttpRequest, client_name: str, credential: str, started: float) -> "Caller":
        agent = request.headers.get("User-Agent", "")
        return cls(client_name, credential, request_id(request), agent[:200].replace("\0", ""), started)


@dataclass(frozen=True, slots=True)
class Done:
    """One operation and its answer. ``refusal``: the Error body, where it is one."""

    method: str
    path: str
    status: int
    refusal: dict[str, Any]
    body: bytes
    notes: Notes


def write(configuration: ScimConfiguration, caller: Caller, operations: list[Done]) -> None:
    for one in operations:
        metrics.provisioned.labels(str(one.status)).inc()
    redactor = Redactor(configuration.rows)
    reads = configuration.logs_reads_at(timezone.now())
    wanted = [one for one in operations if reads or _always(one)]
    ProvisioningEntry.objects.bulk_create(_entry(configuration, caller, one, redactor) for one in wanted)


def sent_again(entry: ProvisioningEntry) -> list[ProvisioningEntry]:
    """The next tries of what was refused or failed, among the entries that follow it."""
    if entry.outcome not in (Outcome.REFUSED, Outcome.FAILED) or not (entry.body or entry.path.count("/") > 1):
        return []
    following = ProvisioningEntry.objects.filter(configuration=entry.configuration_id, pk__gt=entry.pk)
    near = list(following.order_by("pk").values_list("pk", flat=True)[:_LOOKED_THROUGH])
    same = ProvisioningEntry.objects.filter(pk__in=near, method=entry.method, path=entry.path)
    return list((same.filter(body=entry.body) if entry.body else same).order_by("pk")[:_TRIES_SHOWN])


def _always(done: Done) -> bool:
    return done.status >= HTTPStatus.BAD_REQUEST or not _reads(done)


def _reads(done: Done) -> bool:
    return done.method in ("GET", "HEAD") or done.path.endswith("/.search")


def _outcome(done: Done) -> Outcome:
    if done.status >= HTTPStatus.INTERNAL_SERVER_ERROR and done.status != HTTPStatus.NOT_IMPLEMENTED:
        return Outcome.FAILED
    if done.status >= HTTPStatus.BAD_REQUEST:
        return Outcome.REFUSED
    if _reads(done):
        return Outcome.READ
    return Outcome.DONE if done.notes.done else Outcome.UNCHANGED


def _entry(configuration: ScimConfiguration, caller: Caller, done: Done, redactor: Redactor) -> ProvisioningEntry:
    notes = done.notes
    return ProvisioningEntry(
        at=timezone.now(),
        configuration=configuration,
        client_name=caller.client_name,
        credential=caller.credential,
        request_id=caller.request_id,
        method=done.method[:10],
        path=done.path[:500].replace("\0", ""),
        kind=notes.kind,
        scim_id=notes.scim_id,
        external_id=notes.external_id[:500],
        user_pk=notes.user_pk,
        status=done.status,
        scim_type=str(done.refusal.get("scimType", ""))[:30],
        detail=str(done.refusal.get("detail", "")),
        outcome=_outcome(done),
        duration_ms=round((time.monotonic() - caller.started) * 1000),
        user_agent=caller.user_agent,
        warnings=notes.warnings,
        changes=redactor.changes(notes.changes) if done.status < HTTPStatus.BAD_REQUEST else {},
        body=redactor.body(done.body),
    )
