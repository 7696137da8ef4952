"""This app's entry of the System menu."""

from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.pages.menu import Entry, register


def register_all() -> None:
    about_events = _("Training events of this LMS, and which of them other LMSes see.")
    register(Entry(70, _("Events"), about_events, "events", "calendar-event", shows=ObjectType.EVENT))
    about_peers = _("Other LMSes whose shared events are mirrored here, and how far the copies have come.")
    register(Entry(75, _("Shared-event peers"), about_peers, "peers", "calendar-share", shows=ObjectType.PEER))
