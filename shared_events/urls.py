"""Addresses of shared events: the protocol, whose every other address is a problem, and the pages."""

from django.urls import path, re_path

from shared_events.pages import (
    bookings,
    client_sharing,
    event,
    event_ics,
    event_list,
    event_sessions,
    mirrored,
    month,
    participants,
    peer,
    peer_list,
    seats,
    share_labels,
)
from shared_events.views.base import UnknownAddress
from shared_events.views.changes import Changes
from shared_events.views.discovery import Discovery, WellKnown
from shared_events.views.event import SingleEvent
from shared_events.views.event_list import EventList, EventsCalendar
from shared_events.views.registrations import Holds, OneHold, OneRegistration

urlpatterns = [
    path(".well-known/shared-events", WellKnown.as_view()),
    path("shared-events/v1/", Discovery.as_view()),
    path("shared-events/v1/changes", Changes.as_view()),
    path("shared-events/v1/events", EventList.as_view()),
    path("shared-events/v1/events.ics", EventsCalendar.as_view()),
    path("shared-events/v1/events/<str:origin>/<uuid:uid>", SingleEvent.as_view()),
    path("shared-events/v1/events/<str:origin>/<uuid:uid>/registrations/<uuid:rid>", OneRegistration.as_view()),
    path("shared-events/v1/events/<str:origin>/<uuid:uid>/holds", Holds.as_view()),
    path("shared-events/v1/events/<str:origin>/<uuid:uid>/holds/<str:hold>", OneHold.as_view()),
    re_path(r"^shared-events(/|$)", UnknownAddress.as_view()),
    path("system/oauth-clients/<int:pk>/shared-events/", client_sharing.sharing, name="client-sharing"),
    path("system/events/", event_list.events, name="events"),
    path("system/events/add/", event.add, name="event-add"),
    path("system/events/calendar/", month.month, name="events-calendar"),
    path("system/events/events.ics", event_ics.events, name="events-ics"),
    path("system/events/share-labels/", share_labels.share_labels, name="share-labels"),
    path("system/events/share-labels/add/", share_labels.add, name="share-label-add"),
    path("system/events/share-labels/<int:pk>/", share_labels.edit, name="share-label"),
    path("system/events/share-labels/<int:pk>/delete/", share_labels.delete, name="share-label-delete"),
    path("system/events/<int:pk>/", event.edit, name="event"),
    path("system/events/<int:pk>/event.ics", event_ics.event, name="event-ics"),
    path("system/events/<int:pk>/cancel/", event.cancel, name="event-cancel"),
    path("system/events/<int:pk>/archive/", event.archive, name="event-archive"),
    path("system/events/<int:pk>/sessions/", event_sessions.sessions, name="event-sessions"),
    path("system/events/<int:pk>/seats/", seats.seats, name="event-seats"),
    path("system/events/<int:pk>/participants/", participants.participants, name="event-participants"),
    path("system/events/<int:pk>/participants/print/", participants.printed, name="event-participants-print"),
    path("system/events/<int:pk>/participants.csv", participants.download, name="event-participants-csv"),
    path("system/events/<int:pk>/participants/add/", participants.add, name="event-participant-add"),
    path(
        "system/events/<int:pk>/participants/<int:registration>/cancel/",
        participants.cancel,
        name="event-participant-cancel",
    ),
    path(
        "system/events/<int:pk>/participants/<int:registration>/seat/",
        participants.give_seat,
        name="event-participant-seat",
    ),
    path(
        "system/events/<int:pk>/participants/<int:registration>/move/",
        participants.move,
        name="event-participant-move",
    ),
    path("system/shared-event-peers/", peer_list.peers, name="peers"),
    path("system/shared-event-peers/add/", peer.add, name="peer-add"),
    path("system/shared-event-peers/<int:pk>/", peer.edit, name="peer"),
    path("system/shared-event-peers/<int:pk>/events/", mirrored.mirrored, name="mirrored-events"),
    path("system/shared-event-peers/<int:pk>/quarantine/<int:case>/discard/", peer.discard, name="quarantine-discard"),
    path("system/shared-event-peers/<int:pk>/quarantine/<int:case>/retry/", peer.retry, name="quarantine-retry"),
    path("system/shared-event-peers/<int:pk>/<slug:action>/", peer.act, name="peer-action"),
    path("system/mirrored-events/<int:pk>/", mirrored.event, name="mirrored-event"),
    path("system/mirrored-events/<int:pk>/participants/add/", bookings.add, name="booking-add"),
    path("system/mirrored-events/<int:pk>/participants/<int:booking>/cancel/", bookings.cancel, name="booking-cancel"),
    path("system/mirrored-events/<int:pk>/event.ics", event_ics.mirrored, name="mirrored-event-ics"),
]
