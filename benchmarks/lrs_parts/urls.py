"""The product's addresses, and views that do the least a store can do with the same statement."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from lms_oauth.http import ApiView


class FloorWrite(ApiView):
    """Inserts the body as it came into a table with a primary key."""

    def post(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO floor_text (json) VALUES (%s)", [request.body])
        return HttpResponse(status=204)


class FloorRead(ApiView):
    """Runs one SELECT over the primary keys."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.json FROM lrs_statementid i JOIN lrs_statement s ON s.seq = i.seq WHERE i.id = %s",
                [request.GET["id"]],
            )
            return HttpResponse(bytes(cursor.fetchone()[0]), content_type="application/json")


urlpatterns = [
    path("floor/write", FloorWrite.as_view()),
    path("floor/read", FloorRead.as_view()),
    path("", include("lms_oauth.urls")),
]
