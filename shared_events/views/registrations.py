"""Seats that other LMSes take for their learners, whom nobody here can name."""

import json
import uuid
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Literal

from django.http import HttpResponse
from rest_framework.request import Request

from clients.rights import Right
from lms_oauth.errors import NotFound
from shared_events import problems
from shared_events.models import CancelledBy, Event, Hold, Instance, Registration, Seats, State
from shared_events.profiles import registrations_enabled
from shared_events.registrations import seating
from shared_events.registrations.seating import Guest
from shared_events.repeating import once
from shared_events.views.base import SharedEventsView

_RIGHT = (Right.SHARED_EVENTS,)
_LONGEST_REF, _LONGEST_HOLD = 64, 32
MOST_HELD, LONGEST_HOLD_SECONDS, USUAL_HOLD_SECONDS = 100, 600, 300


class _Registering(SharedEventsView):
    direction: Literal["read", "register"] = "register"

    def require_enabled(self) -> None:
        if not registrations_enabled():
            raise problems.RegistrationsDisabled


class OneRegistration(_Registering):
    """Known ones can be read and cancelled also where no new ones are taken, or where the event is hidden by now."""

    rights = {"GET": _RIGHT, "PUT": _RIGHT, "DELETE": _RIGHT}
    http_method_names = ["get", "head", "put", "delete"]

    def get(self, _request: Request, origin: str, uid: uuid.UUID, rid: uuid.UUID) -> HttpResponse:
        return _answer(self._known(origin, uid, rid))

    def put(self, _request: Request, origin: str, uid: uuid.UUID, rid: uuid.UUID) -> HttpResponse:
        guest = _guest(self.json_object(), self.access.client.pk, rid)
        try:
            event = self._event(origin, uid, guest)
            registration, new = seating.register(event, guest, by=self.by)
        except seating.Refused as refusal:
            raise _problem(refusal, uid) from None
        return _answer(registration, HTTPStatus.CREATED if new else HTTPStatus.OK)

    def delete(self, _request: Request, origin: str, uid: uuid.UUID, rid: uuid.UUID) -> HttpResponse:
        """Again, or after somebody else ended it, it is the registration as it stands."""
        registration = self._known(origin, uid, rid)
        with suppress(seating.NotPossible):
            seating.cancel(registration, cancelled_by=CancelledBy.HOME, by=self.by)
        registration.refresh_from_db()
        return _answer(registration)

    def _event(self, origin: str, uid: uuid.UUID, guest: Guest) -> Event:
        """That of a registration which is there, else one that is offered to this client."""
        known = Registration.objects.filter(client=guest.client_pk, rid=guest.rid).select_related("seats__event")
        if origin == Instance.current().origin and (registration := known.first()) is not None:
            if registration.seats.event.uid != uid:
                raise seating.RidReused
            return registration.seats.event
        self.require_enabled()
        return self.event(origin, uid)

    def _known(self, origin: str, uid: uuid.UUID, rid: uuid.UUID) -> Registration:
        own = Registration.objects.filter(client=self.access.client.pk, rid=rid, seats__event__uid=uid)
        registration = own.select_related("seats__event").first()
        if registration is None or origin != Instance.current().origin:
            raise NotFound("There is no such registration of this client.")
        return registration


class Holds(_Registering):
    rights = {"POST": _RIGHT}
    http_method_names = ["post"]

    def post(self, request: Request, origin: str, uid: uuid.UUID) -> HttpResponse:
        body = self.json_object()
        client, key = self.access.client.pk, request.headers.get("Idempotency-Key", "")
        payload = json.dumps([request.path, body], sort_keys=True)
        return once(client, key, payload, lambda: self._hold(origin, uid, body))

    def _hold(self, origin: str, uid: uuid.UUID, body: dict[str, Any]) -> HttpResponse:
        self.require_enabled()
        seats = _number(body, "seats", 1, MOST_HELD)
        lasts = timedelta(seconds=_number(body, "ttl", USUAL_HOLD_SECONDS, LONGEST_HOLD_SECONDS))
        try:
            hold = seating.hold(self.event(origin, uid), self.access.client.pk, seats, lasts, by=self.by)
        except seating.Refused as refusal:
            raise _problem(refusal, uid) from None
        told = {"hold": hold.key, "seats": seats, "expires_in": int(lasts.total_seconds())}
        return _json(told, HTTPStatus.CREATED)


class OneHold(_Registering):
    rights = {"DELETE": _RIGHT}
    http_method_names = ["delete"]

    def delete(self, _request: Request, origin: str, uid: uuid.UUID, hold: str) -> HttpResponse:
        """Also of one that is used up or over."""
        own = Hold.objects.filter(client=self.access.client.pk, key=hold, seats__event__uid=uid)
        found = own.select_related("seats__event").first()
        if found is not None and origin == Instance.current().origin:
            seating.release(found.seats.event, self.access.client.pk, hold, by=self.by)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _guest(body: dict[str, Any], client_pk: int, rid: uuid.UUID) -> Guest:
    """Names and addresses are not asked for, and so not kept where they come. Invalid."""
    participant, accept, hold = body.get("participant"), body.get("accept", "waitlist"), body.get("hold")
    ref = participant.get("ref") if isinstance(participant, dict) else None
    if not isinstance(ref, str) or not 0 < len(ref) <= _LONGEST_REF or not ref.isprintable():
        raise problems.Invalid(f"participant.ref: not a text of up to {_LONGEST_REF} printable characters.")
    if not isinstance(accept, str) or accept not in {"seat", "waitlist"}:
        raise problems.Invalid("accept: neither seat nor waitlist.")
    if hold is not None and (not isinstance(hold, str) or len(hold) > _LONGEST_HOLD):
        raise problems.Invalid("hold: not one that this server gave.")
    return Guest(client_pk, rid, ref, waits=accept == "waitlist", hold=hold or "")


def _number(body: dict[str, Any], name: str, usual: int, most: int) -> int:
    value = body.get(name, usual)
    if type(value) is not int or not 1 <= value <= most:
        raise problems.Invalid(f"{name}: not a whole number from 1 to {most}.")
    return value


def _problem(refusal: seating.Refused, uid: uuid.UUID) -> problems.SharedEventsError:
    if isinstance(refusal, seating.AlreadyRegistered):
        return problems.AlreadyRegistered(refusal.rid)
    if isinstance(refusal, seating.RidReused):
        return problems.RidReused("Make a new name for each registration.")
    if isinstance(refusal, seating.Closed):
        return problems.Closed("It is cancelled or over.")
    return problems.Full(waiting_list=seating.has_place(uid))


def _answer(registration: Registration, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """As the client is told it. The link to join is for who has a seat."""
    confirmed = registration.state == State.CONFIRMED
    seats = Seats.objects.select_related("event").get(pk=registration.seats_id)
    told = {
        "rid": str(registration.rid),
        "uid": str(seats.event.uid),
        "participant": {"ref": registration.ref},
        "state": registration.state,
        "cancelled_by": registration.cancelled_by or None,
        "position": seating.position(registration),
        "rev": registration.rev,
        "join": {"uri": seats.join_url} if confirmed and seats.join_url else None,
        "offer_until": None,
        "cancel_until": None,
    }
    answer = _json(told, status)
    answer["ETag"] = f'"{registration.rev}"'
    return answer


def _json(told: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    text = json.dumps(told)
    return HttpResponse(text, status=status, content_type="application/json", headers={"Cache-Control": "no-store"})
