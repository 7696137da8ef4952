"""A caller of the xAPI, and what the LRS remembers between requests forgotten between tests."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser

from lrs import authorities, clock, descriptions
from tests.builders import ClientWithCredentials, make_client_with_credentials

PATH = "/xapi/statements"


@pytest.fixture(autouse=True)
def forget_the_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "_told", (float("-inf"), 0))
    authorities._row.cache_clear()
    descriptions._written_at.clear()
    yield
    descriptions._written_at.clear()
    authorities._row.cache_clear()


@dataclass
class Caller:
    """Sends requests of one client with the headers every xAPI client sends."""

    credentials: ClientWithCredentials
    version: str = "1.0.3"
    extra: dict[str, str] = field(default_factory=dict)  # headers, as Django's test client names them

    @property
    def pk(self) -> int:
        return self.credentials.client.pk

    @property
    def headers(self) -> dict[str, str]:
        return {"HTTP_X_EXPERIENCE_API_VERSION": self.version, **self.credentials.bearer_header, **self.extra}

    def post(self, body: Any, path: str = PATH, content_type: str = "application/json", **headers: str):
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return Browser().post(path, data, content_type=content_type, **(self.headers | headers))

    def put(self, statement_id: str, body: Any, **headers: str):
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        path = f"{PATH}?{urlencode({'statementId': statement_id})}"
        return Browser().put(path, data, content_type="application/json", **(self.headers | headers))

    def get(self, path: str = PATH, **parameters: Any):
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        return Browser().get(path, texts, **self.headers)

    def ids(self, path: str = PATH, **parameters: Any) -> list[str]:
        """The ids of a whole list, page after page."""
        answer = self.get(path, **parameters).json()
        found = [statement["id"] for statement in answer["statements"]]
        while answer["more"]:
            answer = self.get(answer["more"]).json()
            found += [statement["id"] for statement in answer["statements"]]
        return found


def make_caller(**switches: bool) -> Caller:
    return Caller(make_client_with_credentials(**switches))


@pytest.fixture
def own(db) -> Caller:
    return make_caller(lrs_own=True)


@pytest.fixture
def other(db) -> Caller:
    return make_caller(lrs_own=True)


@pytest.fixture
def reader(db) -> Caller:
    return make_caller(lrs_full_read=True)


@pytest.fixture
def both(db) -> Caller:
    return make_caller(lrs_own=True, lrs_full_read=True)


@pytest.fixture
def empty_storage(settings) -> None:
    """Of attachments: what other tests have left in memory is not there."""
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"lrs_attachments": memory}
