"""Compares a copy with the whole feed of its host, without changing either."""

from dataclasses import dataclass, field

from shared_events.models import Peer
from shared_events.peers.engine import FULL_PAGE
from shared_events.peers.hosts import host_of
from shared_events.peers.incoming import Page, Refused, Remove, Upsert, read_page


@dataclass(slots=True)
class Comparison:
    """Uids of events that are not the same on both sides."""

    equal: int = 0
    missing: list[str] = field(default_factory=list)  # at the host only
    extra: list[str] = field(default_factory=list)  # here only
    different: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.missing or self.extra or self.different)


def compare(peer: Peer) -> Comparison:
    """One of failing.FAILURES or Stop where the host cannot be read."""
    host = host_of(peer)
    origin = host.discover().origin
    shown: dict[str, str] = {}
    cursor, more = "", True
    while more:
        page = read_page(host.page(cursor=cursor, last="", limit=FULL_PAGE), sent=cursor, origin=origin)
        _follow(shown, page)
        cursor, more = page.following, page.has_more
    return _compared(shown, dict(_held(peer)))


def _follow(shown: dict[str, str], page: Page) -> None:
    for item in page.items:
        if isinstance(item, Upsert):
            shown[str(item.uid)] = item.hash
        elif isinstance(item, Remove):
            shown.pop(str(item.uid), None)
        elif isinstance(item, Refused):
            shown[item.ref] = ""  # never equal: it could not be taken


def _held(peer: Peer) -> list[tuple[str, str]]:
    rows = peer.events.filter(removed_at=None).values_list("uid", "hash")
    return [(str(uid), checksum) for uid, checksum in rows]


def _compared(shown: dict[str, str], held: dict[str, str]) -> Comparison:
    both = shown.keys() & held.keys()
    different = sorted(uid for uid in both if shown[uid] != held[uid])
    return Comparison(
        equal=len(both) - len(different),
        missing=sorted(shown.keys() - held.keys()),
        extra=sorted(held.keys() - shown.keys()),
        different=different,
    )
