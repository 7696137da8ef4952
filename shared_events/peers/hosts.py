"""A conversation with a peer's host, from what is stored of the peer."""

from shared_events.models import Kind, Peer, PeerState
from shared_events.peers.failing import HOUR, Stop
from shared_events.peers.remote import Account, RemoteHost
from shared_events.peers.sealing import Unsealable, unseal

_UNSEALABLE = "The stored client secret cannot be opened, because SECRET_KEY has changed. Enter it again."


def host_of(peer: Peer, *, read_seconds: int = 0) -> RemoteHost:
    """Stop where the secret cannot be opened. ``read_seconds``: how long to wait for answers; 0 for the usual time."""
    try:
        account = Account(peer.base_url, peer.client_id, unseal(bytes(peer.secret)))
    except Unsealable:
        raise Stop(PeerState.FAILED, _UNSEALABLE, HOUR) from None
    return RemoteHost(account, read_seconds=read_seconds)


def kinds_of(peer: Peer) -> str:
    """What to ask of its feed. A host without registrations may not know their kinds."""
    return ",".join(Kind.values) if peer.may_register else str(Kind.EVENT)
