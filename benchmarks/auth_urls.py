"""The product's addresses, the two floors they are held against, and one bare view behind each form of the guard."""

import json
import os

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.api import DeclaresRights, ProtectedView
from clients.drf import ClientAuthentication, HasRight
from clients.rights import Right, Service
from lms_oauth.errors import ApiError
from lms_oauth.http import ApiView


class FloorRead(ApiView):
    """A view that runs one SELECT over a unique index."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, name FROM clients_client WHERE client_id = %s", [request.META["HTTP_X_CLIENT"]])
            pk, name = cursor.fetchone()
        return JsonResponse({"client": pk, "name": name})


class FloorWrite(ApiView):
    """The same, reading a form and inserting one row into a table with a unique index."""

    def post(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, name FROM clients_client WHERE client_id = %s", [request.POST["client_id"]])
            pk, name = cursor.fetchone()
            cursor.execute(
                "INSERT INTO clients_revokedtoken (digest, expires) VALUES (%s, %s)", [os.urandom(32), 2_000_000_000]
            )
        return JsonResponse({"client": pk, "name": name})


class Plain(ProtectedView):
    service = Service.XAPI
    rights = {"GET": (Right.LRS_READ_OWN,)}

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"client": self.access.client.pk, "name": self.access.client.name})

    def render_error(self, error: ApiError) -> HttpResponse:
        return HttpResponse(json.dumps(error.detail), status=error.status)


class Drf(DeclaresRights, APIView):
    service = Service.XAPI
    rights = {"GET": (Right.LRS_READ_OWN,)}
    authentication_classes = [ClientAuthentication]
    permission_classes = [HasRight]

    def get(self, request: Request) -> Response:
        return Response({"client": request.auth.client.pk, "name": request.auth.client.name})


urlpatterns = [
    path("floor/read", FloorRead.as_view()),
    path("floor/write", FloorWrite.as_view()),
    path("xapi/plain", Plain.as_view()),
    path("xapi/drf", Drf.as_view()),
    path("", include("lms_oauth.urls")),
]
