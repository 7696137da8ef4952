"""Whose Statements an administrator reaches: permission on statements, by the labels of the client that stored them."""

from collections.abc import Sequence

from django.db.models import QuerySet

from clients.administration import Action, ObjectType
from clients.models import Administrator, Client


def clients_of(user: Administrator, action: Action) -> "QuerySet[Client]":
    reach = user.reach(action, ObjectType.STATEMENT)
    everybody = Client.objects.all()
    if reach is None:
        return everybody
    return everybody.filter(pk__in=Client.objects.filter(labels__in=reach).values("pk"))


def owners(user: Administrator, action: Action, chosen: int | None = None) -> Sequence[int] | None:
    """Clients as ``lrs.query`` takes them: ``chosen`` alone where it is in reach; None for everybody's Statements."""
    if chosen is None and user.reach(action, ObjectType.STATEMENT) is None:
        return None
    within = clients_of(user, action)
    if chosen is not None:
        within = within.filter(pk=chosen)
    return list(within.order_by("pk").values_list("pk", flat=True))
