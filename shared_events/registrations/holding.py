"""Seats kept for a client for a while. Each function is called under the lock of the row of seats."""

from datetime import datetime

from django.db.models import Sum

from shared_events.models import Hold, Seats


def expired(event_pk: int, at: datetime) -> bool:
    """Asked without the lock, to know whether it is needed."""
    return Hold.objects.filter(seats=event_pk, expires_at__lte=at).exists()


def drop_expired(seats: Seats, at: datetime) -> int:
    """How many seats came back; the caller saves the row."""
    return _drop(seats, until=at)


def drop_all(seats: Seats) -> int:
    return _drop(seats)


def drop(seats: Seats, key: str, client_pk: int) -> int:
    return _drop(seats, key=key, client_pk=client_pk)


def _drop(seats: Seats, *, until: datetime | None = None, key: str = "", client_pk: int = 0) -> int:
    holds = Hold.objects.filter(seats=seats)
    if until is not None:
        holds = holds.filter(expires_at__lte=until)
    if key:
        holds = holds.filter(key=key, client=client_pk)
    freed: int = holds.aggregate(seats=Sum("left"))["seats"] or 0
    holds.delete()
    seats.seats_taken -= freed
    return freed


def use(seats: Seats, key: str, client_pk: int, at: datetime) -> bool:
    """One seat of a hold becomes a registration's; it stays counted as taken."""
    hold = Hold.objects.filter(seats=seats, key=key, client=client_pk, expires_at__gt=at).first()
    if hold is None:
        return False
    hold.left -= 1
    if hold.left:
        hold.save(update_fields=["left"])
    else:
        hold.delete()
    return True
