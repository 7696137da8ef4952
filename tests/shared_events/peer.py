"""Another LMS that reads the feed: it keeps a mirror by the rules a reader has to follow, and checks the host's."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client as HttpClient

from clients.models import LmsSettings
from tests.builders import make_client_with_credentials

BASE = "/shared-events/v1/"


@dataclass
class Peer:
    client_id: str
    bearer: str
    cursor: str = ""
    last: str = ""
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    pages: int = 0
    http: HttpClient = field(default_factory=HttpClient)

    def get(self, path: str = "", **parameters: Any) -> HttpResponse:
        return self.http.get(BASE + path, parameters, headers={"Authorization": f"Bearer {self.bearer}"})

    def read(self, **parameters: Any) -> dict[str, Any]:
        """One page, by no cursor but the one given."""
        response = self.get("changes", **parameters)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def sync(self, limit: int = 500) -> list[dict[str, Any]]:
        """Read on until caught up; the items, as they came."""
        items: list[dict[str, Any]] = []
        while True:
            page = self.step(limit)
            items += page["items"]
            if not page["has_more"]:
                return items

    def step(self, limit: int = 500) -> dict[str, Any]:
        page = self.read(cursor=self.cursor, limit=limit) if self.cursor else self.read(last=self.last, limit=limit)
        assert page["from"] == self.cursor
        assert (page["complete_through"] is None) == page["has_more"]
        self.pages += 1
        for item in page["items"]:
            self.apply(item)
        self.cursor = self.last = page["next"]
        return page

    def apply(self, item: dict[str, Any]) -> None:
        assert item["kind"] == "event"
        row = self.rows.get(item["uid"])
        assert row is None or item["rev"] >= row["rev"], "a revision went back"
        if item["op"] == "upsert":
            self.rows[item["uid"]] = item
        else:
            self.rows.pop(item["uid"], None)

    @property
    def mirror(self) -> dict[str, tuple[int, str]]:
        """Revision and title of each event it has."""
        return {uid: (row["rev"], row["event"]["title"]) for uid, row in self.rows.items()}


def make_peer(**switches: Any) -> Peer:
    """A client that may read, at an LMS where shared events are on."""
    settings = LmsSettings.objects.get_or_create(pk=1)[0]
    settings.shared_events_enabled = True
    settings.save()
    made = make_client_with_credentials(**{"shared_events": True, **switches})
    return Peer(made.client_id, made.bearer)
