"""Requests on documents, for each kind of them."""

import json
from hashlib import sha1
from typing import Any
from urllib.parse import urlencode

from django.test import Client as Browser

from tests.lrs.conftest import Caller
from tests.lrs.statement.samples import ACTIVITY, AGENT

STATE, ACTIVITY_PROFILE, AGENT_PROFILE = "/xapi/activities/state", "/xapi/activities/profile", "/xapi/agents/profile"
KINDS = (STATE, ACTIVITY_PROFILE, AGENT_PROFILE)
REGISTRATION = "6c0a4d6c-5b5f-4e5e-9d3e-0d5b3f5f3d11"


def context(kind: str) -> dict[str, str]:
    activity, agent = {"activityId": ACTIVITY["id"]}, {"agent": json.dumps(AGENT)}
    return {STATE: activity | agent, ACTIVITY_PROFILE: activity, AGENT_PROFILE: agent}[kind]


def named(kind: str, name: str = "one") -> dict[str, str]:
    return context(kind) | {"stateId" if kind == STATE else "profileId": name}


def send(
    caller: Caller,
    method: str,
    kind: str,
    body: Any = b"",
    content_type: str = "application/json",
    parameters: dict[str, str] | None = None,
    **headers: str,
):
    """``body`` other than bytes is sent as JSON; headers as Django's test client names them."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    query = urlencode(named(kind) if parameters is None else parameters)
    return Browser().generic(method, f"{kind}?{query}", data, content_type, **(caller.headers | headers))


def create(caller: Caller, kind: str, body: Any = None, **more: Any) -> None:
    """A new document, by both versions."""
    answer = send(caller, "PUT", kind, {"a": 1} if body is None else body, HTTP_IF_NONE_MATCH="*", **more)
    assert answer.status_code == 204, answer.content


def tag(body: bytes) -> str:
    return f'"{sha1(body).hexdigest()}"'
