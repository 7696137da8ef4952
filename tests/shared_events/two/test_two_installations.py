"""Two running LMSes stay equal whatever the line between them and the machines below them do.

``SHARED_EVENTS_CYCLES=20,9999 pytest tests/shared_events/two`` meets every fault 20 times, and kills at every point.
"""

import os

import pytest

from tests.shared_events.two import line
from tests.shared_events.two.line import FAULTS, passed

CYCLES, POINTS = map(int, os.environ.get("SHARED_EVENTS_CYCLES", "1,4").split(","))
BEHIND = {
    line.connection_cut,
    line.answer_lost,
    line.cut_in_the_body,
    line.delayed_beyond_patience,
    line.too_large,
    line.page_of_a_proxy,
    line.status_429,
    line.status_500,
    line.status_503,
}
REFUSED = {line.redirected}


def same(host, reader, **selection):
    assert reader.mirrored() == host.shown(**selection)


def test_no_fault_of_the_line_makes_a_difference(pair):
    a, b = pair
    b.settle()
    for cycle in range(CYCLES):
        for number, fault in enumerate(FAULTS):
            title = f"{fault.__name__} {cycle}"
            a.create(titles=[f"{title} {part}" for part in range(3)])  # two pages
            before = b.mirrored()
            a.line.faults += [passed] * ((number + cycle) % 2) + [fault]
            while a.line.faults:  # a busy machine may try its patience before the fault does
                told = b.sync(page=2, patience=3 if fault is line.delayed_beyond_patience else 0)
            expected = "behind" if fault in BEHIND else "failed" if fault in REFUSED else "ok"
            assert told["state"] == expected, (title, told)
            assert before.items() <= b.mirrored().items(), title
    b.settle()
    assert set(a.line.met) >= {fault.__name__ for fault in FAULTS}
    same(a, b)


def test_a_killed_synchronization_is_taken_up_where_it_was(pair):
    a, b = pair
    titles = [f"Killed {number}" for number in range(5)]
    a.create(titles=titles)
    b.settle()

    def news(word):
        a.change(changes={title: {"location_name": word} for title in titles})

    def undisturbed(**how):
        news(f"undisturbed {how}")
        before = len(a.line.pages)
        return b.sync(**how)["steps"], len(a.line.pages) - before

    for how in ({"page": 2}, {"full": True}):
        steps, pages = undisturbed(**how)
        for point in range(1, steps, max(1, steps // POINTS)):
            news(f"{how} {point}")
            before = len(a.line.pages)
            assert b.sync(kill_at=point, **how) == {"killed": 9}
            b.lapse()
            b.settle(page=how.get("page", 50))
            assert len(a.line.pages) - before <= pages + 1, f"killed at {point} of {steps}"
            same(a, b)


def test_a_killed_process_holds_its_lease_for_a_while(pair):
    a, b = pair
    b.settle()
    idle = b.sync()["steps"]
    a.create(titles=["Leased"])
    assert b.sync(kill_at=idle // 2) == {"killed": 9}
    assert b.hold() == 1
    before = b.facts()
    b.sync()
    assert b.facts() == before
    b.lapse()
    b.settle()
    same(a, b)


@pytest.mark.parametrize("reader_stands", ["at the backup", "behind it", "past it", "within a full pass"])
def test_a_host_restored_from_its_backup_is_read_anew(pair, reader_stands):
    a, b = pair
    words = reader_stands.replace(" ", "")
    a.create(titles=[f"{words} {number}" for number in range(5)])
    if reader_stands != "behind it":
        b.settle()
    epoch, restore = a.facts()["epoch"], a.backup()
    a.create(titles=[f"{words} lost {number}" for number in range(3)])
    a.change(changes={f"{words} 0": {"title": f"{words} renamed"}, f"{words} 1": "delete"})
    if reader_stands == "past it":
        b.settle()
    if reader_stands == "within a full pass":
        steps = b.sync(full=True)["steps"]
        b.sync(full=True, kill_at=steps * 2 // 3)
        b.lapse()
    restore()
    a.create(titles=[f"{words} again {number}" for number in range(4)])  # other content at the positions of before
    b.settle()
    same(a, b)
    renewed = a.facts()["epoch"] != epoch
    assert renewed == (reader_stands in {"past it", "within a full pass"})


def test_a_mirror_restored_from_its_backup_catches_up(pair):
    a, b = pair
    a.create(titles=["Kept", "Edited", "Deleted"])
    b.settle()
    restore = b.backup()
    a.change(changes={"Edited": {"title": "Edited later"}, "Deleted": "delete"})
    b.settle()
    restore()
    b.settle()
    same(a, b)


def test_deletions_forgotten_during_a_full_pass_do_not_stop_it(pair):
    a, b = pair
    a.create(titles=[f"Purged {number}" for number in range(6)])
    steps = b.settle(full=True)["steps"]
    a.change(changes={"Purged 0": "delete"})
    b.settle()
    b.sync(full=True, kill_at=steps // 2)
    b.lapse()
    a.change(changes={"Purged 5": "delete"})
    floor = a.facts()["floor"]
    a.manage("shared_events_purge", days=100)
    assert a.facts()["floor"] > floor
    b.settle()
    same(a, b)


def test_clocks_decide_nothing(pair):
    a, b = pair
    for days in (-1, 1):
        a.create(titles=[f"Clock {days}"])
        b.settle(days=days)
        same(a, b)
    b.lapse()


def test_a_label_taken_away_takes_events_away_and_brings_them_back(pair):
    a, b = pair
    titles = [f"Labelled {number}" for number in range(3)]
    a.create(titles=[*titles, *(f"Not labelled {number}" for number in range(51))])
    b.settle()
    everything = b.mirrored()
    client = a.client["client_id"]
    a.limit(client_id=client, label="For B", titles=titles)
    assert b.sync()["state"] == "needs_confirmation"  # it might be a mistake
    assert b.mirrored() == everything
    b.manage("sync_shared_events", "--confirm-sweep")
    same(a, b, labels=["For B"])
    a.limit(client_id=client, label="For B", titles=titles[:1])
    b.settle()
    same(a, b, labels=["For B"])
    assert len(b.mirrored()) == 1  # one of three may go at once
    a.limit(client_id=client, label=None, titles=[])
    b.settle()
    assert b.mirrored() == everything


def test_two_that_mirror_each_other_tell_nobody_what_they_were_told(pair):
    a, b = pair
    a.create(titles=["Of A"])
    b.create(titles=["Of B"])
    for reader in (b, a):
        reader.settle()
    before = a.facts(), b.facts()
    for _round in range(3):
        for reader in (a, b):
            reader.sync()
    assert (a.facts(), b.facts()) == before
    same(a, b)
    same(b, a)
