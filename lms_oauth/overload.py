"""Back-pressure: a request that waited too long for a thread is refused at once, before who sent it is looked up.

Whoever sent it has perhaps given up already, and those behind it get the time that it would have taken.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lms_oauth import handlers
from lms_oauth.errors import Busy
from lms_oauth.waiting import waited_seconds


def refuse_late() -> None:
    """Busy, for a request that waited longer than QUEUE_SECONDS."""
    if settings.QUEUE_SECONDS and waited_seconds.get() > settings.QUEUE_SECONDS:
        raise Busy


class OverloadMiddleware:
    """Of pages. The services ask when they authenticate, and each refuses in its own form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if not handlers.is_api(request):
                refuse_late()
        except Busy as busy:
            return handlers.unavailable(request, busy)
        return self.get_response(request)
