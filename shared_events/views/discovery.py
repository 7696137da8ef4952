"""What this LMS offers, for everybody and for one client."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from clients.addresses import public_url, service_url, token_endpoint
from clients.rights import Service
from lms_oauth.errors import NotFound
from shared_events.calendar import tzdata_version, utc_text
from shared_events.feed import MAX_ITEMS
from shared_events.models import Instance
from shared_events.profiles import registrations_enabled
from shared_events.views.base import MAX_BODY_BYTES, READ, PublicView, SharedEventsView, shared_events_enabled

VERSION = "1.0"


class WellKnown(PublicView):
    def get(self, request: HttpRequest) -> JsonResponse:
        if not shared_events_enabled():
            raise NotFound("Shared events are off for this LMS.")
        document = {
            "api": service_url(Service.SHARED_EVENTS),
            "token_endpoint": token_endpoint(),
            "versions": [VERSION],
        }
        return JsonResponse(document, headers={"Cache-Control": "public, max-age=300"})


class Discovery(SharedEventsView):
    """Tells only what is built: events can be read, and seats be taken; nothing can be pushed."""

    rights = READ

    def get(self, request: Request) -> Response:
        instance, registrations = Instance.current(), registrations_enabled()
        document = {
            "origin": instance.origin,
            "name": public_url().partition("://")[2],
            "epoch": instance.epoch,
            "profiles": ["E", "R"] if registrations else ["E"],
            "schema": VERSION,
            "limits": {"page": MAX_ITEMS, "body": MAX_BODY_BYTES, "wait": 0, "tombstone_days": instance.tombstone_days},
            "scope": {"read": True, "write": False, "register": registrations and self.sharing.register},
            "time": utc_text(timezone.now()),
            "tzdata": tzdata_version(),
        }
        return Response(document, headers={"Cache-Control": "no-store"})
