"""Notes in a session from where and when it was last used: at login, and then at most every five minutes.

A note also moves the end of a session that is not used, so it comes at least ten times within SESSION_IDLE_SECONDS.

A login lasts SESSION_COOKIE_AGE: without an end of its own a session would begin anew with each note.
"""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clients.session_store import SEEN
from lms_oauth.http import client_address

_EVERY_SECONDS = 300
_LONGEST = 300


class SeenMiddleware:
    """For pages only: an API view reads no session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        seen = request.session.get(SEEN)
        if seen is None or time.time() - seen["at"] > _every_seconds():
            _note(request, seen["name"] if seen else str(uuid.uuid4()))


def _every_seconds() -> float:
    idle: int = settings.SESSION_IDLE_SECONDS
    return min(_EVERY_SECONDS, idle / 10) if idle else _EVERY_SECONDS


def connect() -> None:
    user_logged_in.connect(_begin, dispatch_uid="clients.begin_session")


def _begin(*, request: HttpRequest, **_kwargs: object) -> None:
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    _note(request, str(uuid.uuid4()))


def _note(request: HttpRequest, name: str) -> None:
    address = client_address(request) if "REMOTE_ADDR" in request.META else ""
    agent = request.META.get("HTTP_USER_AGENT", "")[:_LONGEST]
    request.session[SEEN] = {"name": name, "address": address or None, "agent": agent, "at": time.time()}
