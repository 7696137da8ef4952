"""Changes of peers that people ask for, audited."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from clients import audit
from clients.audit import Origin
from clients.models import PermissionLabel
from shared_events.models import Peer, PeerState, Quarantine
from shared_events.peers.passes import begin_full_pass, held_back, remove
from shared_events.peers.sealing import seal

SETTABLE = ("name", "base_url", "client_id", "poll_seconds")


@sensitive_variables("secret")
@transaction.atomic
def add_peer(*, values: Mapping[str, Any], secret: str, labels: Iterable[PermissionLabel] = (), by: Origin) -> Peer:
    peer = Peer.objects.create(
        **{name: values[name] for name in SETTABLE if name in values},
        secret=seal(secret),
        created_by=by.administrator,
        updated_by=by.administrator,
    )
    peer.labels.set(labels)
    audit.record("peer_added", peer, by=by, base_url=peer.base_url, client_id=peer.client_id)
    return peer


@sensitive_variables("secret")
@transaction.atomic
def change_peer(
    peer: Peer, *, values: Mapping[str, Any], secret: str = "", labels: Iterable[PermissionLabel] = (), by: Origin
) -> None:
    """An empty secret keeps the one stored. Another address or client starts from the beginning of the feed."""
    current = Peer.objects.select_for_update().get(pk=peer.pk)
    changes: dict[str, Any] = {}
    for name in SETTABLE:
        old, new = getattr(current, name), values.get(name, getattr(current, name))
        if old != new:
            changes[name] = [old, new]
            setattr(current, name, new)
    if {"base_url", "client_id"} & changes.keys():
        begin_full_pass(current)
        current.fence += 1
        current.lease_until = None
    if secret:
        current.secret = seal(secret)
        changes["secret"] = "replaced"  # noqa: S105 - says that, not what
    current.next_try_at, current.updated_by = None, by.administrator
    current.save()
    current.labels.set(labels)
    audit.record("peer_changed", current, by=by, **changes)


@transaction.atomic
def set_enabled(peer: Peer, *, enabled: bool, by: Origin) -> None:
    """Paused peers are not asked; what was mirrored stays."""
    values: dict[str, Any] = {"enabled": enabled, "stop_requested": not enabled and peer.lease_until is not None}
    Peer.objects.filter(pk=peer.pk).update(**values, next_try_at=None)
    audit.record("peer_resumed" if enabled else "peer_paused", peer, by=by)


@transaction.atomic
def confirm_removals(peer: Peer, *, by: Origin) -> int:
    """What the brake held back goes. How many."""
    current = Peer.objects.select_for_update().get(pk=peer.pk)
    count = remove(held_back(current), timezone.now())
    if current.state == PeerState.NEEDS_CONFIRMATION:
        Peer.objects.filter(pk=peer.pk).update(state=PeerState.OK)
    audit.record("peer_removals_confirmed", peer, by=by, count=count)
    return count


@transaction.atomic
def discard(item: Quarantine, *, by: Origin) -> None:
    """The case is closed; a later version of the same item is taken or set aside anew."""
    audit.record("quarantine_discarded", item.peer, by=by, event=item.ref, problem=item.problem)
    item.delete()
