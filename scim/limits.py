"""Requests a configuration may send: a token bucket in Django's cache, shared when the operator shares the cache."""

import math
import time
from dataclasses import dataclass

from django.core.cache import cache

from lms_oauth.errors import TooManyRequests
from scim.models import ScimConfiguration

_TOLD_EVERY_SECONDS, _DAY_SECONDS = 60, 86_400


@dataclass(frozen=True, slots=True)
class Allowance:
    """``remaining`` requests at once; ``reset_seconds`` until all of ``limit`` are there again."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class TooFast(TooManyRequests):
    """RFC 6585 §4."""

    def __init__(self, allowance: Allowance, retry_after_seconds: int) -> None:
        super().__init__("Too many requests. Send them more slowly.", retry_after_seconds=retry_after_seconds)
        self.headers |= allowance.headers()


def take(configuration: ScimConfiguration) -> Allowance | None:
    """Count one request, or TooFast. None where the configuration has no limit."""
    rate, burst = configuration.rate, configuration.burst
    if not rate or not burst:
        return None
    key, now = f"scim-rate-{configuration.pk}", time.time()
    left, since = cache.get(key, (float(burst), now))
    left = min(float(burst), left + (now - since) * rate)
    if left < 1:
        raise TooFast(Allowance(burst, 0, math.ceil((burst - left) / rate)), math.ceil((1 - left) / rate))
    cache.set(key, (left - 1, now), timeout=max(60, 2 * burst // rate))
    return Allowance(burst, int(left - 1), math.ceil((burst - left + 1) / rate))


def refusals_to_tell(configuration: ScimConfiguration) -> int:
    """Call once for each TooFast. How many there were since it last said so; 0 where that was within a minute."""
    counter = f"scim-refused-{configuration.pk}"
    count = int(cache.get(counter, 0)) + 1
    if cache.add(f"scim-refused-told-{configuration.pk}", 1, _TOLD_EVERY_SECONDS):
        cache.delete(counter)
        return count
    cache.set(counter, count, _DAY_SECONDS)
    return 0
