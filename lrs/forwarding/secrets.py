"""Passwords of other LRSes."""

from lms_oauth.sealing import Sealer

sealer = Sealer(b"lrs.forward_target.password")
