"""Whether the counters of seats still say what the registrations say."""

import logging

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from shared_events.models import Hold, Seats, State

log = logging.getLogger("shared_events")


def miscounted() -> list[int]:
    """Events whose counters differ, by number; in one statement, so that what others write meanwhile cannot differ."""
    confirmed, waiting = (
        Count("registrations", filter=Q(registrations__state=state)) for state in (State.CONFIRMED, State.WAITLISTED)
    )
    held = Hold.objects.filter(seats=OuterRef("pk")).order_by().values("seats").annotate(left_of_all=Sum("left"))
    kept = Coalesce(Subquery(held.values("left_of_all")), 0)
    counted = Seats.objects.annotate(confirmed=confirmed, waiting=waiting, kept=kept)
    wrong = counted.exclude(seats_taken=F("confirmed") + F("kept"), waitlisted=F("waiting"))
    return list(wrong.order_by("pk").values_list("pk", flat=True))


def run() -> str:
    wrong = miscounted()
    if not wrong:
        return ""
    told = f"Seats differ from registrations: events {', '.join(map(str, wrong))}"
    log.error(told)
    return told
