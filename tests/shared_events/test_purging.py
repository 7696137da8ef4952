from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from shared_events import feed
from shared_events.models import EventDoc, Exposure, FeedBatch, FeedEntry, Instance
from shared_events.purging import purge_tombstones
from shared_events.sequencing import sequence
from tests.shared_events.builders import make_event
from tests.shared_events.peer import make_peer

pytestmark = pytest.mark.django_db


def in_days(number):
    return timezone.now() + timedelta(days=number)


def delete_one(*peers):
    """An event that the peers have, deleted and numbered; another one stays."""
    make_event(title="Stays")
    event = make_event(title="Goes")
    for peer in peers:
        peer.sync()
    event.delete()
    sequence()
    return event.uid


def test_a_deletion_is_remembered_for_90_days():
    slow = make_peer()
    uid = delete_one(slow)
    assert purge_tombstones(in_days(89)) == 0
    assert purge_tombstones(in_days(91)) == 1
    assert not EventDoc.objects.filter(pk=uid).exists()
    assert not Exposure.objects.filter(ref=uid).exists()
    response = slow.get("changes", cursor=slow.cursor)
    assert (response.status_code, response.json()["type"]) == (410, "/shared-events/problems/cursor-expired")


def test_a_week_is_enough_once_every_reader_applied_it():
    peer = make_peer()
    delete_one(peer)
    peer.sync()
    assert purge_tombstones(in_days(8)) == 0  # read, not acknowledged
    peer.sync()
    assert purge_tombstones(in_days(6)) == 0
    assert purge_tombstones(in_days(8)) == 1
    assert peer.sync() == []


def test_a_full_pass_walks_over_what_was_dropped():
    peer = make_peer()
    delete_one(peer)
    purge_tombstones(in_days(91))
    peer.cursor = ""
    peer.rows.clear()
    peer.sync(limit=1)
    assert [title for _rev, title in peer.mirror.values()] == ["Stays"]
    assert FeedBatch.objects.filter(seq_end__lt=Instance.current().floor).count() == 0


def test_a_purge_beside_a_page_loses_no_removal(monkeypatch):
    peer = make_peer()
    delete_one(peer)
    real = feed.harvest

    def harvest_after_a_purge(*args, **kwargs):
        purge_tombstones(in_days(91))
        return real(*args, **kwargs)

    monkeypatch.setattr(feed, "harvest", harvest_after_a_purge)
    assert peer.get("changes", cursor=peer.cursor).status_code == 410


def test_the_command_says_how_many(capsys):
    delete_one()
    FeedBatch.objects.update(at=in_days(-91))
    call_command("shared_events_purge")
    assert "Deletions forgotten: 1\n" in capsys.readouterr().out
    assert FeedEntry.objects.count() == 1


def test_a_deletion_that_nobody_was_told_of_is_not_forgotten():
    """Until it has its position it stands where the event stood, which may be long ago."""
    event, peer = make_event(), make_peer()
    peer.sync()
    event.delete()
    assert purge_tombstones(in_days(100)) == 0
    (item,) = peer.sync()
    assert (item["op"], item["reason"]) == ("remove", "deleted")
    assert purge_tombstones(in_days(100)) == 1
