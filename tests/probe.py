"""One bare address behind the authentication layer for each service, beside all addresses of the installation.

Tests of what every service does use it by ``pytest.mark.urls("tests.probe")``.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from clients.api import DeclaresRights, ProtectedView
from clients.drf import ClientAuthentication, HasRight
from clients.rights import Right, Service
from lms_oauth.errors import ApiError
from lms_oauth.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401 - as there


class Probe(ProtectedView):
    """Says who called and what they may do."""

    def render_error(self, error: ApiError) -> HttpResponse:
        return JsonResponse({"error": error.code, "detail": error.detail}, status=error.status)

    def described(self) -> JsonResponse:
        access = self.access
        return JsonResponse({"client": access.client.client_id, "kind": access.kind, "rights": access.rights.value})


class ScimProbe(Probe):
    service = Service.SCIM
    rights = {"GET": (Right.SCIM,), "POST": (Right.SCIM,)}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.described()

    def post(self, request: HttpRequest) -> HttpResponse:
        request.read()
        return self.described()


class XapiProbe(ScimProbe):
    service = Service.XAPI
    rights = {"GET": (Right.LRS_READ_OWN, Right.LRS_READ_ALL), "POST": (Right.LRS_WRITE_OWN,)}


class SharedEventsProbe(ScimProbe):
    service = Service.SHARED_EVENTS
    rights = {"GET": (Right.SHARED_EVENTS,), "POST": (Right.SHARED_EVENTS,)}


class DrfProbe(DeclaresRights, APIView):
    service = Service.XAPI
    rights = {"GET": (Right.LRS_READ_OWN,)}
    authentication_classes = [ClientAuthentication]
    permission_classes = [IsAuthenticated, HasRight]

    def get(self, request: Request) -> Response:
        return Response({"client": str(request.user), "pk": request.user.pk, "kind": request.auth.kind})


class PublicDrfProbe(DrfProbe):
    permission_classes = [AllowAny]


class TwoPerMinute(UserRateThrottle):
    rate = "2/min"


class ThrottledDrfProbe(DrfProbe):
    throttle_classes = [TwoPerMinute]


ADDRESSES = {service: f"/probe/{service.slug}" for service in Service}
urlpatterns = [
    path("probe/scim", ScimProbe.as_view()),
    path("probe/xapi", XapiProbe.as_view()),
    path("probe/shared_events", SharedEventsProbe.as_view()),
    path("probe/drf", DrfProbe.as_view()),
    path("probe/drf/public", PublicDrfProbe.as_view()),
    path("probe/drf/throttled", ThrottledDrfProbe.as_view()),
    *urlpatterns,
]
