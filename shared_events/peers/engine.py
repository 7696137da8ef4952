"""One turn with one peer: lease, discovery, pages until caught up."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from shared_events.models import Peer, PeerState, Quarantine, SyncRun
from shared_events.peers.applying import Applied, CursorMoved, apply_page, store_single
from shared_events.peers.failing import FAILURES, HOUR, Stop, next_poll, next_try, stop_for
from shared_events.peers.hosts import host_of, kinds_of
from shared_events.peers.incoming import BadItem, Page, UnreadablePage, read_page, read_single
from shared_events.peers.lease import Lease, LeaseLost, take_lease
from shared_events.peers.passes import begin_full_pass, held_back
from shared_events.peers.remote import About, Problem, RemoteHost
from shared_events.peers.settling import settle_due
from shared_events.peers.transport import Unreachable

log = logging.getLogger("shared_events")

FULL_PAGE = 500
_RESYNCS = 3  # in one turn
_OTHER_RUNNER = "Another process synchronizes this peer."


@dataclass(slots=True)
class Turn:
    lease: Lease
    run: SyncRun
    host: RemoteHost
    stopped: Callable[[], bool]
    resyncs: int = 0
    token_renewed: bool = False


def sync_peer(peer_pk: int, *, full: bool = False, stopped: Callable[[], bool] = lambda: False) -> SyncRun | None:
    """The finished run; None where another process has the peer. ``stopped`` is asked between pages."""
    now = timezone.now()
    lease = take_lease(peer_pk, now)
    if lease is None:
        return None
    run = SyncRun.objects.create(peer_id=peer_pk, started_at=now)
    try:
        _run(lease, run, full=full, stopped=stopped)
    except LeaseLost:
        run.outcome, run.problem = PeerState.BEHIND, _OTHER_RUNNER
    finally:
        run.finished_at = timezone.now()
        run.save()
        lease.release()
    return run


def _run(lease: Lease, run: SyncRun, *, full: bool, stopped: Callable[[], bool]) -> None:
    try:
        turn = Turn(lease, run, host_of(Peer.objects.get(pk=lease.peer_pk)), stopped)
        _pin(lease, turn.host.discover())
        if full:
            _restart(turn)
        run.full = Peer.objects.filter(pk=lease.peer_pk, in_full_pass=True).exists()
        settle_due(turn.host, lease.peer_pk)
        caught_up = _read_on(turn)
        settle_due(turn.host, lease.peer_pk)  # what the pages brought up
        _succeed(turn, caught_up=caught_up)
    except FAILURES as error:
        _fail(lease, run, stop_for(error))
    except Stop as stop:
        _fail(lease, run, stop)


@transaction.atomic
def _pin(lease: Lease, about: About) -> None:
    """The first contact pins the host; another one at the same address is refused."""
    peer = lease.renewed(timezone.now())
    if peer.origin and peer.origin != about.origin:
        raise Stop(PeerState.FAILED, f"Another LMS answers at this address: {about.origin}.", HOUR)
    if not peer.origin and Peer.objects.filter(origin=about.origin).exists():
        raise Stop(PeerState.FAILED, "Another peer of this list is the same LMS.", HOUR)
    if not about.may_read:
        raise Stop(PeerState.AUTH_FAILED, "The host does not let this client read events.", HOUR)
    peer.origin, peer.remote_name, peer.skew_seconds = about.origin, about.name, about.skew_seconds
    peer.may_register = about.may_register
    peer.save()


def _read_on(turn: Turn) -> bool:
    """Pages until caught up; False where it was stopped before."""
    peers = Peer.objects.filter(pk=turn.lease.peer_pk)
    while not (turn.stopped() or peers.filter(stop_requested=True).exists()):
        peer = peers.get()
        try:
            if not _read_page(turn, peer):
                return True
        except CursorMoved:
            continue  # a person began a full pass meanwhile
        except Problem as problem:
            _answer(turn, problem)
        except UnreadablePage as error:
            _read_less(turn.lease, peer, error)
    return False


def _read_page(turn: Turn, peer: Peer) -> bool:
    """One page fetched outside of any transaction and applied in one. Whether there are more."""
    body = turn.host.page(cursor=peer.cursor, last=peer.last_cursor, limit=peer.page_limit, kinds=kinds_of(peer))
    page = read_page(body, sent=peer.cursor, origin=peer.origin)
    applied = apply_page(turn.lease, page, sent=peer.cursor, at=timezone.now())
    _count(turn.run, page, applied)
    for uid in applied.diverged:
        _settle(turn, page, str(uid))
    return page.has_more


def _answer(turn: Turn, problem: Problem) -> None:
    """Read from the start or renew the token where that helps; the problem again where it does not."""
    if problem.retry == "resync" and turn.resyncs < _RESYNCS:
        turn.resyncs += 1
        turn.run.full = True
        _restart(turn)
    elif problem.retry == "refresh-token" and not turn.token_renewed:
        turn.token_renewed = True
        turn.host.renew_token()
    else:
        raise problem


@transaction.atomic
def _restart(turn: Turn) -> None:
    peer = turn.lease.renewed(timezone.now())
    begin_full_pass(peer)
    peer.save()


def _read_less(lease: Lease, peer: Peer, error: UnreadablePage) -> None:
    """A page that is too much may be readable in halves; a single item that is not stops here."""
    if peer.page_limit <= 1:
        raise error
    Peer.objects.filter(pk=peer.pk, fence=lease.fence).update(page_limit=peer.page_limit // 2)


def _count(run: SyncRun, page: Page, applied: Applied) -> None:
    run.pages += 1
    run.items += len(page.items)
    run.applied += applied.taken
    run.removed += applied.removed
    run.quarantined += applied.quarantined
    run.bytes += page.size_bytes
    run.save()


def _settle(turn: Turn, page: Page, uid: str) -> None:
    """One revision with two contents: what the host says now is stored, and the case stays visible to a person."""
    log.error("peer %s: event %s has other content at the same revision", turn.lease.peer_pk, uid)
    now = timezone.now()
    with suppress(BadItem, UnreadablePage, Problem, Unreachable):
        epoch, item = read_single(turn.host.event(page.origin, uid), origin=page.origin)
        store_single(turn.lease, epoch, item, now)
    problem = "The host sent other content under the same revision; the copy is now what the host says."
    values = {"document": "", "problem": problem, "last_seen_at": now}
    Quarantine.objects.update_or_create(
        peer_id=turn.lease.peer_pk, ref=uid, defaults=values, create_defaults={**values, "first_seen_at": now}
    )
    turn.run.quarantined += 1


@transaction.atomic
def _succeed(turn: Turn, *, caught_up: bool) -> None:
    now = timezone.now()
    peer = turn.lease.renewed(now)
    peer.failures, peer.problem, peer.page_limit = 0, "", FULL_PAGE
    peer.state = PeerState.OK if caught_up else PeerState.BEHIND
    if held_back(peer).exists():
        peer.state = PeerState.NEEDS_CONFIRMATION
    if caught_up:
        peer.last_success_at = now
    peer.next_try_at = next_poll(now, peer.poll_seconds) if caught_up else now
    peer.save()
    turn.run.outcome = peer.state


@transaction.atomic
def _fail(lease: Lease, run: SyncRun, stop: Stop) -> None:
    now = timezone.now()
    peer = lease.renewed(now)
    peer.failures += 1
    peer.state, peer.problem = stop.state, stop.problem
    peer.next_try_at = next_try(now, peer.failures, stop.wait)
    peer.save()
    run.outcome, run.problem = stop.state, stop.problem
