import pytest

from shared_events.cursor import Cursor
from shared_events.history import History, Verdict, judge

HISTORY = History(epoch="now", past_epochs=frozenset({"then"}), head=100, floor=10, issued=5, scope="all")
GOOD = {"epoch": "now", "seq": 50, "proof": 60, "nonce": "n", "scope": "all", "issued": 5}


@pytest.mark.parametrize(
    ("change", "nonce", "verdict"),
    [
        pytest.param({}, "n", Verdict.GOOD, id="as it was given"),
        pytest.param({"seq": 0, "proof": 0, "nonce": ""}, "", Verdict.GOOD, id="of an empty feed"),
        pytest.param({"seq": 3}, "n", Verdict.GOOD, id="a full pass below the floor"),
        pytest.param({"epoch": "then"}, "n", Verdict.PAST_EPOCH, id="of an ended epoch"),
        pytest.param({"epoch": "unheard"}, "n", Verdict.REWOUND, id="of an epoch that was lost"),
        pytest.param({"issued": 6}, "n", Verdict.REWOUND, id="more pages than were given"),
        pytest.param({"proof": 101}, "n", Verdict.REWOUND, id="beyond the head"),
        pytest.param({}, "other", Verdict.REWOUND, id="the position was given again"),
        pytest.param({"proof": 9, "seq": 9}, "other", Verdict.EXPIRED, id="below the floor, where batches are gone"),
        pytest.param({"scope": "other"}, "n", Verdict.OTHER_SCOPE, id="another selection"),
        pytest.param({"scope": "other", "issued": 6}, "n", Verdict.REWOUND, id="a rewind comes first"),
    ],
)
def test_verdicts(change, nonce, verdict):
    assert judge(Cursor(**{**GOOD, **change}), HISTORY, nonce=nonce) is verdict
