"""Seats and registrations as other LMSes come to know of them: by a revision and a mark in the feed."""

from collections.abc import Iterable

from shared_events.models import Event, FeedMark, Kind, Registration, Seats


def store_seats(seats: Seats) -> None:
    """Save the locked row."""
    seats.rev += 1
    seats.save()
    tell_seats(seats.event)


def tell_seats(event: Event) -> None:
    FeedMark.objects.create(kind=Kind.AVAILABILITY, ref=event.uid)


def store(registration: Registration) -> None:
    """Save it under the lock of its seats."""
    registration.rev += 1
    registration.save()
    tell([registration])


def tell(registrations: Iterable[Registration]) -> None:
    """Those of users of this LMS are nobody else's business."""
    foreign = [one.rid for one in registrations if one.rid is not None]
    FeedMark.objects.bulk_create(FeedMark(kind=Kind.REGISTRATION, ref=rid) for rid in foreign)
