"""Whether a cursor belongs to the history this feed has: a restored database gives old positions other content."""

from dataclasses import dataclass
from enum import Enum, auto

from shared_events.cursor import Cursor


class Verdict(Enum):
    GOOD = auto()
    PAST_EPOCH = auto()  # of a history that ended, and everybody knows
    REWOUND = auto()  # of a future this feed lost: a new epoch has to begin
    OTHER_SCOPE = auto()
    EXPIRED = auto()  # removals since then were dropped


@dataclass(frozen=True, slots=True)
class History:
    """What the host knows at this moment, about itself and one client."""

    epoch: str
    past_epochs: frozenset[str]
    head: int
    floor: int
    issued: int
    scope: str


def judge(cursor: Cursor, history: History, *, nonce: str) -> Verdict:
    """``nonce``: of the batch that holds the cursor's proof in this history."""
    if cursor.epoch in history.past_epochs:
        return Verdict.PAST_EPOCH
    if _rewound(cursor, history, nonce):
        return Verdict.REWOUND
    if cursor.scope != history.scope:
        return Verdict.OTHER_SCOPE
    return Verdict.EXPIRED if 0 < cursor.proof < history.floor else Verdict.GOOD


def _rewound(cursor: Cursor, history: History, nonce: str) -> bool:
    return (
        cursor.epoch != history.epoch
        or cursor.issued > history.issued
        or cursor.proof > history.head
        or (cursor.proof >= history.floor and cursor.nonce != nonce)
    )
