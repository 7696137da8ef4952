"""Changes of which shared events a client is given, with their audit entry."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients import audit
from clients.actions import ClientChanged
from clients.audit import Origin
from clients.locking import lock
from clients.models import Client
from shared_events.models import ClientSharing, ShareLabel


@transaction.atomic
def set_sharing(
    client: Client,
    *,
    all_events: bool,
    share_labels: Iterable[ShareLabel],
    register: bool | None = None,
    seen: str = "",
    by: Origin,
) -> bool:
    """False, without a write, when nothing differed. Without all events and without labels it is given nothing.

    ``register``: whether it may take seats; None leaves that as it is. ``seen`` is the client's version that the caller
    looked at; where another one is saved meanwhile, ClientChanged.
    """
    # Readers hold the sharing while they refer to the client: its key stays free, or each would wait for the other.
    current = lock(Client.objects.existing(), client.pk, no_key=True)
    if seen and seen != current.version:
        raise ClientChanged
    sharing, _made = ClientSharing.objects.select_for_update().get_or_create(pk=current.pk)
    before = _facts(sharing)
    sharing.all_events = all_events
    sharing.share_labels.set(share_labels)
    sharing.register = sharing.register if register is None else register
    after = _facts(sharing)
    changes = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    if changes:
        sharing.save(update_fields=["all_events", "register"])
        Client.objects.filter(pk=current.pk).update(updated=timezone.now(), updated_by=by.administrator)
        audit.record("client_sharing_changed", current, by=by, **changes)
    client.refresh_from_db()
    return bool(changes)


def hand_on(client: Client, clone: Client, by: Origin) -> None:
    """A clone is given no more than the client it was made from."""
    sharing = ClientSharing.objects.filter(pk=client.pk).first()
    if sharing is not None:
        labels, register = sharing.share_labels.all(), sharing.register
        set_sharing(clone, all_events=sharing.all_events, share_labels=labels, register=register, by=by)
        ClientSharing.objects.filter(pk=clone.pk).update(read=sharing.read)


def _facts(sharing: ClientSharing) -> dict[str, Any]:
    paths = sorted(label.path for label in sharing.share_labels.select_related("parent"))
    return {"all_events": sharing.all_events, "share_labels": paths, "register": sharing.register}
