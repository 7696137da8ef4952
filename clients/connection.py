"""Test connection: an access token issued inside, and one reading request to each service that the client may use.

The requests take the way of all others (middleware, addresses, authentication, view) in this process, without a
network. What they write is rolled back, nobody counts them, and the token is ended before anybody could see it.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import transaction
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_variables

from clients import audit, lookup, tokens, trial
from clients.addresses import public_url
from clients.audit import Origin
from clients.lookup import Holder
from clients.models import Client, Credential
from clients.rights import Service, default_scopes, scope_bits

LIFETIME_SECONDS = 60
PROBES = {Service.SCIM: "Users?count=1", Service.XAPI: "statements?limit=1", Service.SHARED_EVENTS: ""}
XAPI_VERSION = "1.0.3"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_ALLOWED = "not_allowed"  # as the General tab says
    NOT_TRIED = "not_tried"  # there is no token to try it with


@dataclass(frozen=True, slots=True)
class Step:
    """``name``: token, or a service's. ``status``: 0 where nothing was sent. ``problem``: why there is no token."""

    name: str
    outcome: Outcome
    status: int = 0
    milliseconds: int = 0
    problem: str = ""


@sensitive_variables()
def examine(client: Client, *, by: Origin) -> list[Step]:
    """The token first, then each service; one audit entry tells of all."""
    start, now = time.perf_counter(), timezone.now()
    holder = _holder(client, now)
    if problem := _problem(client, holder):
        steps = [Step("token", Outcome.FAILED, problem=problem), *_untried(client)]
    else:
        assert holder is not None
        steps = _with_token(holder, now, start, by.address)
    facts = {step.name: step.status or step.problem or step.outcome.value for step in steps}
    audit.record("client_connection_tested", client, by=by, **facts)
    return steps


def _holder(client: Client, now: datetime) -> Holder | None:
    secret = Credential.objects.newest(client, Credential.Kind.SECRET)
    return lookup.by_number(client.pk, secret.number, b"", now) if secret else None


def _problem(client: Client, holder: Holder | None) -> str:
    if not client.active:
        return "inactive"
    if holder is None:
        return "no secret"
    if not holder.live:
        return "expired"
    return "" if default_scopes(holder.switches.rights) else "no access"


def _untried(client: Client) -> list[Step]:
    rights = lookup.switches_of(client.pk).rights
    outcomes = {service: Outcome.NOT_TRIED if rights & service.rights else Outcome.NOT_ALLOWED for service in Service}
    return [Step(service.slug, outcome) for service, outcome in outcomes.items()]


@sensitive_variables()
def _with_token(holder: Holder, now: datetime, start: float, address: str) -> list[Step]:
    rights, seconds = holder.switches.rights, int(now.timestamp())
    scopes = scope_bits(default_scopes(rights))
    value = tokens.issue(
        holder, scopes=scopes, services=tokens.ALL_SERVICES, lifetime_seconds=LIFETIME_SECONDS, now=seconds
    )
    issued = Step("token", Outcome.PASSED, HTTPStatus.OK, _since(start))
    try:
        return [issued, *(_call(service, value, address, allowed=bool(rights & service.rights)) for service in Service)]
    finally:
        if token := tokens.read(value):
            tokens.revoke(value, token.claims)


@sensitive_variables()
def _call(service: Service, token: str, address: str, *, allowed: bool) -> Step:
    if not allowed:
        return Step(service.slug, Outcome.NOT_ALLOWED)
    start = time.perf_counter()
    status = _status_of(WSGIRequest(_environ(service, token, address)))
    outcome = Outcome.PASSED if status == HTTPStatus.OK else Outcome.FAILED
    return Step(service.slug, outcome, status, _since(start))


def _status_of(request: WSGIRequest) -> int:
    """Of the answer. Language and time zone stay those of the page that asks."""
    zone, language = timezone.get_current_timezone(), translation.get_language()
    with trial.running(), timezone.override(zone), translation.override(language), transaction.atomic():
        try:
            return _handler().get_response(request).status_code
        finally:
            transaction.set_rollback(True)


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


def _environ(service: Service, token: str, address: str) -> dict[str, Any]:
    home, (path, _mark, query) = urlsplit(public_url()), PROBES[service].partition("?")
    port = home.port or (443 if home.scheme == "https" else 80)
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": service.base_path + path,
        "QUERY_STRING": query,
        "SERVER_NAME": home.hostname,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": address,
        "HTTP_HOST": home.netloc,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_X_EXPERIENCE_API_VERSION": XAPI_VERSION,
        "wsgi.url_scheme": home.scheme,
        "wsgi.input": BytesIO(),
    }


def _since(start: float) -> int:
    """Milliseconds, at least one."""
    return max(1, round((time.perf_counter() - start) * 1_000))
