"""Whoever is signed in reads pages in the language of their choice, else in that of the LMS."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from clients.models import Administrator, LmsSettings
from lms_oauth.handlers import is_api


class LanguageMiddleware:
    """Before that, on the login page, what LocaleMiddleware took from the browser stands. An API is not asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request) and isinstance(request.user, Administrator):
            use_language_of(request.user)
        return self.get_response(request)


def use_language_of(user: Administrator) -> None:
    """A language without a catalogue (a command can set one) reads as English."""
    wanted = user.language or LmsSettings.current().language
    translation.activate(wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
