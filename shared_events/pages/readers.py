"""Clients by name, as far as an administrator sees them."""

from collections.abc import Collection

from django.utils.translation import ngettext

from clients.administration import Action
from clients.models import Administrator, Client


def named(readers: Collection[int], user: Administrator) -> list[str]:
    """``readers``: ids of clients. Those in reach by name, the others by number."""
    within = Client.objects.in_reach_of(user, Action.VIEW).filter(pk__in=readers).order_by("name")
    known = list(within.values_list("name", flat=True))
    if others := len(readers) - len(known):
        return [*known, ngettext("%(n)s other LMS", "%(n)s other LMSes", others) % {"n": others}]
    return known
