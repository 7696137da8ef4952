"""Every word of every page is marked for translation: a word that is not could never be read in Finnish."""

from http import HTTPStatus
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clients.models import AuditEntry
from scim.pages.provider_examples import EXAMPLES
from tests import builders
from tests.marked_words import mark_messages, stored_texts, texts_in, unmarked
from tests.test_system_pages import PAGES, _address, lms  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
STANDARD = available_timezones() | {"UTC", "JSON", "CSV", "GET", "POST", "PUT", "PATCH", "DELETE"}
STANDARD |= {name for _code, name in settings.LANGUAGES}  # each in its own words
TOLD = {"learner@example.org did", "learner@example.org", "did"}  # the statement, as the page tells it
TOLD |= set(texts_in(list(EXAMPLES.values())))  # the user of an example request


@pytest.mark.parametrize("kind", ["root", "limited", "reader", "nobody"])
def test_every_word_of_a_page_is_marked(client, lms, kind, monkeypatch):  # noqa: F811
    client.force_login(getattr(lms, kind))
    mark_messages(monkeypatch)
    data = stored_texts() | STANDARD | TOLD
    found = {
        (name, method, text)
        for name in PAGES
        for method in ("get", "post")
        for text in unmarked(_page(client, method, name, lms), data)
    }
    assert found == set()


@pytest.mark.parametrize("address", ["/account/login/", "/account/password/", "/account/preferences/", "/system/no/"])
def test_every_word_around_the_system_menu_is_marked(client, address, monkeypatch):
    if address != "/account/login/":
        client.force_login(builders.make_superadmin("root"))
    mark_messages(monkeypatch)
    data = stored_texts() | STANDARD
    for answer in (client.get(address), client.post(address), Client(enforce_csrf_checks=True).post(address)):
        assert unmarked(answer.content.decode(), data) == []


def _page(client, method, name, lms):  # noqa: F811
    with transaction.atomic():
        answer = getattr(client, method)(_address(name, lms.near.get(PAGES[name][0])))
        transaction.set_rollback(True)
    return answer.content.decode() if answer.get("Content-Type", "").startswith("text/html") else ""


def test_nothing_translated_is_stored(client, lms, monkeypatch):  # noqa: F811
    """What people do in one language others read in theirs: the database holds codes and what was typed."""
    client.force_login(lms.root)
    mark_messages(monkeypatch)
    near = lms.near
    about = {name: _address(name, near[PAGES[name][0]]) for name in PAGES if PAGES[name][0]}
    sent = [
        (reverse("client-add"), {"name": "Made"}),
        (about["client"], {"name": "Changed", "lrs_own": "on"}),
        (about["client-regenerate-secret"], {"number": "0"}),
        (about["client-clone"], {"name": "Cloned"}),
        (reverse("permission-label-add"), {"name": "Sales"}),
        (about["permission-label"], {"name": "Human resources"}),
        (reverse("administrator-add"), {"username": "bo"}),
        (about["administrator"], {"username": "changed", "first_name": "Bo"}),
        (about["administrator-roles"], {"role": near["role"].pk, "unlimited": "on"}),
        (reverse("role-add"), {"name": "Auditor"}),
        (about["role"], {"name": "Changed"}),
        (about["role-permissions"], {"object": "client", "actions": ["view"], "unlimited": "on"}),
        (reverse("settings"), {"language": "fi", "access_token_lifetime_seconds": "600", "keep_past_days": "30"}),
        (reverse("scim-configuration-add"), {"name": "Directory"}),
        (about["scim-configuration-mapping"], {"preset": "minimal"}),
        (about["scim-configuration-test"], {"method": "POST", "path": "/Users", "body": '{"userName": "x"}'}),
        (about["lms-user"], {"reason": "left", "action": "block"}),
        (about["event-cancel"], {}),
        (about["client-sharing"], {"given": "some"}),
        (reverse("share-label-add"), {"name": "Languages"}),
        (about["share-label"], {"name": "Changed"}),
        (about["share-label-delete"], {}),
        (about["peer-action"], {}),
        (about["client-delete"], {"name": "Changed"}),
        (reverse("preferences"), {"language": "fi"}),
    ]
    before = AuditEntry.objects.count()
    refused = [address for address, form in sent if client.post(address, form).status_code >= HTTPStatus.BAD_REQUEST]
    assert refused == []
    assert AuditEntry.objects.count() >= before + len(sent) - 4
    assert [text for text in stored_texts() if "⟦" in text] == []
