"""The host's side of the protocol as this LMS calls it: discovery, token, pages, one event, registrations."""

import time
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from django.utils import timezone

from lms_oauth.errors import MalformedJson
from lms_oauth.http import read_json
from shared_events.peers.incoming import UnreadablePage
from shared_events.peers.transport import Answer, Transport

_EARLY_SECONDS = 60
_LONGEST_WAIT_SECONDS = 86_400
_LONGEST_ORIGIN = 45  # urn:uuid: and a UUID
_LARGEST_SKEW = 10**9  # seconds


class Problem(Exception):
    """A refusal of the host. ``retry`` says what to do next; empty where it did not say."""

    def __init__(self, status: int, body: dict[str, Any], retry_after: int | None) -> None:
        self.status = status
        self.name = str(body.get("type", "")).rpartition("/")[2]
        self.retry = str(body.get("retry", ""))
        self.retry_after_seconds = retry_after
        super().__init__(f"{status} {self.name} {body.get('detail', '')}".strip()[:500])


@dataclass(frozen=True, slots=True)
class Account:
    """Where a host is, and who we are there."""

    base_url: str
    client_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Account({self.base_url!r}, {self.client_id!r})"


@dataclass(frozen=True, slots=True)
class About:
    """What the host says of itself and of this client."""

    origin: str
    name: str
    may_read: bool
    may_register: bool
    profiles: tuple[str, ...]
    skew_seconds: int | None


class RemoteHost:
    """One conversation. The token lives only in this object."""

    def __init__(self, account: Account, *, read_seconds: int = 0) -> None:
        self._account = account
        self._transport = Transport(read_seconds)
        self._api = self._token_endpoint = self._token = ""
        self._token_ends = 0.0

    def discover(self) -> About:
        found = _object(self._called("GET", self._account.base_url.rstrip("/") + "/.well-known/shared-events"))
        self._api, self._token_endpoint = (_member(found, name) for name in ("api", "token_endpoint"))
        answer = self._authorized("")
        about = _object(answer)
        scope = about.get("scope")
        profiles = about.get("profiles")
        return About(
            origin=_member(about, "origin", limit=_LONGEST_ORIGIN),
            name=str(about.get("name", ""))[:200],
            may_read=isinstance(scope, dict) and scope.get("read") is True,
            may_register=isinstance(scope, dict) and scope.get("register") is True,
            profiles=tuple(map(str, profiles)) if isinstance(profiles, list) else (),
            skew_seconds=_skew(answer),
        )

    def page(self, *, cursor: str, last: str, limit: int, kinds: str = "event") -> bytes:
        position = {"cursor": cursor} if cursor else {"last": last} if last else {}
        return self._authorized("changes", {**position, "limit": str(limit), "kinds": kinds}).body

    def event(self, origin: str, uid: str) -> bytes:
        return self._authorized(f"events/{origin}/{uid}").body

    def registration(self, method: str, origin: str, uid: str, rid: str, body: dict[str, Any] | None = None) -> bytes:
        path = f"events/{origin}/{uid}/registrations/{rid}"
        return self._authorized(path, method=method, **({} if body is None else {"json": body})).body

    def renew_token(self) -> None:
        self._token = ""

    def _authorized(
        self, path: str, parameters: dict[str, str] | None = None, *, method: str = "GET", **arguments: Any
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self._current_token()}", "Accept": "application/json"}
        return self._called(method, self._api + path, params=parameters, headers=headers, **arguments)

    def _current_token(self) -> str:
        if not self._token or time.monotonic() > self._token_ends:
            form = {"grant_type": "client_credentials", "scope": "shared_events"}
            who = (self._account.client_id, self._account.secret)
            issued = _object(self._called("POST", self._token_endpoint, data=form, auth=who))
            self._token = _member(issued, "access_token", limit=8192)
            seconds = issued.get("expires_in")
            lasts = seconds if isinstance(seconds, int) else _EARLY_SECONDS
            self._token_ends = time.monotonic() + max(lasts - _EARLY_SECONDS, 1)
        return self._token

    def _called(self, method: str, url: str, **arguments: Any) -> Answer:
        answer = self._transport.call(method, url, **arguments)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise _problem(answer)
        return answer


def _problem(answer: Answer) -> Problem:
    """Also of an OAuth error (RFC 6749 §5.2), and of a page of some proxy, which says nothing."""
    try:
        body = _object(answer)
    except UnreadablePage:
        body = {}
    if "error" in body and "retry" not in body:
        body = {"type": body["error"], "retry": "refresh-token" if answer.status in _REFUSED_CREDENTIALS else ""}
    return Problem(answer.status, body, _retry_after(answer))


_REFUSED_CREDENTIALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}


def _retry_after(answer: Answer) -> int | None:
    text = answer.headers.get("Retry-After", "")
    return min(int(text), _LONGEST_WAIT_SECONDS) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


def _object(answer: Answer) -> dict[str, Any]:
    try:
        value = read_json(answer.body)
    except MalformedJson as error:
        raise UnreadablePage(error.detail) from error
    if not isinstance(value, dict):
        raise UnreadablePage("it is no JSON object")
    return value


def _member(values: dict[str, Any], name: str, *, limit: int = 400) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise UnreadablePage(f"{name} is missing or too long")
    return value


def _skew(answer: Answer) -> int | None:
    """How far the host's clock is ahead, by its Date header."""
    try:
        at: datetime = parsedate_to_datetime(answer.headers.get("Date", ""))
        ahead = round((at - timezone.now()).total_seconds())
    except (ValueError, TypeError, OverflowError):  # no date, or one without a zone
        return None
    return max(-_LARGEST_SKEW, min(ahead, _LARGEST_SKEW))
