"""Changes of share labels, each one transaction with its audit entry, and which clients they concern."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from clients import audit
from clients.administration import below
from clients.audit import Origin
from clients.labels import LabelInUse, change, keep
from clients.locking import Gone, lock
from shared_events.models import ClientSharing, ShareLabel
from shared_events.models.share_label import expanded, parents


@transaction.atomic
def create_share_label(name: str, *, parent: ShareLabel | None = None, by: Origin) -> ShareLabel:
    """A name that a sibling has raises ValidationError."""
    label = ShareLabel(name=name, parent=parent)
    keep(label)
    audit.record("share_label_created", label, by=by, path=label.path)
    return label


@transaction.atomic
def update_share_label(label: ShareLabel, *, by: Origin, **values: Any) -> bool:
    """Set name or parent. False when nothing differed. A cycle or a sibling's name raises ValidationError."""
    # Two moves may close a cycle together: they run one after the other.
    rows = {row.pk: row for row in ShareLabel.objects.select_for_update().order_by("pk")}
    current = rows.get(label.pk)
    if current is None:
        raise Gone
    changes = change(current, values, inside=expanded({label.pk}))
    if changes:
        keep(current)
        audit.record("share_label_updated", current, by=by, **changes)
    return bool(changes)


@transaction.atomic
def delete_share_label(label: ShareLabel, *, by: Origin) -> None:
    """Events and clients lose it; a client that had no other is given nothing. LabelInUse where labels are below it."""
    current = lock(ShareLabel.objects.all(), label.pk)
    if current.children.exists():
        raise LabelInUse
    names = sorted(sharing.client.name for sharing in given(current))
    audit.record("share_label_deleted", current, by=by, path=current.path, events=current.events.count(), clients=names)
    current.delete()


def given(label: ShareLabel) -> list[ClientSharing]:
    """The clients that are given only some share labels, this one among them."""
    tree = parents()
    return [sharing for sharing, chosen in _limited() if label.pk in below(chosen, tree)]


def clients_by_label() -> Counter[int]:
    """How many clients that are given only some share labels are given each."""
    tree = parents()
    return Counter(pk for _sharing, chosen in _limited() for pk in below(chosen, tree))


def moved(label: ShareLabel, parent: ShareLabel | None) -> tuple[list[int], list[int]]:
    """Ids of the clients that are given more, and of those given less, if the label moves below ``parent``."""
    now = parents()
    then: Mapping[int, int | None] = {**now, label.pk: parent.pk if parent else None}
    more, less = [], []
    for sharing, chosen in _limited():
        before, after = below(chosen, now), below(chosen, then)
        more += [sharing.pk] if after - before else []
        less += [sharing.pk] if before - after else []
    return more, less


def _limited() -> Iterator[tuple[ClientSharing, set[int]]]:
    rows = ClientSharing.objects.filter(all_events=False).select_related("client").prefetch_related("share_labels")
    return ((sharing, {label.pk for label in sharing.share_labels.all()}) for sharing in rows)
