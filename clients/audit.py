"""The only writer of the audit log. Call ``record`` inside the transaction of the change it describes."""

import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from clients.models import Administrator, AuditEntry
from lms_oauth.http import client_address, request_id


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did it and from where: an administrator on a page, a management command, or a client over an API."""

    name: str
    via: str
    administrator: Administrator | None = None
    address: str = ""
    request_id: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Origin":
        """The signed-in administrator behind a page's request."""
        user = request.user
        administrator = user if isinstance(user, Administrator) else None
        name = user.get_username() if administrator else "anonymous"
        return cls(name, "page", administrator, client_address(request), request_id(request))

    @classmethod
    def command(cls, name: str) -> "Origin":
        return cls(f"command {name}", "command")

    @classmethod
    def client(cls, name: str, request: HttpRequest) -> "Origin":
        """The client ``name`` (its own, not what a caller claimed) behind an API request."""
        return cls(name, "api", None, client_address(request), request_id(request))


def record(action: str, subject: Model, *, by: Origin, **facts: Any) -> None:
    """Add one entry. ``facts`` are explicit values, or ``[old, new]``; never secrets, never a whole form's data."""
    _write(action, subject._meta.model_name or "", str(subject.pk), str(subject), by, facts)  # noqa: SLF001


def record_refusals(service: str, *, claimed: str, reason: str, count: int, by: Origin) -> None:
    """Failed uses of a credential. ``claimed`` is a client ID, or empty where none of that form was sent."""
    _write("credential_refused", "client", claimed, claimed, by, {"service": service, "reason": reason, "count": count})


def record_failed_login(action: str, user: Administrator | None, *, by: Origin, **facts: Any) -> None:
    """What was typed as a name is not kept where it is nobody's: it may be a password."""
    if user is not None:
        record(action, user, by=by, **facts)
    else:
        _write(action, "administrator", "", "", by, facts)


def as_row(entry: AuditEntry) -> dict[str, Any]:
    """An entry for downloads and exports; times in UTC, facts as JSON text."""
    return {
        "at": entry.at.astimezone(UTC).isoformat() if entry.at else "",
        "actor": entry.actor_name,
        "via": entry.via,
        "address": entry.address or "",
        "request_id": entry.request_id,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "object_name": entry.object_name,
        "facts": json.dumps(entry.facts, ensure_ascii=False),
    }


def _write(action: str, object_type: str, object_id: str, object_name: str, by: Origin, facts: dict[str, Any]) -> None:
    AuditEntry.objects.create(
        at=timezone.now(),
        actor=by.administrator,
        actor_name=by.name[:150],
        via=by.via,
        address=by.address or None,
        request_id=by.request_id,
        action=action,
        object_type=object_type,
        object_id=object_id,
        object_name=object_name[:200],
        facts=facts,
    )
