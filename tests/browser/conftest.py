"""Chromium on a live server. A page fails its test with any console message, CSP violations included."""

import json
import os
import re
import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import LmsSettings
from clients.roles import Assigned, Permission
from lrs import counting
from scim.dry_run import Wanted, run
from scim.models import LmsUser, ProvisioningEntry
from shared_events.models import Booking, MirrorEvent, Peer
from shared_events.scheduling import Part, set_sessions
from tests import builders
from tests.clients.activity_cases import count, refuse, request_of
from tests.lrs.stored import new_id, store_for
from tests.shared_events.builders import limit_to, make_mirror, make_share_labels
from tests.shared_events.registrations.people import enrol, make_learners, make_seats

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_COURSE = {"id": "https://courses.example.org/fire-safety", "definition": {"name": {"en": "Fire safety at work"}}}
_PASSED = {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en": "passed"}}
_LEARNING = [
    {
        "id": new_id(),
        "actor": {"name": "Bo Berg", "mbox": "mailto:bo.berg@example.org"},
        "verb": _PASSED,
        "object": _COURSE,
    }
    for _ in range(30)
]
EXPECTED = re.compile(r"status of (403|404|409|422)")  # Chromium logs every 4xx answer as a console error


@pytest.fixture(scope="session")
def browser(django_db_setup):  # the databases go after it
    assert CHROMIUM, "Chromium is missing: install Debian's chromium package or set CHROMIUM"  # fail, never skip
    # Playwright's synchronous API leaves an event loop marked as running in this thread, and Django then refuses
    # every query of the tests: lift that check while the browser lives.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is asked for

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()
        # While its loop counts as running, Django keeps this thread's connections apart from those of before and after.
        connections.close_all()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def log_in(live_server):
    def add_session(page, user):
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    return add_session


@pytest.fixture
def new_page(browser, live_server, log_in):
    """Open a page as ``user``; options are Playwright's. Problems of all pages are asserted at the end."""
    contexts, problems = [], []

    def make(user=None, **options):
        size = {"width": 1280, "height": 900}
        context = browser.new_context(
            **{"base_url": live_server.url, "viewport": size, "locale": "en-GB", "reduced_motion": "reduce", **options}
        )
        context.route(lambda url: not url.startswith(live_server.url), lambda route: route.abort())
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        watch(page, problems)
        if user:
            log_in(page, user)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


def watch(page, problems):
    def on_message(message):
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            problems.append(f"console.{message.type}: {message.text}")

    def on_response(response):
        if response.status >= 500:
            problems.append(f"HTTP {response.status} {response.url}")
        is_page = response.request.resource_type == "document" and response.status != 302
        if is_page and "default-src 'none'" not in response.headers.get("content-security-policy", ""):
            problems.append(f"no policy: {response.url}")

    page.on("console", on_message)
    page.on("pageerror", lambda error: problems.append(f"pageerror: {error}"))
    page.on("response", on_response)


def provision(configuration):
    """A learner in a directory group, and an entry of the log that was refused."""
    by = Origin.command("test")
    request = Wanted.of("POST", "/Users", json.dumps({"userName": "elina@example.org", "displayName": "Elina"}))
    for _ in range(2):
        run(configuration, base_url="", request=request, dry=False, by=by)
    body = json.dumps({"displayName": "Nurses"})
    run(configuration, base_url="", request=Wanted.of("POST", "/Groups", body), dry=False, by=by)
    return LmsUser.objects.get(), ProvisioningEntry.objects.get(status=409)


def _events():
    """An event in two sessions with one seat, two users waiting for it, and its mirror."""
    event = make_seats(1)
    waiting = enrol(event, *make_learners(3))[2]
    mirrored = make_mirror(event)
    Peer.objects.filter(pk=mirrored.peer_id).update(may_register=True)
    LmsSettings.objects.update(shared_event_registrations_enabled=True, shared_events_enabled=True)
    seats = {"seats_taken": 3, "remaining": 2, "waitlisted": 0, "open": True}
    MirrorEvent.objects.filter(pk=mirrored.pk).update(availability=seats)
    booking = Booking.objects.create(mirror=mirrored, state="confirmed", intent="")
    parts = [
        Part(event.start, 3 * 3600, "Room 5"),
        Part(event.start + timedelta(days=1), 3 * 3600, join_url="https://meet.example/1"),
    ]
    set_sessions(event, parts, version=event.version, by=Origin.command("test"))
    above, label = make_share_labels()
    event.share_labels.add(label)
    labels = {"share_label_above": above, "share_label": label}
    return {"event": event, "waiting": waiting, "mirrored": mirrored, "booking": booking, **labels}


@pytest.fixture
def world(transactional_db):
    """A small LMS as an administrator meets it."""
    LmsSettings.objects.get_or_create(pk=1)
    made = SimpleNamespace(**_labels())
    vars(made).update(_people(made.hr))
    vars(made).update(_directory(made.helsinki))
    vars(made).update(_events())
    vars(made).update(_clients(made))
    _use(made.writer)
    made.statement, *_more = store_for(made.writer, *_LEARNING)
    counting.run()
    return made


def _labels():
    hr = builders.make_label("HR")
    made = {"hr": hr, "helsinki": builders.make_label("Helsinki", hr), "tampere": builders.make_label("Tampere", hr)}
    return made | {name: builders.make_label(name.title()) for name in ("integrations", "partners")}


def _people(hr):
    root = builders.make_superadmin("aino")
    root.first_name, root.last_name = "Aino", "Virtanen"
    root.save()
    role = builders.make_role("Client reader", Permission(ObjectType.CLIENT, Action.VIEW))
    kept = root.saved_filters.create(page="oauth-clients", name="Switched off", query="active=no")
    return {
        "root": root,
        "kept": kept,
        "anna": builders.make_administrator(hr, username="anna"),
        "nobody": builders.make_administrator(username="nobody"),
        "reader": builders.make_holder(Assigned(role), username="reader"),
        "role": role,
    }


def _directory(label):
    configuration = builders.make_configuration("workday", name="Workday production")
    configuration.labels.add(label)
    learner, entry = provision(configuration)
    return {"configuration": configuration, "learner": learner, "entry": entry}


def _clients(made):
    about = "User provisioning from the HR system. Owner: HR systems team"
    sync = {"name": "Workday SCIM sync", "short_description": about, "scim_configuration": made.configuration}
    studio = {"name": "Course studio xAPI writer", "short_description": "Writes statements", "lrs_own": True}
    headsets = {"name": "VR safety simulator", "short_description": "Headsets", "lrs_own": True, "lrs_full_read": True}
    client = builders.make_client(made.helsinki, made.integrations, **sync)
    writer = builders.make_client(made.integrations, **studio)
    builders.make_client(made.tampere, name="Entra ID provisioning (pilot)", active=False)
    partner = builders.make_client(made.partners, name="Partner LMS: Nordic Academy", shared_events=True)
    limit_to(partner, made.share_label_above)
    builders.make_client(made.integrations, **headsets)
    return {"client": client, "writer": writer, "partner": partner}


def _use(client):
    """Requests, two of them with a credential of before."""
    count(client, "ok", 4_000, days_ago=1)
    count(client, "unauthenticated", 2)
    request_of(client, status=401, reason="old credential")
    refuse(client, "old credential", 2)
