"""What an item means for the row that is there: a pure function, so that duplicates and replays are harmless."""

from dataclasses import dataclass
from enum import Enum, auto

from shared_events.peers.incoming import Remove, Upsert


class Verdict(Enum):
    TAKE = auto()
    REMOVE = auto()
    IGNORE = auto()  # older than what is there, or of something that was never there
    KNOWN = auto()
    DIVERGED = auto()  # one revision, two contents


@dataclass(frozen=True, slots=True)
class Held:
    """The row that is there."""

    epoch: str
    rev: int
    hash: str
    removed: bool


def decide(held: Held | None, item: Upsert | Remove, *, epoch: str) -> Verdict:
    if isinstance(item, Remove):
        return _removal(held, item, epoch)
    if held is None or held.epoch != epoch or item.rev > held.rev:
        return Verdict.TAKE
    if item.rev < held.rev:
        return Verdict.IGNORE
    if held.hash != item.hash:
        return Verdict.DIVERGED
    return Verdict.TAKE if held.removed else Verdict.KNOWN


def _removal(held: Held | None, item: Remove, epoch: str) -> Verdict:
    """Sharing changes no revision, so that of a removal may be the row's own."""
    if held is None or (held.epoch == epoch and item.rev < held.rev):
        return Verdict.IGNORE
    return Verdict.KNOWN if held.removed else Verdict.REMOVE
