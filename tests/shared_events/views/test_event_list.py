"""The list of events for people and debugging, and the calendar."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import icalendar
import pytest

from shared_events import actions
from shared_events.models import ClientSharing, Exposure, Instance
from shared_events.views import event_list
from tests.builders import BY
from tests.shared_events.builders import make_event
from tests.shared_events.peer import BASE, make_peer

pytestmark = pytest.mark.django_db


def titles(response):
    assert response.status_code == 200, response.content
    return [item["event"]["title"] for item in json.loads(response.content)["events"]]


def at(month):
    return datetime(2027, month, 1, 9)  # noqa: DTZ001 - a local time


def test_it_lists_what_the_client_may_see_by_start():
    later, sooner = make_event(title="Later", start=at(6)), make_event(title="Sooner", start=at(3))
    make_event(title="Not shared", shared=False)
    make_event(title="Draft", stage="draft")
    peer = make_peer()
    response = peer.get("events")
    assert titles(response) == ["Sooner", "Later"]
    assert "Link" not in response
    found = json.loads(response.content)
    instance = Instance.current()
    assert (found["origin"], found["epoch"]) == (instance.origin, instance.epoch)
    first = found["events"][0]
    assert (first["uid"], first["etag"]) == (str(sooner.uid), sooner.document.etag)
    assert first["training"] == {"kind": "in_person"}
    assert set(Exposure.objects.values_list("ref", flat=True)) == {later.uid, sooner.uid}


def test_whoever_saw_it_in_the_list_hears_of_its_removal():
    event, peer = make_event(), make_peer()
    peer.get("events")
    actions.update_event(event, values={"shared": False}, by=BY)
    (item,) = peer.sync()
    assert (item["op"], item["reason"]) == ("remove", "unshared")


def test_a_limited_client_sees_nothing_else():
    make_event()
    peer = make_peer()
    ClientSharing.objects.create(client_id=peer_pk(peer), all_events=False)
    assert titles(peer.get("events")) == []
    assert b"BEGIN:VEVENT" not in peer.get("events.ics").content


def peer_pk(peer):
    from clients.models import Client  # noqa: PLC0415

    return Client.objects.get(client_id=peer.client_id).pk


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"from": "2027-04-01T00:00:00Z"}, ["Cancelled", "June"]),
        ({"to": "2027-04-01T00:00:00+02:00"}, ["March"]),
        ({"from": "2027-03-01T08:00:00Z", "to": "2027-03-01T08:01:00Z"}, ["March"]),
        ({"status": "cancelled"}, ["Cancelled"]),
        ({"status": "tentative"}, ["March", "June"]),
        ({"keyword": "ju"}, ["June"]),
    ],
)
def test_it_is_narrowed(query, found):
    make_event(title="March", start=at(3))
    make_event(title="June", start=at(6))
    actions.cancel_event(make_event(title="Cancelled", start=at(5)), by=BY)
    assert titles(make_peer().get("events", **query)) == found


def test_pages_follow_one_another_without_gap(monkeypatch):
    monkeypatch.setattr(event_list, "EVENTS_A_PAGE", 2)
    for number in range(5):
        make_event(title=f"Event {number}", start=at(3))  # at one time: the uid orders them
    make_event(title="Not meant", start=at(6))
    peer = make_peer()
    query, seen = "to=2027-04-01T00:00:00Z", []
    while query:
        response = peer.http.get(f"{BASE}events?{query}", headers={"Authorization": f"Bearer {peer.bearer}"})
        seen.append(titles(response))
        link = response.headers.get("Link", "")
        query = urlsplit(link[1 : link.index(">")]).query if link else ""
    assert [len(page) for page in seen] == [2, 2, 1]
    assert sorted(title for page in seen for title in page) == [f"Event {number}" for number in range(5)]


def test_a_page_ends_after_its_bytes(monkeypatch):
    monkeypatch.setattr(event_list, "MAX_BYTES", 10)
    make_event(title="First")
    make_event(title="Second")
    response = make_peer().get("events")
    assert len(titles(response)) == 1
    assert response["Link"].endswith('rel="next"')


@pytest.mark.parametrize(
    "query",
    [
        "from=2027",
        "from=2027-03-29T00:00:00",
        "to=yesterday",
        "to=9999-12-31T23:59:59-12:00",
        "status=planned",
        "status=tentative&status=tentative",
        "keyword=%00",
        "page=x",
        "page=WzFd",
        "page=%00",
        "page=WyIyMDI3LTAzLTI5VDAwOjAwOjAwIiwieCJd",
    ],
)
def test_a_malformed_question(query):
    peer = make_peer()
    response = peer.http.get(f"{BASE}events?{query}", headers={"Authorization": f"Bearer {peer.bearer}"})
    assert (response.status_code, json.loads(response.content)["type"][-9:]) == (400, "malformed")


class TestCalendar:
    def test_it_holds_what_the_client_may_see(self):
        event = make_event(title="First aid", start=at(3))
        make_event(title="Hidden", shared=False)
        response = make_peer().get("events.ics")
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        (found,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
        assert (str(found["summary"]), str(found["uid"])) == ("First aid", str(event.uid))
        assert found.start.astimezone(UTC) == event.starts_at
        assert Exposure.objects.get().ref == event.uid

    def test_it_is_not_sent_twice(self):
        event, peer = make_event(), make_peer()
        headers = {"Authorization": f"Bearer {peer.bearer}"}
        etag = peer.get("events.ics")["ETag"]
        same = peer.http.get(BASE + "events.ics", headers={**headers, "If-None-Match": etag})
        assert (same.status_code, same.content) == (304, b"")
        actions.update_event(event, values={"title": "Other"}, by=BY)
        assert peer.http.get(BASE + "events.ics", headers={**headers, "If-None-Match": etag}).status_code == 200

    def test_one_event_for_a_calendar(self):
        event, peer = make_event(title="First aid"), make_peer()
        path = f"{BASE}events/{Instance.current().origin}/{event.uid}"
        headers = {"Authorization": f"Bearer {peer.bearer}", "Accept": "text/calendar"}
        response = peer.http.get(path, headers=headers)
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert response["ETag"] != peer.http.get(path, headers=headers | {"Accept": "application/json"})["ETag"]
        (found,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
        assert str(found["summary"]) == "First aid"
