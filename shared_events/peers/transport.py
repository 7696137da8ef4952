"""Calls to addresses that others told us: https, no redirects, no private networks, bounded answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MAX_BODY_BYTES = 8 * 1024 * 1024
_CONNECT_SECONDS, _READ_SECONDS = 5, 30
_CHUNK_BYTES = 64 * 1024


class Unreachable(Exception):
    """No usable answer came; the same request may get one later."""


class Forbidden(Exception):
    """An address that is never called."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def _require_allowed(connected: socket) -> None:
    """Looks at the address connected to, so that no name service can lead inside between check and call."""
    address = ip_address(str(connected.getpeername()[0]).partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if not address.is_global and not any(address in network for network in settings.SHARED_EVENTS_ALLOWED_NETWORKS):
        connected.close()
        raise Forbidden(f"{address} is a private address. SHARED_EVENTS_ALLOWED_NETWORKS can allow it.")


class _PlainConnection(HTTPConnection):
    def _new_conn(self) -> socket:
        connected = super()._new_conn()
        _require_allowed(connected)
        return connected


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket:
        connected = super()._new_conn()
        _require_allowed(connected)
        return connected


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


class Transport:
    """One session with one host: connections are used again."""

    def __init__(self, read_seconds: int = 0) -> None:
        self._read_seconds = read_seconds
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies and no .netrc of whoever runs the command
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())

    def call(self, method: str, url: str, **arguments: Any) -> Answer:
        """Unreachable, or Forbidden before anything was sent."""
        _require_scheme(url)
        seconds = (_CONNECT_SECONDS, self._read_seconds or _READ_SECONDS)
        try:
            response = self._session.request(
                method, url, timeout=seconds, allow_redirects=False, stream=True, **arguments
            )
            with response:
                return Answer(response.status_code, response.headers, _bounded(response))
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__) from error


def _require_scheme(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname or "")):
        return
    raise Forbidden("Only https addresses are called.")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bounded(response: requests.Response) -> bytes:
    """The decompressed body."""
    body = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Unreachable("the answer is larger than 8 MiB")
    return bytes(body)
