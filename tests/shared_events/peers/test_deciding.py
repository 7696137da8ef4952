"""Section "Applying an item" of the protocol, row by row."""

import uuid
from datetime import UTC, datetime

import pytest

from shared_events.peers.deciding import Held, Verdict, decide
from shared_events.peers.incoming import Remove, Upsert

UID = uuid.uuid4()
AT = datetime(2027, 1, 1, tzinfo=UTC)


def upsert(rev, checksum="a"):
    return Upsert(UID, rev, "{}", checksum, "Title", "online", "confirmed", "", "UTC", AT, AT)


def held(rev=5, checksum="a", *, epoch="now", removed=False):
    return Held(epoch, rev, checksum, removed)


def remove(rev):
    return Remove(UID, rev, "unshared")


@pytest.mark.parametrize(
    ("row", "item", "verdict"),
    [
        pytest.param(None, upsert(1), Verdict.TAKE, id="no row"),
        pytest.param(held(epoch="before"), upsert(1), Verdict.TAKE, id="row of another epoch"),
        pytest.param(held(), upsert(4), Verdict.IGNORE, id="lower rev"),
        pytest.param(held(), upsert(6, "b"), Verdict.TAKE, id="higher rev"),
        pytest.param(held(), upsert(5), Verdict.KNOWN, id="same rev, same hash"),
        pytest.param(held(), upsert(5, "b"), Verdict.DIVERGED, id="same rev, another hash"),
        pytest.param(held(removed=True), upsert(5), Verdict.TAKE, id="same rev, removed: back again"),
        pytest.param(held(removed=True), upsert(4), Verdict.IGNORE, id="lower rev does not revive"),
        pytest.param(None, remove(1), Verdict.IGNORE, id="removal of what was never here"),
        pytest.param(held(), remove(5), Verdict.REMOVE, id="removal at the same rev"),
        pytest.param(held(), remove(6), Verdict.REMOVE, id="removal at a higher rev"),
        pytest.param(held(), remove(4), Verdict.IGNORE, id="removal of an older rev"),
        pytest.param(held(epoch="before"), remove(1), Verdict.REMOVE, id="removal in a new epoch"),
        pytest.param(held(removed=True), remove(5), Verdict.KNOWN, id="removed already"),
    ],
)
def test_an_item_and_the_row_that_is_there(row, item, verdict):
    assert decide(row, item, epoch="now") is verdict
