"""The published description of the protocol is what is served: no address, answer or member beyond it."""

import re
import uuid
from functools import cache

import pytest
import requests
import schemathesis
import yaml
from hypothesis import settings as effort
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms_oauth.settings import BASE_DIR
from shared_events import problems
from shared_events.urls import urlpatterns

FILE = BASE_DIR / "docs" / "openapi-shared-events.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text())
PROTOCOL = (BASE_DIR / "docs" / "shared-events-protocol.md").read_text()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SECONDS = 60
schema = schemathesis.openapi.from_path(FILE)


@pytest.fixture(scope="module")
def bearer(installation):
    installation.manage("setting", "shared_events_enabled", "on")
    installation.manage("load_demo")
    installation.manage("setting", "shared_event_registrations_enabled", "on")
    made = installation.create_client("Described", "--shared-events")
    installation.manage("set_client_sharing", made["client_id"], "--register")
    return made["bearer_token"]


@schema.parametrize()
@effort(max_examples=15, deadline=None, derandomize=True)
def test_no_answer_is_outside_the_description(case, installation, bearer):
    case.call_and_validate(
        base_url=installation.url, headers={"Authorization": f"Bearer {bearer}"}, checks=CHECKS, timeout=SECONDS
    )


@schema.parametrize()
@effort(max_examples=5, deadline=None, derandomize=True)
def test_nor_for_strangers(case, installation, bearer):
    case.call_and_validate(base_url=installation.url, checks=CHECKS, timeout=SECONDS)


def test_every_mounted_address_is_described_and_no_other():
    mounted = {
        "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(one.pattern)) for one in urlpatterns if not getattr(one, "name", "")
    }
    assert {path for path in mounted if not path.startswith("/^")} == set(DOCUMENT["paths"])


@cache
def _session():
    return requests.Session()


def read(installation, template, bearer, *, path="", expected=200, **headers):
    address = installation.url + (path or template)
    sent = {"Authorization": f"Bearer {bearer}", **headers} if bearer else headers
    answer = _session().get(address, headers=sent, timeout=SECONDS)
    assert answer.status_code == expected, answer.text
    schema[template]["GET"].validate_response(answer)
    return answer


def test_the_answers_of_a_whole_exchange_fit(installation, bearer):
    found = read(installation, "/.well-known/shared-events", "").json()
    assert found["api"].startswith(installation.url)
    origin = read(installation, "/shared-events/v1/", bearer).json()["origin"]
    feed, path, items = "/shared-events/v1/changes", "/shared-events/v1/changes?limit=2", []
    while path:
        page = read(installation, feed, bearer, path=path).json()
        items += page["items"]
        path = f"{feed}?limit=2&cursor={page['next']}" if page["has_more"] else ""
    assert len(items) > 2
    (uid, etag), one = (items[0]["uid"], items[0]["etag"]), "/shared-events/v1/events/{origin}/{uid}"
    single = f"/shared-events/v1/events/{origin}/{uid}"
    assert read(installation, one, bearer, path=single).headers["ETag"] == etag
    read(installation, one, bearer, path=single, expected=304, **{"If-None-Match": etag})
    assert read(installation, one, bearer, path=single, Accept="text/calendar").text.startswith("BEGIN:VCALENDAR")
    assert read(installation, "/shared-events/v1/events", bearer).json()["events"]
    assert read(installation, "/shared-events/v1/events.ics", bearer).text.startswith("BEGIN:VCALENDAR")


def send(installation, method, template, path, bearer, body, *, expected, **headers):
    sent = {"Authorization": f"Bearer {bearer}", **headers}
    answer = _session().request(method, installation.url + path, json=body, headers=sent, timeout=SECONDS)
    assert answer.status_code == expected, answer.text
    schema[template][method].validate_response(answer)
    return answer


def test_the_life_of_a_registration_fits(installation, bearer):
    origin = read(installation, "/shared-events/v1/", bearer).json()["origin"]
    events = read(installation, "/shared-events/v1/events", bearer).json()["events"]
    uid = next(one["uid"] for one in reversed(events) if one["event"]["status"] != "cancelled")
    event = "/shared-events/v1/events/{origin}/{uid}"
    one, holds, hold = event + "/registrations/{rid}", event + "/holds", event + "/holds/{hold}"
    base = f"/shared-events/v1/events/{origin}/{uid}"
    path, body = f"{base}/registrations/{uuid.uuid4()}", {"participant": {"ref": "p_1"}}
    send(installation, "PUT", one, path, bearer, body, expected=201)
    assert send(installation, "PUT", one, path, bearer, body, expected=200).json()["state"] == "confirmed"
    read(installation, one, bearer, path=path)
    other = send(installation, "PUT", one, f"{base}/registrations/{uuid.uuid4()}", bearer, body, expected=409).json()
    assert path.endswith(other["rid"])
    send(installation, "PUT", one, path, bearer, {"participant": {}}, expected=422)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    made = send(installation, "POST", holds, base + "/holds", bearer, {"seats": 2}, expected=201, **key).json()
    send(installation, "POST", holds, base + "/holds", bearer, {"seats": 3}, expected=422, **key)
    send(installation, "DELETE", hold, f"{base}/holds/{made['hold']}", bearer, None, expected=204)
    assert send(installation, "DELETE", one, path, bearer, None, expected=200).json()["state"] == "cancelled"
    feed = read(installation, "/shared-events/v1/changes", bearer).json()["items"]
    assert {item["kind"] for item in feed} == {"event", "availability", "registration"}


def test_refusals_fit(installation, bearer):
    feed = "/shared-events/v1/changes"
    read(installation, feed, "", expected=401)
    read(installation, feed, bearer, path=feed + "?limit=0", expected=400)
    assert "restart" in read(installation, feed, bearer, path=feed + "?cursor=x", expected=400).json()
    cursor = read(installation, feed, bearer).json()["next"]
    gone = read(installation, feed, bearer, path=f"{feed}?kinds=availability&cursor={cursor}", expected=410)
    assert gone.json()["type"].endswith("/scope-changed")
    read(installation, feed, bearer, expected=406, Accept="text/html")
    stranger = installation.create_client("May not")["bearer_token"]
    read(installation, feed, stranger, expected=403)


def test_every_problem_is_on_the_page_with_what_to_do():
    named = {kind.problem for kind in problems.SharedEventsError.__subclasses__() if hasattr(kind, "problem")}
    for family in (problems._Restart, problems._Conflict):
        named |= {kind.problem for kind in family.__subclasses__()}
    named |= set(problems._BY_STATUS.values())
    for problem in named:
        row = next(line for line in PROTOCOL.splitlines() if line.startswith(f"| `{problem.retry}`"))
        assert f"`{problem.name}`" in row, problem
