"""Requests to another LRS: bounded, without redirects, over https but for this machine."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth

from lrs.multipart import Piece, written
from lrs.statement.types import Version

_CONNECT_SECONDS, _READ_SECONDS = 5, 60
_MOST_BYTES = 8 * 1024 * 1024
_MOST_REASON = 300
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


class Unreachable(Exception):
    """No answer came. What was sent may have been stored."""


class Answer:
    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.retry_after = response.headers.get("Retry-After", "")
        self.body = _bounded(response)

    @property
    def reason(self) -> str:
        """The beginning of what the LRS says, on one line."""
        text = self.body.decode("utf-8", "replace").replace("\0", "")
        return f"{self.status} {' '.join(text.split())[:_MOST_REASON]}".strip()


class _Body:
    """Read once, with its length known before: not every server takes chunks."""

    def __init__(self, length: int, chunks: Iterator[bytes]) -> None:
        self._length, self._chunks = length, chunks

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks


class Remote:
    def __init__(self, endpoint: str, username: str, password: str) -> None:
        self._address = endpoint.rstrip("/") + "/statements"
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies and no .netrc of whoever runs the command
        self._session.auth = HTTPBasicAuth(username.encode(), password.encode())

    def post(self, statements: Sequence[bytes], pieces: Sequence[Piece], version: Version) -> Answer:
        body = b"[" + b",".join(statements) + b"]"
        if not pieces:
            return self._call("POST", version, data=body, headers={"Content-Type": "application/json"})
        whole = written(body, pieces)
        headers = {"Content-Type": f"multipart/mixed; boundary={whole.boundary}"}
        return self._call("POST", version, data=_Body(whole.length, whole.chunks), headers=headers)

    def stored(self, statement_id: str, version: Version) -> dict[str, Any] | None:
        """The Statement that the LRS has under this id, voided or not."""
        for name in ("statementId", "voidedStatementId"):
            answer = self._call("GET", version, params={name: statement_id})
            if answer.status == requests.codes.ok:
                try:
                    found = json.loads(answer.body)
                except ValueError:
                    return None
                return found if isinstance(found, dict) else None
        return None

    def _call(self, method: str, version: Version, *, headers: dict[str, str] | None = None, **given: Any) -> Answer:
        headers = {"X-Experience-API-Version": version.value, **(headers or {})}
        seconds = (_CONNECT_SECONDS, _READ_SECONDS)
        try:
            response = self._session.request(
                method, self._address, headers=headers, timeout=seconds, allow_redirects=False, stream=True, **given
            )
            with response:
                return Answer(response)
        except (requests.RequestException, OSError) as error:
            raise Unreachable(type(error).__name__) from error


def is_allowed(endpoint: str) -> bool:
    """A password travels with each request."""
    parts = urlsplit(endpoint)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    )


def _bounded(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise Unreachable("the answer is too large")
    return bytes(body)
