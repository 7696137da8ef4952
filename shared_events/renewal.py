"""A new history of this LMS's feed, begun by a person: after a planned restore, or where a copy becomes its own LMS."""

from django.db import transaction

from clients import audit
from clients.audit import Origin
from shared_events.models import Instance, Peer
from shared_events.models.instance import new_origin, new_tag_key
from shared_events.peers.actions import set_enabled


@transaction.atomic
def begin_epoch(*, by: Origin) -> Instance:
    """Every reader reads the feed from its start."""
    instance = Instance.objects.select_for_update().get(pk=Instance.current().pk)
    instance.renew_epoch()
    audit.record("shared_events_history_changed", instance, by=by, ended=instance.epoch)
    return Instance.current()


@transaction.atomic
def become_another_lms(*, by: Origin) -> Instance:
    """A new name too, so that nobody takes the copy for its original. Its peers are paused: they know that one."""
    former = Instance.current()
    Instance.objects.filter(pk=former.pk).update(origin=new_origin(), tag_key=new_tag_key())
    begin_epoch(by=by)
    for peer in Peer.objects.filter(enabled=True):
        set_enabled(peer, enabled=False, by=by)
    instance = Instance.current()
    audit.record("shared_events_origin_changed", instance, by=by, origin=[former.origin, instance.origin])
    return instance
