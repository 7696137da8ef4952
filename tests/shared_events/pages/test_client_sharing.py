"""The Shared events tab of a client: which of them it is given."""

import pytest
from django.urls import reverse

from clients.models import AuditEntry, Client, LmsSettings
from clients.pages.effective_access import effective_access
from shared_events.models import ClientSharing
from tests import builders
from tests.shared_events.builders import limit_to, make_event, make_share_labels
from tests.shared_events.peer import make_peer

pytestmark = pytest.mark.django_db

NOTHING = "It is given no shared event: it is limited to share labels and has none."


@pytest.fixture
def labels():
    return make_share_labels()


@pytest.fixture
def root(client):
    client.force_login(builders.make_superadmin())
    return client


def page_of(client):
    return reverse("client-sharing", args=[client.pk])


def told(client):
    return [str(sentence.words) for sentence in effective_access(client)]


def test_limiting_a_client_takes_away_what_bears_none_of_its_labels(root, labels):
    peer = make_peer()
    client = Client.objects.get(client_id=peer.client_id)
    make_event(title="Plain")
    make_event(title="Fire drill").share_labels.set([labels[1]])
    peer.sync()
    assert root.post(page_of(client), {"given": "some", "share_labels": [labels[0].pk]}).status_code == 302
    assert AuditEntry.objects.get(action="client_sharing_changed").facts == {
        "all_events": [True, False],
        "share_labels": [[], ["Safety"]],
    }
    assert peer.get("changes", cursor=peer.cursor).status_code == 410
    peer.cursor = ""
    peer.sync()
    assert [title for _rev, title in peer.mirror.values()] == ["Fire drill"]


def test_the_last_label_taken_leaves_the_client_with_nothing(root, labels):
    client = builders.make_client(shared_events=True)
    LmsSettings.objects.update_or_create(pk=1, defaults={"shared_events_enabled": True})
    limit_to(client, labels[0])
    limited = "It is given only the shared events with these share labels, or one below: Safety."
    assert limited in told(client)
    root.post(page_of(client), {"given": "some"})
    assert ClientSharing.of(client.pk).served_labels() == frozenset()
    assert NOTHING in told(client)
    assert limited not in told(client)


def test_a_client_without_the_right_is_told_nothing_of_labels(labels):
    client = builders.make_client()
    limit_to(client)
    assert NOTHING not in told(client)


def test_saving_the_same_again_writes_nothing(root, labels):
    client = builders.make_client()
    limit_to(client, labels[0])
    root.post(page_of(client), {"given": "some", "share_labels": [labels[0].pk]})
    assert not AuditEntry.objects.filter(action="client_sharing_changed").exists()


def test_what_somebody_saved_meanwhile_is_not_overwritten(root, labels):
    client = builders.make_client()
    version = root.get(page_of(client)).context["form"]["version"].value()
    root.post(page_of(client), {"given": "some", "share_labels": [labels[0].pk], "version": version})
    answer = root.post(page_of(client), {"given": "all", "version": version})
    assert answer.status_code == 409
    assert "Safety" in answer.content.decode()
    assert not ClientSharing.of(client.pk).all_events


@pytest.mark.parametrize("form", [{"given": ""}, {"given": "none"}, {"given": "some", "share_labels": ["999"]}])
def test_it_takes_only_what_it_offers(root, labels, form):
    client = builders.make_client()
    assert root.post(page_of(client), form).status_code == 422
    assert ClientSharing.of(client.pk).all_events


def test_a_clone_is_given_no_more_than_its_original(root, labels):
    client = builders.make_client(shared_events=True)
    limit_to(client, labels[0])
    root.post(reverse("client-clone", args=[client.pk]), {"name": "Clone"})
    clone = ClientSharing.objects.get(client__name="Clone")
    assert (clone.all_events, list(clone.share_labels.all())) == (False, [labels[0]])


def test_the_tab_stands_among_those_of_the_client(root):
    client = builders.make_client()
    tabs = root.get(client.get_absolute_url()).context["tabs"]
    assert [str(tab.label) for tab in tabs] == [
        "General",
        "Credentials",
        "Limits",
        "Shared events",
        "Activity",
        "History",
    ]
    assert f'href="{page_of(client)}"' in root.get(client.get_absolute_url()).content.decode()
