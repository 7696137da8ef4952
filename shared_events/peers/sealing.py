"""The client secrets that other LMSes have given out for this one."""

from lms_oauth.sealing import Sealer, Unsealable

__all__ = ["Unsealable", "seal", "unseal"]

_sealer = Sealer(b"shared_events.peer.secret")
seal = _sealer.seal
unseal = _sealer.unseal
