"""What a turn would do, without doing it."""

from dataclasses import dataclass

from shared_events.models import MirrorEvent, Peer
from shared_events.peers.deciding import Held, Verdict, decide
from shared_events.peers.engine import FULL_PAGE
from shared_events.peers.hosts import host_of, kinds_of
from shared_events.peers.incoming import Page, Refused, read_page
from shared_events.peers.remote import Problem, RemoteHost


@dataclass(slots=True)
class Rehearsal:
    """What would be read and written. In a full pass, rows that were not met would go on top of ``removed``."""

    full: bool
    pages: int = 0
    items: int = 0
    applied: int = 0
    removed: int = 0
    quarantined: int = 0


def rehearse(peer: Peer, *, full: bool = False) -> Rehearsal:
    """One of failing.FAILURES or Stop where the host cannot be read."""
    host = host_of(peer)
    origin = host.discover().origin
    try:
        return _read(host, peer, origin, cursor="" if full else peer.cursor)
    except Problem as problem:
        if problem.retry != "resync" or not peer.cursor:
            raise
        return _read(host, peer, origin, cursor="")


def _read(host: RemoteHost, peer: Peer, origin: str, *, cursor: str) -> Rehearsal:
    found, held = Rehearsal(full=not cursor), _held(peer)
    more = True
    while more:
        body = host.page(cursor=cursor, last=peer.last_cursor, limit=FULL_PAGE, kinds=kinds_of(peer))
        page = read_page(body, sent=cursor, origin=origin)
        _weigh(found, page, held)
        cursor, more = page.following, page.has_more
    return found


def _weigh(found: Rehearsal, page: Page, held: dict[str, Held]) -> None:
    found.pages += 1
    found.items += len(page.items)
    for item in page.items:
        if isinstance(item, Refused):
            found.quarantined += 1
            continue
        verdict = decide(held.get(str(item.uid)), item, epoch=page.epoch)
        found.applied += verdict in {Verdict.TAKE, Verdict.DIVERGED}
        found.removed += verdict is Verdict.REMOVE


def _held(peer: Peer) -> dict[str, Held]:
    rows = MirrorEvent.objects.filter(peer=peer).values_list("uid", "epoch", "rev", "hash", "removed_at")
    return {str(uid): Held(epoch, rev, checksum, gone is not None) for uid, epoch, rev, checksum, gone in rows}
