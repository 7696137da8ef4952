"""The latest requests of each client: which address, answered how. Kept in memory and written after the answer.

A process holds at most KEPT requests of a client, and writes them at most once a minute, when WAITING are held, or at
exit. Each write removes what is older than the newest KEPT of the clients it concerns.
"""

import atexit
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.core.signals import request_finished
from django.db import Error, connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clients import trial, usage
from clients.limits import purse
from clients.limits.purse import Allowance
from clients.lookup import Holder
from clients.models import ClientUsage, RecentRequest
from lms_oauth.http import client_address
from lms_oauth.logs import current_client_id

log = logging.getLogger("clients.activity")

KEPT = 50
WAITING = 1_000
FLUSH_SECONDS = 60
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_COUNTED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
_NAMED_GROUP = re.compile(r"\(\?P(<\w+>)[^()]*\)")
_CONVERTER = re.compile(r"<\w+:(\w+)>")
_OPTIONAL = re.compile(r"\(\?:([^()<]*(?:<(\w+)>)?[^()<]*)\)\??|\(/\|\$?\)")
_REGULAR = re.compile(r"/\?|\^|\$|\\")

_lock = threading.Lock()
_rings: dict[int, deque[RecentRequest]] = {}
_held = 0
_flushed_at = time.monotonic()


@dataclass(frozen=True, slots=True)
class Caller:
    """The client behind a request, as far as its credential shows. ``reason``: why it was refused, or empty."""

    holder: Holder
    service: str
    credential: str
    reason: str = ""


class Calling:
    """What is found out about a request while it is answered. Requests made of another one share it."""

    __slots__ = ("allowance", "caller")

    def __init__(self) -> None:
        self.caller: Caller | None = None
        self.allowance: Allowance | None = None


def calling(request: HttpRequest) -> Calling:
    """Of any request; the middleware has set it already, except where a test has none."""
    found: Calling = request.__dict__.setdefault("calling", Calling())
    return found


def remember(request: HttpRequest, caller: Caller) -> None:
    if not trial.is_running():
        calling(request).caller = caller
        current_client_id.set(caller.holder.client_id)


def spend(request: HttpRequest, holder: Holder) -> None:
    """Count the request against its client's limit: RateLimited beyond it. The answer tells what is left."""
    about = calling(request)
    try:
        about.allowance = purse.spend(holder)
    except purse.RateLimited as error:
        about.allowance = error.allowance
        raise


class ActivityMiddleware:
    """Notes each request whose client is known, once its answer is, and tells what is left of the client's limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        about = request.calling = Calling()  # type: ignore[attr-defined]
        response = self.get_response(request)
        if about.caller is not None:
            request.caller_kind = about.caller.credential  # type: ignore[attr-defined]
            _note(request, about.caller, response.status_code)
        if about.allowance is not None:
            for name, value in about.allowance.headers().items():
                response[name] = value
        return response


def _note(request: HttpRequest, caller: Caller, status: int) -> None:
    now, address = timezone.now(), client_address(request)
    if _is_failure(status) and caller.service != "oauth":
        usage.note(caller.holder, caller.service, ClientUsage.Outcome.FAILED, now=now, address=address)
    row = RecentRequest(
        client_id=caller.holder.client_pk,
        at=now,
        service=caller.service,
        method=request.method if request.method in _METHODS else "other",
        path=_path(request)[:120],
        status=status,
        credential=caller.credential,
        reason=caller.reason or ("no right" if status == HTTPStatus.FORBIDDEN else ""),
        address=address or None,
    )
    _hold(row)


def _hold(row: RecentRequest) -> None:
    global _held  # noqa: PLW0603 - what waits in this process
    with _lock:
        ring = _rings.setdefault(row.client_id, deque(maxlen=KEPT))
        _held += len(ring) < KEPT
        ring.append(row)


def _is_failure(status: int) -> bool:
    """An error that is not counted as a refusal already. That something is not there is an ordinary answer."""
    return status >= HTTPStatus.BAD_REQUEST and status not in _COUNTED and status != HTTPStatus.NOT_FOUND


def _path(request: HttpRequest) -> str:
    match = request.resolver_match
    return path_pattern(match.route, [name for name, value in match.kwargs.items() if value]) if match else ""


def path_pattern(route: str, captured: Collection[str]) -> str:
    """A route as people write addresses: ``^xapi/(?P<name>[^/]+)/?$`` is ``/xapi/<name>``.

    What is optional is there where ``captured`` holds its name; what matches anything is left out.
    """

    def chosen(optional: re.Match[str]) -> str:
        return optional[1] if optional[2] in captured else ""

    named = _CONVERTER.sub(r"<\1>", _NAMED_GROUP.sub(r"\1", route))
    return "/" + _REGULAR.sub("", _OPTIONAL.sub(chosen, named))


def _after_response(**_kwargs: object) -> None:
    if _held and (_held >= WAITING or time.monotonic() - _flushed_at > FLUSH_SECONDS):
        flush()


def flush() -> None:
    """Write what is held. A failure is logged and never reaches a caller."""
    global _flushed_at, _held  # noqa: PLW0603 - the clock of this process, and what waits in it
    with _lock:
        rows = sorted((row for ring in _rings.values() for row in ring), key=lambda row: row.at)
        _rings.clear()
        _held = 0
        _flushed_at = time.monotonic()
    if not rows:
        return
    try:
        _write(rows)
        _prune({row.client_id for row in rows})
    except Error:
        log.exception("recent requests were not written")


def _write(rows: Sequence[RecentRequest]) -> None:
    """In one statement; Django's own would take one for every hundred rows on SQLite."""
    fields = [field for field in RecentRequest._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    table = connection.ops.quote_name(RecentRequest._meta.db_table)  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES {places}", values)  # noqa: S608 - names of the model


def _prune(clients: Collection[int]) -> None:
    newest_first = [F("at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=[F("client_id")], order_by=newest_first)
    placed = RecentRequest.objects.filter(client_id__in=clients).annotate(place=place)
    RecentRequest.objects.filter(pk__in=placed.filter(place__gt=KEPT).values("pk")).delete()


def connect() -> None:
    """Called once, when the app is ready."""
    request_finished.connect(_after_response, dispatch_uid="clients.activity")
    atexit.register(flush)
