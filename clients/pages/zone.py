"""Pages show and read times in the time zone that the administrator chose, else in that of the LMS."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clients.models import Administrator, LmsSettings


class TimeZoneMiddleware:
    """For pages only: an API answers in UTC, and reads no setting for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if getattr(view, "login_required", True):
            _activate(_chosen(request) or LmsSettings.current().time_zone)


def _chosen(request: HttpRequest) -> str:
    return request.user.time_zone if isinstance(request.user, Administrator) else ""


def _activate(name: str) -> None:
    """A zone this server does not know (a command can set one) leaves the server's own."""
    try:
        timezone.activate(ZoneInfo(name) if name else timezone.get_default_timezone())
    except (ZoneInfoNotFoundError, ValueError):
        timezone.deactivate()
