"""What the pages of one event share."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.administration import Action
from clients.models import Administrator
from clients.pages.frame import Step, Tab, administrator
from clients.pages.reach import find, permits
from shared_events.models import Event


def above(event: Event | None = None) -> list[Step]:
    steps = [Step(_("Events"), reverse("events"))]
    return [*steps, Step(event.title, event.get_absolute_url())] if event else steps


def tabs(event: Event, current: str) -> list[Tab]:
    pages = {
        "event": _("General"),
        "event-sessions": _("Sessions"),
        "event-seats": _("Seats"),
        "event-participants": _("Participants"),
    }
    return [Tab(words, reverse(name, args=[event.pk]), name == current) for name, words in pages.items()]


def rows() -> "QuerySet[Event]":
    return Event.objects.select_related("created_by", "updated_by", "seats").prefetch_related("sessions")


def found(request: HttpRequest, pk: int, action: Action) -> tuple[Administrator, Event]:
    user = administrator(request)
    return user, find(rows(), user, pk, action)


def editable(user: Administrator, event: Event) -> bool:
    return permits(rows(), user, event.pk, Action.EDIT)
