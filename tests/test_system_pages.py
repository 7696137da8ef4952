"""Every page below /system/ for four kinds of administrator, by one table.

``root`` may do everything. ``limited`` may do everything to what bears the label HR. ``reader`` may view everything.
``nobody`` holds no role. A page that is missing in the table fails the walk: say here who may open it.
"""

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from clients.administration import PERMISSIONS, Action
from clients.models import AuditEntry
from clients.roles import Assigned, Permission
from scim.models import LmsUser, ProvisioningEntry
from shared_events.models import Booking, ShareLabel
from tests import builders
from tests.lrs.statement.samples import statement
from tests.lrs.stored import attach, new_id, store_for
from tests.shared_events.builders import make_mirror
from tests.shared_events.registrations.people import enrol, make_learners, make_seats

KINDS = ("root", "limited", "reader", "nobody")
ANYBODY = "200 200 200 200"
GET_ONLY = "405 405 405 405"

# name → what it is about, answers to GET, answers to a POST of an empty form; each for KINDS
PAGES = {
    "system": ("", ANYBODY, GET_ONLY),
    "oauth-clients": ("", ANYBODY, GET_ONLY),
    "clients-download": ("", "200 200 403 403", GET_ONLY),
    "clients-bulk": ("", GET_ONLY, "422 422 403 403"),
    "client-add": ("", "200 200 403 403", "422 422 403 403"),
    "client": ("client", "200 200 200 404", "422 422 403 404"),
    "client-credentials": ("client", "200 200 200 404", GET_ONLY),
    "client-regenerate-secret": ("client", "200 200 403 404", "409 409 403 404"),
    "client-regenerate-token": ("client", "200 200 403 404", "409 409 403 404"),
    "permission-labels": ("", ANYBODY, GET_ONLY),
    "permission-labels-tree": ("", ANYBODY, GET_ONLY),
    "permission-label-add": ("", "200 200 403 403", "422 422 403 403"),
    "permission-label": ("label", "200 200 200 404", "422 422 403 404"),
    "permission-label-usage": ("label", "200 200 200 404", GET_ONLY),
    "permission-label-delete": ("label", "200 200 403 404", "409 409 403 404"),
    "administrators": ("", "200 403 200 403", GET_ONLY),
    "administrators-download": ("", "200 403 403 403", GET_ONLY),
    "administrator-add": ("", "200 403 403 403", "422 403 403 403"),
    "administrator": ("person", "200 404 200 404", "302 404 403 404"),
    "administrator-second-factors": ("person", "200 404 403 404", "302 404 403 404"),
    "administrator-roles": ("person", "200 404 200 404", "422 404 403 404"),
    "administrator-roles-remove": ("person", GET_ONLY, "302 404 403 404"),
    "administrator-permissions": ("person", "200 404 200 404", GET_ONLY),
    "roles": ("", "200 403 200 403", GET_ONLY),
    "role-add": ("", "200 403 403 403", "422 403 403 403"),
    "role": ("role", "200 404 200 404", "422 404 403 404"),
    "role-permissions": ("role", "200 404 200 404", "422 404 403 404"),
    "role-permissions-remove": ("role", GET_ONLY, "302 404 403 404"),
    "role-effective": ("role", "200 404 200 404", GET_ONLY),
    "role-members": ("role", "200 404 200 404", GET_ONLY),
    "role-delete": ("role", "200 404 403 404", "409 404 403 404"),
    "client-delete": ("client", "200 200 403 404", "422 422 403 404"),
    "client-clone": ("client", "200 200 403 403", "422 422 403 403"),
    "client-integration": ("client", "200 200 200 404", GET_ONLY),
    "client-integration-json": ("client", "200 200 200 404", GET_ONLY),
    "client-integration-text": ("client", "200 200 200 404", GET_ONLY),
    "client-test": ("client", "200 200 403 404", "200 200 403 404"),
    "client-limits": ("client", "200 200 200 404", "302 302 403 404"),
    "client-sharing": ("client", "200 200 200 404", "422 422 403 404"),
    "client-activity": ("client", "200 200 200 404", GET_ONLY),
    "client-activity-csv": ("client", "200 200 403 404", GET_ONLY),
    "client-history": ("client", "200 200 200 404", GET_ONLY),
    "audit-log": ("", "200 403 200 403", GET_ONLY),
    "audit-log-download": ("", "200 403 403 403", GET_ONLY),
    "audit-log-entry": ("entry", "200 403 200 403", GET_ONLY),
    "settings": ("", "200 403 200 403", "422 403 403 403"),
    "health": ("", "200 403 403 403", GET_ONLY),
    "scim-configurations": ("", ANYBODY, GET_ONLY),
    "scim-configurations-download": ("", "200 200 403 403", GET_ONLY),
    "scim-configuration-add": ("", "200 200 403 403", "422 422 403 403"),
    "scim-configuration": ("configuration", "200 200 200 404", "422 422 403 404"),
    "scim-configuration-usage": ("configuration", "200 200 200 404", GET_ONLY),
    "scim-configuration-delete": ("configuration", "200 200 403 404", "302 302 403 404"),
    "scim-configuration-mapping": ("configuration", "200 200 200 404", "302 302 403 404"),
    "scim-configuration-matching": ("configuration", "200 200 200 404", "422 422 403 404"),
    "scim-configuration-scope": ("configuration", "200 200 200 404", "422 422 403 404"),
    "scim-configuration-test": ("configuration", "200 200 403 404", "422 422 403 404"),
    "scim-configuration-log": ("configuration", "200 200 200 404", GET_ONLY),
    "scim-configuration-log-reads": ("configuration", GET_ONLY, "302 302 403 404"),
    "scim-configuration-guide": ("configuration", "200 200 200 404", GET_ONLY),
    "scim-log": ("", ANYBODY, GET_ONLY),
    "scim-log-entry": ("provisioned", "200 200 200 404", GET_ONLY),
    "scim-activity": ("", ANYBODY, GET_ONLY),
    "scim-groups": ("", ANYBODY, GET_ONLY),
    "lms-users": ("", ANYBODY, GET_ONLY),
    "lms-users-download": ("", "200 403 403 403", GET_ONLY),
    "lms-user": ("learner", "200 404 200 404", "422 404 403 404"),
    "events": ("", ANYBODY, GET_ONLY),
    "event-add": ("", "200 200 403 403", "422 422 403 403"),
    "events-ics": ("", "200 200 403 403", GET_ONLY),
    "share-labels": ("", "200 403 200 403", GET_ONLY),
    "share-label-add": ("", "200 403 403 403", "422 403 403 403"),
    "share-label": ("share_label", "200 404 200 404", "422 404 403 404"),
    "share-label-delete": ("share_label", "200 404 403 404", "302 404 403 404"),
    "event": ("event", "200 200 200 404", "422 422 403 404"),
    "event-ics": ("event", "200 200 200 404", GET_ONLY),
    "lrs-activity": ("", ANYBODY, GET_ONLY),
    "lrs-activity-periods": ("", "200 403 403 403", GET_ONLY),
    "lrs-activity-clients": ("", "200 403 403 403", GET_ONLY),
    "lrs-activity-verbs": ("", "200 403 403 403", GET_ONLY),
    "lrs-activity-activities": ("", "200 403 403 403", GET_ONLY),
    "lrs-statements": ("", ANYBODY, GET_ONLY),
    "lrs-statements-download": ("", "200 403 403 403", GET_ONLY),
    "lrs-statements-typed": ("", "200 403 403 403", GET_ONLY),
    "lrs-statements-csv": ("", "200 403 403 403", GET_ONLY),
    "lrs-statements-jsonl": ("", "200 403 403 403", GET_ONLY),
    "lrs-attachment": ("proof", "200 404 403 404", GET_ONLY),
    "lrs-statement": ("statement", "200 404 200 404", GET_ONLY),
    "event-cancel": ("event", "200 200 403 404", "302 302 403 404"),
    "event-archive": ("event", "200 200 403 404", "302 302 403 404"),
    "event-sessions": ("event", "200 200 200 404", "422 422 403 404"),
    "event-seats": ("event", "200 200 200 404", "302 302 403 404"),
    "event-participants": ("event", "200 200 200 404", GET_ONLY),
    "event-participants-print": ("event", "200 403 200 403", GET_ONLY),
    "event-participants-csv": ("event", "200 403 403 403", GET_ONLY),
    "event-participant-add": ("event", GET_ONLY, "302 403 403 403"),
    "event-participant-cancel": ("waiting", "200 200 403 404", "302 302 403 404"),
    "event-participant-seat": ("waiting", "200 200 403 404", "302 302 403 404"),
    "event-participant-move": ("waiting", GET_ONLY, "302 302 403 404"),
    "events-calendar": ("", ANYBODY, GET_ONLY),
    "peers": ("", ANYBODY, GET_ONLY),
    "peer-add": ("", "200 200 403 403", "422 422 403 403"),
    "peer": ("peer", "200 200 200 404", "422 422 403 404"),
    "peer-action": ("pause", GET_ONLY, "302 302 403 404"),
    "quarantine-discard": ("case", GET_ONLY, "302 302 403 404"),
    "quarantine-retry": ("case", GET_ONLY, "302 302 403 404"),
    "mirrored-events": ("peer", "200 200 200 404", GET_ONLY),
    "mirrored-event": ("mirrored", "200 200 200 404", GET_ONLY),
    "booking-add": ("mirrored", GET_ONLY, "302 403 403 403"),
    "booking-cancel": ("booking", "200 200 403 404", "302 302 403 404"),
    "mirrored-event-ics": ("mirrored", "200 200 200 404", GET_ONLY),
}
OUT_OF_REACH = {"limited": 404}


@pytest.fixture
def lms(db):
    """Of everything one that bears HR and one that bears Partners; the first label is above the one borne."""
    hr, partners = builders.make_label("HR"), builders.make_label("Partners")
    helsinki = builders.make_label("Helsinki", hr)
    viewing = [Permission(kind, Action.VIEW) for kind in PERMISSIONS]
    return SimpleNamespace(
        root=builders.make_superadmin("root"),
        limited=builders.make_administrator(hr, username="limited"),
        reader=builders.make_holder(Assigned(builders.make_role("Reader", *viewing)), username="reader"),
        nobody=builders.make_administrator(username="nobody"),
        near=_one_of_each(helsinki) | {"label": hr},
        far=_one_of_each(partners) | {"label": partners},
    )


def _one_of_each(label):
    made = {"configuration": builders.make_configuration(), "event": make_seats(1)}
    mirrored = make_mirror(made["event"], f"Peer of {label}")
    made["peer"] = mirrored.peer
    for labelled in list(made.values()):
        labelled.labels.add(label)
    role = builders.make_role(f"Role of {label}")
    person = builders.make_holder(Assigned(role))
    client = builders.make_client(label)
    made["learner"] = LmsUser.objects.create(user_name=f"learner of {label}", employee_id=str(label.pk))
    made["provisioned"] = ProvisioningEntry.objects.create(
        configuration=made["configuration"], at=timezone.now(), status=200, outcome="read", duration_ms=1
    )
    made["mirrored"] = mirrored
    booking = Booking.objects.create(mirror=mirrored, state="confirmed", intent="")
    made["booking"] = SimpleNamespace(args=[mirrored.pk, booking.pk])
    made["share_label"] = ShareLabel.objects.create(name=f"Shared by {label}")
    *_seated, waiting = enrol(made["event"], *make_learners(2, f"participant of {label}"))
    made["waiting"] = SimpleNamespace(args=[made["event"].pk, waiting.pk])
    made["pause"] = SimpleNamespace(args=[mirrored.peer.pk, "pause"])
    made["case"] = SimpleNamespace(args=[mirrored.peer.pk, mirrored.peer.quarantine.get().pk])
    entry = AuditEntry.objects.filter(object_type="client").latest("pk")
    told = SimpleNamespace(pk=store_for(client, statement(id=new_id()))[0])
    made["proof"] = SimpleNamespace(args=[told.pk, attach(client, told.pk, b"proof")])
    return made | {"client": client, "role": role, "person": person, "entry": entry, "statement": told}


def _below_system(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if path.lstrip("^").startswith("system/"):
                yield pattern.name
        else:
            yield from _below_system(pattern.url_patterns, path)


def test_the_table_names_every_page():
    assert set(_below_system(get_resolver().url_patterns)) == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_answers(client, lms, name):
    what, looking, sending = PAGES[name]
    for method, expected in (("get", looking), ("post", sending)):
        for kind, status in zip(KINDS, map(int, expected.split()), strict=True):
            client.force_login(getattr(lms, kind))
            assert _answer(client, method, name, lms.near.get(what)) == status, (method, kind)
            if what:
                beyond = status if status in {403, 405} else OUT_OF_REACH.get(kind, status)
                assert _answer(client, method, name, lms.far[what]) == beyond, (method, kind, "out of reach")


def _address(name, about=None):
    return reverse(name, args=getattr(about, "args", None) or ([about.pk] if about else []))


def _answer(client, method, name, about):
    address = _address(name, about)
    with transaction.atomic():  # one answer does not change what the next one finds
        status = getattr(client, method)(address).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize(
    "page",
    ["client", "permission-label", "scim-configuration", "event", "share-label", "administrator", "role", "settings"],
)
def test_who_may_only_look_finds_no_field_and_no_dead_button(client, lms, page):
    client.force_login(lms.reader)
    what = PAGES[page][0]
    answer = client.get(_address(page, lms.near.get(what)))
    content = answer.content.decode().partition("<main")[2]
    for sign in ('type="text"', 'type="checkbox"', "<select", 'type="submit"', "Delete<", "Save<"):
        assert sign not in content, sign


def test_who_may_only_look_is_offered_nothing_else(client, lms):
    client.force_login(lms.reader)
    for name, (what, _looking, _sending) in PAGES.items():
        if not what:
            continue
        answer = client.get(_address(name, lms.near[what]))
        main = answer.content.decode().partition("<main")[2]
        for link in {part.partition('"')[0] for part in main.split('href="/system/')[1:]}:
            assert client.get(f"/system/{link}").status_code == 200, (name, link)


@pytest.mark.parametrize("name", [name for name, (_what, _looking, sending) in PAGES.items() if sending != GET_ONLY])
def test_a_form_from_another_site_is_refused(lms, name):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lms.root)
    what = PAGES[name][0]
    answer = strict.post(_address(name, lms.near.get(what)))
    assert (answer.status_code, answer.templates[0].name) == (403, "403_csrf.html")
