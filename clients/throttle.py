"""Failure budgets and issue rates: token buckets in Django's cache, shared when the operator shares the cache.

A credential is checked first: only failures spend, and only failures see 429, so a correct one always passes.
"""

import hashlib
import time
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache

from lms_oauth.errors import TooManyRequests


def spend_failure(claimed_client_id: str, address: str) -> None:
    """Count one failed authentication; TooManyRequests when a budget was already spent."""
    buckets = [(f"address {_network(address)}", *settings.FAILURES_PER_ADDRESS, 60)]
    if claimed_client_id:
        buckets.append((f"client {claimed_client_id}", *settings.FAILURES_PER_CLIENT, 60))
    if wait := max(_take(buckets), default=0):
        raise TooManyRequests("Too many failed attempts. Check the credentials.", retry_after_seconds=wait)


def give_back(address: str) -> None:
    """Undo one ``spend_failure("", address)``: the attempt turned out to be none."""
    burst, refill = settings.FAILURES_PER_ADDRESS
    _take([(f"address {_network(address)}", burst, refill, 60)], count=-1)


def spend_token(client_pk: int) -> None:
    """Count one issued access token against its client's rate."""
    burst, refill = settings.TOKENS_PER_CLIENT
    if wait := max(_take([(f"tokens {client_pk}", burst, refill, 1)]), default=0):
        raise TooManyRequests("Too many token requests. Use a token until it expires.", retry_after_seconds=wait)


def spend_login(user_name: str, address: str) -> None:
    """Count one attempt to log in, before the password is checked: ten at once, then one in 90 seconds.

    That is by name and address together, so that nobody locks an administrator out from elsewhere with a few attempts.
    One address, and one name from everywhere, have a hundred.
    """
    name, network = user_name.casefold(), _network(address)
    buckets = [(f"logins {network}", 100, 100, 900)]
    if name:  # a passkey names nobody before it is checked
        buckets += [(f"login {name} {network}", 10, 10, 900), (f"login {name}", 100, 100, 900)]
    if wait := max(_take(buckets), default=0):
        raise TooManyRequests("Too many attempts to log in.", retry_after_seconds=wait)


def first_refused_login(address: str) -> bool:
    """Whether none was refused to this address in the last 15 minutes, so that nobody fills the audit log."""
    return bool(cache.add(_key(f"refused login {_network(address)}"), "told", timeout=900))


def _key(name: str) -> str:
    """Names may hold what anybody typed."""
    return "budget-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _network(address: str) -> str:
    """One IPv6 host has a whole /64 to itself."""
    if address and isinstance(ip_address(address), IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return address


def _take(buckets: Iterable[tuple[str, int, int, int]], count: int = 1) -> list[int]:
    """Take from each (name, burst, refill, refill period in seconds); the waits in seconds of the empty ones."""
    now = time.time()
    waits = []
    for name, burst, refill, period in buckets:
        if not burst:
            continue
        place = _key(name)
        left, since = cache.get(place, (float(burst), now))
        left = min(float(burst), left + (now - since) * refill / period)
        if left < count:
            waits.append(max(1, round((1 - left) * period / refill)))
        else:
            cache.set(place, (left - count, now), timeout=max(60, burst * period // refill))
    return waits
