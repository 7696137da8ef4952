"""A single event, for people, for debugging and for a reader that found its copy to differ."""

import json
import uuid

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from shared_events.ical.export import MEDIA_TYPE, icalendar
from shared_events.models import Instance
from shared_events.views.base import READ, CalendarRenderer, SharedEventsView


class SingleEvent(SharedEventsView):
    rights = READ
    renderer_classes = [JSONRenderer, CalendarRenderer]

    def get(self, request: Request, origin: str, uid: uuid.UUID) -> HttpResponseBase:
        doc = self.event(origin, uid).document
        instance = Instance.current()
        if request.accepted_renderer.media_type == CalendarRenderer.media_type:
            text: str | bytes = icalendar([json.loads(doc.fragment)], name=str(instance))
            return self._answer(request, text, MEDIA_TYPE, doc.etag[:-1] + '-ics"')
        head = {"origin": origin, "epoch": instance.epoch, "uid": str(uid), "rev": doc.rev}
        text = json.dumps(head)[:-1] + "," + doc.fragment[1:]
        return self._answer(request, text, "application/json", doc.etag)

    def _answer(self, request: Request, text: str | bytes, media_type: str, etag: str) -> HttpResponseBase:
        response = HttpResponse(text, content_type=media_type)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return get_conditional_response(request._request, etag=etag, response=response) or response  # noqa: SLF001
