"""Changes of clients. Each is one transaction with its audit entry; pages and commands call the same functions.

Nothing changes a deleted client: Gone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from clients import audit, secrets
from clients.audit import Origin
from clients.locking import Gone, lock
from clients.models import Client, Credential, PermissionLabel

SETTABLE = (
    *("name", "short_description", "active", "scim_configuration", "lrs_own", "lrs_full_read", "shared_events"),
    *("requests_per_minute", "burst"),
)
_PREFIX = {Credential.Kind.SECRET: secrets.CLIENT_SECRET, Credential.Kind.BEARER: secrets.BEARER_TOKEN}


class CredentialConflict(Exception):
    """The credential is not the one the caller was shown: somebody regenerated it meanwhile. Nothing changed."""

    def __init__(self, newest: Credential | None) -> None:
        super().__init__("The credential was regenerated meanwhile.")
        self.newest = newest


class ClientChanged(Exception):
    """Somebody saved the client after the caller had looked at it. Nothing changed."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A new credential and its value, which is shown once and kept nowhere."""

    value: str
    credential: Credential

    def __repr__(self) -> str:
        return f"Generated({self.credential})"


@transaction.atomic
def create_client(*, values: Mapping[str, Any], labels: Iterable[PermissionLabel] = (), by: Origin) -> Client:
    """A client with no secret and no token. ``values``: any of SETTABLE; ``name`` is required."""
    client = Client(**_settable(values), created_by=by.administrator, updated_by=by.administrator)
    client.save()
    client.labels.set(labels)
    audit.record("client_created", client, by=by, **_facts(client, values), labels=_paths(client))
    return client


@transaction.atomic
def update_client(
    client: Client,
    *,
    values: Mapping[str, Any],
    labels: Iterable[PermissionLabel] | None = None,
    seen: str = "",
    by: Origin,
) -> bool:
    """Set any of SETTABLE and, unless None, the labels. False when nothing differed, and then nothing is written.

    ``seen`` is the version the caller looked at; where another one is saved meanwhile, ClientChanged.
    Switching ``active`` off raises the generation in the same UPDATE: tokens issued before stay dead for good.
    """
    current = lock(Client.objects.existing(), client.pk)
    if seen and seen != current.version:
        raise ClientChanged
    changes = {
        name: [_plain(getattr(current, name)), _plain(value)]
        for name, value in _settable(values).items()
        if getattr(current, name) != value
    }
    before = _paths(current)
    if labels is not None:
        current.labels.set(labels)
        if (after := _paths(current)) != before:
            changes["labels"] = [before, after]
    if changes:
        _apply(current, values, ended="active" in changes and not values["active"], by=by)
        audit.record("client_updated", current, by=by, **changes)
    client.refresh_from_db()
    return bool(changes)


@transaction.atomic
def delete_client(client: Client, *, by: Origin) -> None:
    """For good: nothing of it is accepted or shown any more. Its row stays for the statements that name it."""
    now = timezone.now()
    current = lock(Client.objects.existing(), client.pk)
    audit.record("client_deleted", current, by=by, client_id=current.client_id, labels=_paths(current))
    current.labels.clear()
    Credential.objects.filter(client=current, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=by.administrator
    )
    ended = {"active": False, "generation": F("generation") + 1, "scim_configuration": None}
    Client.objects.filter(pk=current.pk).update(**ended, deleted_at=now, updated=now, updated_by=by.administrator)


def _apply(client: Client, values: Mapping[str, Any], *, ended: bool, by: Origin) -> None:
    extra = {"generation": F("generation") + 1} if ended else {}
    Client.objects.filter(pk=client.pk).update(
        **_settable(values), **extra, updated=timezone.now(), updated_by=by.administrator
    )


def _settable(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(SETTABLE):
        raise TypeError(f"not settable: {', '.join(sorted(unknown))}")
    return dict(values)


def _facts(client: Client, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(client, name)) for name in names}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Model) else value


def _paths(client: Client) -> list[str]:
    return sorted(label.path for label in client.labels.select_related("parent"))


def regenerate_secret(client: Client, *, by: Origin, number: int | None = None) -> Generated:
    """A new client secret. The old one, and every access token issued with it, is dead when this returns.

    ``number`` is that of the credential the caller saw (0: none); another one raises CredentialConflict.
    """
    return _regenerate(client, Credential.Kind.SECRET, number, by=by)


def regenerate_token(client: Client, *, by: Origin, number: int | None = None) -> Generated:
    """A new bearer token; the old one is dead when this returns. Secret and access tokens live on."""
    return _regenerate(client, Credential.Kind.BEARER, number, by=by)


@sensitive_variables()
def _regenerate(client: Client, kind: Credential.Kind, number: int | None, *, by: Origin) -> Generated:
    value = secrets.generate(_PREFIX[kind])
    try:
        with transaction.atomic():
            credential = _replace(client, kind, number, secrets.Kept.of(value), by=by)
    except IntegrityError as error:  # another transaction inserted the same number first
        raise CredentialConflict(Credential.objects.newest(client, kind)) from error
    return Generated(value, credential)


def _replace(
    client: Client, kind: Credential.Kind, number: int | None, kept: secrets.Kept, *, by: Origin
) -> Credential:
    now = timezone.now()
    # The UPDATE locks the client's row, so rotations of one client happen one after the other.
    raised = 1 if kind == Credential.Kind.SECRET else 0
    if not Client.objects.existing().filter(pk=client.pk).update(generation=F("generation") + raised):
        raise Gone
    newest = Credential.objects.newest(client, kind)
    last = newest.number if newest else 0
    if number is not None and number != last:
        raise CredentialConflict(newest)
    Credential.objects.filter(client=client, kind=kind, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=by.administrator
    )
    credential = Credential.objects.create(
        client=client,
        kind=kind,
        number=last + 1,
        digest=kept.digest,
        prefix=kept.prefix,
        last_four=kept.last_four,
        created_at=now,
        created_by=by.administrator,
    )
    audit.record(f"{kind}_generated" if not last else f"{kind}_regenerated", client, by=by, number=last + 1)
    return credential
