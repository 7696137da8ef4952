"""What a client may send: so many requests a minute, and so many of them at once."""

import math
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

_LEASES = 20  # a process holds at most this part of the burst


@dataclass(frozen=True, slots=True)
class Policy:
    per_minute: int
    burst: int
    interval: float  # seconds in which one request comes back
    refill: float  # seconds in which all of them do
    lease: int  # most that a process takes from the shared bucket at a time

    @property
    def header(self) -> str:
        """``RateLimit-Policy`` of draft-ietf-httpapi-ratelimit-headers-10: the burst, and when it is there again."""
        return f'"client";q={self.burst};w={max(1, math.ceil(self.refill))}'


def policy_for(per_minute: int | None, burst: int | None) -> Policy | None:
    """Of a client with these values of its own, where None is the installation's. None: without limit.

    A burst that nobody set for this client is at most a minute's worth.
    """
    rate = settings.CLIENT_REQUESTS_PER_MINUTE if per_minute is None else per_minute
    if not rate:
        return None
    return _policy(rate, min(settings.CLIENT_BURST, rate) if burst is None else burst)


@lru_cache(maxsize=1_000)
def _policy(per_minute: int, burst: int) -> Policy:
    burst = max(1, burst)
    interval = 60 / per_minute
    return Policy(per_minute, burst, interval, burst * interval, max(1, burst // _LEASES))
