"""Views of the protocol: bearer authentication, the two switches, and a problem for every refusal."""

import uuid
from functools import cached_property
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAcceptable
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from clients.access import Access
from clients.api import DeclaresRights
from clients.audit import Origin
from clients.drf import ClientAuthentication, HasRight, Refusal
from clients.models import LmsSettings
from clients.rights import Right, Service
from lms_oauth.errors import ApiError, InsufficientScope, NotFound, UnsupportedMediaType
from lms_oauth.http import ApiView, media_type, read_body, read_json, refusal_of
from shared_events import problems
from shared_events.models import ClientSharing, Event, Exposure, Kind
from shared_events.showing import shown_event

MAX_BODY_BYTES = 64 * 1024


def shared_events_enabled() -> bool:
    """The LMS-wide switch as it is now."""
    return LmsSettings.objects.filter(pk=1, shared_events_enabled=True).exists()


class MaySync(HasRight):
    """Says which switch is off: a peer waits for the LMS's, and asks a person about the client's and its direction."""

    def has_permission(self, request: Request, view: Any) -> bool:
        try:
            super().has_permission(request, view)
        except Refusal as refusal:
            if not isinstance(refusal.error, InsufficientScope):
                raise
            raise (problems.NotAllowed.of(refusal.error) if shared_events_enabled() else problems.Disabled()) from None
        if not getattr(view.sharing, view.direction):
            raise problems.NotAllowed(_NOT_ALLOWED[view.direction])
        return True


_NOT_ALLOWED = {
    "read": "This client may not read shared events.",
    "register": "This client may not register participants.",
}


class CalendarRenderer(BaseRenderer):
    """Named for what Accept may ask for; views write the text themselves."""

    media_type = "text/calendar"
    format = "ics"
    charset = "utf-8"


def single(parameters: QueryDict, name: str) -> str:
    """The one value of a parameter, or empty. Malformed where it is given twice."""
    values = parameters.getlist(name)
    if len(values) > 1:
        raise problems.Malformed(f"{name}: given more than once.")
    return values[0] if values else ""


class SharedEventsView(DeclaresRights, APIView):
    """What clients with the shared-events right may do. Subclasses that answer more than GET say so."""

    service = Service.SHARED_EVENTS
    http_method_names = ["get", "head"]
    direction: Literal["read", "register"] = "read"
    authentication_classes = [ClientAuthentication]
    permission_classes = [MaySync]

    @property
    def offered(self) -> str:
        return " or ".join(renderer.media_type for renderer in self.renderer_classes)

    @property
    def access(self) -> Access:
        access = self.request.auth
        assert isinstance(access, Access)
        return access

    @cached_property
    def sharing(self) -> ClientSharing:
        return ClientSharing.of(self.access.client.pk)

    @property
    def by(self) -> Origin:
        return Origin.client(self.access.client.name, self.request._request)  # noqa: SLF001

    def json_object(self) -> dict[str, Any]:
        """The body. UnsupportedMediaType, BodyTooLarge, MalformedJson or Malformed."""
        request = self.request._request  # noqa: SLF001
        if media_type(request) != "application/json":
            raise UnsupportedMediaType("Send application/json.")
        value = read_json(read_body(request, MAX_BODY_BYTES))
        if not isinstance(value, dict):
            raise problems.Malformed("The body is no JSON object.")
        return value

    def event(self, origin: str, uid: uuid.UUID) -> Event:
        """One that the client may see, which it is then known to have seen. NotFound, or Gone for one it knew."""
        event = shown_event(self.sharing, origin, uid)
        Exposure.objects.get_or_create(client_id=self.access.client.pk, kind=Kind.EVENT, ref=uid)
        return event

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        if isinstance(exc, Refusal):
            exc = exc.error
        if isinstance(exc, NotAcceptable | Http404):  # Accept, or DRF's ?format=
            exc = problems.NotAcceptable(f"This address answers {self.offered}.")
        return problems.render(refusal_of(exc))


READ: dict[str, tuple[Right, ...]] = {"GET": (Right.SHARED_EVENTS,)}


class PublicView(ApiView):
    """Read without authentication."""

    http_method_names = ["get", "head"]

    def render_error(self, error: ApiError) -> HttpResponse:
        return problems.render(error)


class UnknownAddress(PublicView):
    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise NotFound("There is no such address below /shared-events/.")
