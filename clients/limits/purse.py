"""What this process may still spend of a client's bucket without asking for more."""

import math
import threading
import time
from dataclasses import dataclass

from clients import trial
from clients.limits import bucket
from clients.limits.policy import Policy, policy_for
from clients.lookup import Holder
from lms_oauth.errors import TooManyRequests

_PAUSE_SECONDS = 0.1  # a bucket that was empty is not asked again before


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the caller is told. ``remaining`` counts what this process knows, so it may be a lease too low or high."""

    policy: Policy
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """Of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": self.policy.header,
            "RateLimit": f'"client";r={self.remaining};t={self.reset_seconds}',
        }


class RateLimited(TooManyRequests):
    def __init__(self, allowance: Allowance, wait: float) -> None:
        super().__init__(
            "This client sends more requests than its limit allows. Wait as long as Retry-After says.",
            retry_after_seconds=max(1, math.ceil(wait)),
        )
        self.allowance = allowance


class _Purse:
    """Its lock is held while the bucket is asked, so that threads do not take a lease each. No other client waits."""

    __slots__ = ("at", "debt", "empty_until", "left", "lock", "policy")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.policy: Policy | None = None
        self.left, self.debt, self.at, self.empty_until = 0, 0.0, 0.0, 0.0

    def spend(self, client_pk: int, policy: Policy) -> Allowance:
        with self.lock:
            now = time.monotonic()
            if policy is not self.policy and policy != self.policy:
                self.policy, self.left, self.empty_until = policy, 0, now
            if not self.left or now - self.at > policy.refill:
                self._fill(client_pk, policy, now)
            self.left -= 1
            return self._allowance(policy, now)

    def _fill(self, client_pk: int, policy: Policy, now: float) -> None:
        """Nobody gives back what was taken, so an empty bucket stays empty for as long as it takes to refill."""
        if now >= self.empty_until:
            taken = bucket.take(client_pk, policy)
            self.left, self.debt, self.at = int(taken.count), taken.debt, now
            if not self.left:
                self.empty_until = now + max(self._wait(policy, now), _PAUSE_SECONDS)
        if not self.left:
            raise RateLimited(self._allowance(policy, now), self._wait(policy, now))

    def _wait(self, policy: Policy, now: float) -> float:
        """Seconds until the bucket holds one."""
        return self.debt - (now - self.at) - policy.refill + policy.interval

    def _allowance(self, policy: Policy, now: float) -> Allowance:
        debt = max(0.0, self.debt - (now - self.at)) - self.left * policy.interval
        free = int(policy.burst - debt / policy.interval + 0.01)
        return Allowance(policy, min(policy.burst, max(0, free)), max(0, math.ceil(debt)))


_purses: dict[int, _Purse] = {}


def spend(holder: Holder) -> Allowance | None:
    """Count one request of the holder's client: RateLimited where its budget is spent, None where it has no limit."""
    policy = policy_for(holder.requests_per_minute, holder.burst)
    if policy is None or trial.is_running():
        return None
    purse = _purses.get(holder.client_pk) or _purses.setdefault(holder.client_pk, _Purse())
    return purse.spend(holder.client_pk, policy)


def forget() -> None:
    """What this process holds, given up."""
    _purses.clear()
    bucket.forget()
