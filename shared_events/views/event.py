"""A single event, for people, for debugging and for a reader that found its copy to differ."""

import json
import uuid

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from lms_oauth.errors import NotFound
from shared_events.ical.export import MEDIA_TYPE, icalendar
from shared_events.models import Event, EventDoc, Exposure, Instance, Kind
from shared_events.problems import Gone
from shared_events.views.base import READ, CalendarRenderer, SharedEventsView
from shared_events.visibility import Hidden, hidden


class SingleEvent(SharedEventsView):
    rights = READ
    renderer_classes = [JSONRenderer, CalendarRenderer]

    def get(self, request: Request, origin: str, uid: uuid.UUID) -> HttpResponseBase:
        instance = Instance.current()
        doc = EventDoc.objects.select_related("event").filter(pk=uid).first()
        if doc is None or origin != instance.origin:
            raise NotFound("There is no such event for this client.")
        self._show(doc, instance)
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

    def _show(self, doc: EventDoc, instance: Instance) -> None:
        """NotFound for what is not shared, Gone for a deleted event that this client knew. Remembers what is shown."""
        event = doc.event
        known = Exposure.objects.filter(client=self.access.client.pk, kind=Kind.EVENT, ref=doc.pk)
        reason = (
            hidden(
                event.shared,
                event.stage,
                event.ends_at,
                labelled=self._labelled(event),
                kept_since=instance.kept_since(instance.read_at),
            )
            if event
            else Hidden.DELETED
        )
        if reason is Hidden.DELETED and known.exists():
            raise Gone("This event was deleted.")
        if reason is not None:
            raise NotFound("There is no such event for this client.")
        Exposure.objects.get_or_create(client_id=self.access.client.pk, kind=Kind.EVENT, ref=doc.pk)

    def _labelled(self, event: Event) -> bool:
        labels = self.sharing.served_labels()
        return labels is None or event.share_labels.filter(pk__in=labels).exists()
