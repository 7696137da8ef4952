"""Every byte that a client of shared events can get holds what it may know, and nothing else this LMS keeps."""

import gzip
import json
import re
from datetime import timedelta

import pytest

from clients.models import Client
from scim.models import LmsUser
from shared_events import actions
from shared_events.models import Event, Instance, ShareLabel, Stage
from shared_events.registrations import seating
from shared_events.scheduling import Part, set_sessions
from tests.builders import BY, make_label, make_superadmin
from tests.shared_events.builders import limit_to, make_event, make_mirror, make_share_labels, soon
from tests.shared_events.peer import BASE, make_peer

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"kept-[a-z-]+")  # marks what must stay here
TOLD = re.compile(r"told-[a-z-]+")  # and what may leave


def make_learner(number):
    return LmsUser.objects.create(
        user_name=f"kept-user-name-{number}@example.org",
        display_name=f"kept-display-name-{number}",
        email=f"kept-email-{number}@example.org",
        employee_id=f"kept-employee-{number}",
    ).pk


@pytest.fixture
def told():
    """An event that is shared, with everything around it that is not."""
    administrator = make_superadmin("kept-administrator")
    safety, fire = make_share_labels()
    safety.name = "kept-share-label"
    safety.save()
    event = make_event(title="told-title", info="told-info", location_name="told-location")
    actions.update_event(event, values={}, labels=[make_label("kept-permission-label")], share_labels=[fire], by=BY)
    Event.objects.filter(pk=event.pk).update(created_by=administrator, updated_by=administrator)
    part = Part(
        start=soon(), duration_seconds=3600, location_name="told-part", join_url="https://kept-part.example.org"
    )
    later = Part(start=soon() + timedelta(hours=2), duration_seconds=3600)
    event.refresh_from_db()
    set_sessions(event, [part, later], version=event.version, by=BY)
    seats = {"capacity": 2, "minimum": 1, "waiting_list": True, "join_url": "https://kept-join-link.example.org"}
    seating.set_seats(event, seats, by=BY)
    for number in range(3):
        seating.enrol(event, make_learner(number), by=BY)
    return event, fire


@pytest.fixture
def untold():
    """Events that nobody else may know, some of them known once."""
    hidden = [
        make_event(title="kept-unshared", shared=False),
        make_event(title="kept-draft", stage=Stage.DRAFT),
        make_event(title="kept-past", start=soon() - timedelta(days=3650)),
    ]
    for end in ("archived", "deleted", "unshared-later"):
        event = make_event(title=f"kept-{end}")
        hidden.append(event)
    return hidden


def end(hidden):
    *_others, archived, deleted, unshared = hidden
    actions.archive_event(archived, by=BY)
    actions.update_event(unshared, values={"shared": False}, by=BY)
    deleted.delete()


def answers(peer, uids):
    """Everything that the client can ask for, asked in every way that might tell more."""
    origin = Instance.current().origin
    others = [f"events/{origin}/{uid}" for uid in uids]
    for path in ("", "changes", "changes?limit=1", "events", "events?include=kept", "events.ics", *others):
        for headers in (
            {},
            {"If-None-Match": "*"},
            {"If-None-Match": '"1-0000000000000000"'},
            {"Accept": "text/html"},
            {"Accept-Encoding": "gzip"},
        ):
            for method in ("get", "head", "put", "delete"):
                ask = getattr(peer.http, method)
                yield ask(BASE + path, headers={"Authorization": f"Bearer {peer.bearer}", **headers})
    page = {"next": ""}
    while page.get("has_more", True):
        response = peer.get("changes", limit=1, **({"cursor": page["next"]} if page["next"] else {}))
        yield response
        page = json.loads(response.content)


def text_of(response):
    """Status line aside, all that goes over the wire, in every writing a reader could undo."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    text = body.decode().replace("\r\n ", "")  # folded lines of a calendar
    return headers + text + json.dumps(text).encode().decode("unicode_escape")


def test_nothing_but_what_is_shared_leaves(told, untold):
    event, fire = told
    everything, limited, foreign = make_peer(), make_peer(), make_peer()
    for peer, label in ((limited, fire), (foreign, ShareLabel.objects.create(name="kept-other-share-label"))):
        limit_to(Client.objects.get(client_id=peer.client_id), label)
    everything.sync()  # so that it is told of what ends
    end(untold)
    make_mirror(event, name="kept-other-lms")
    uids = [one.uid for one in (event, *untold)]
    found = {
        name: "".join(map(text_of, answers(peer, uids)))
        for name, peer in (("everything", everything), ("limited", limited), ("foreign", foreign))
    }
    assert [(name, leak) for name, text in found.items() for leak in SECRET.findall(text)] == []
    shared = {"told-title", "told-info", "told-location", "told-part"}
    assert {name: set(TOLD.findall(text)) for name, text in found.items()} == {
        "everything": shared,
        "limited": shared,
        "foreign": set(),
    }
