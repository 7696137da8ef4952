"""Two administrators at the same moment: one clear outcome for each, and never a 500."""

import threading

import pytest
from django.db import connections
from django.test import Client as Browser

from clients.models import Client, Credential, LmsSettings, PermissionLabel
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def browsers(db):
    LmsSettings.objects.get_or_create(pk=1)
    pair = Browser(), Browser()
    for browser in pair:
        browser.force_login(builders.make_superadmin())
    return pair


def at_once(browsers, *posts):
    """The statuses of one POST of each, sent together."""
    start, statuses = threading.Barrier(len(posts)), [0] * len(posts)

    def send(number):
        address, form = posts[number]
        try:
            start.wait()
            statuses[number] = browsers[number].post(address, form).status_code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[number]) for number in range(len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def general(client):
    return f"/system/oauth-clients/{client.pk}/"


def test_the_same_secret_regenerated(browsers):
    client = builders.make_client_with_credentials().client
    post = f"{general(client)}credentials/regenerate-secret/"
    for number in range(1, ROUNDS + 1):
        form = {"number": str(number), "confirm": "on"}
        assert sorted(at_once(browsers, (post, form), (post, form))) == [200, 409]
        assert Credential.objects.filter(client=client, kind="secret", revoked_at=None).get().number == number + 1


def test_the_same_form_saved(browsers):
    client = builders.make_client()
    for number in range(ROUNDS):
        client.refresh_from_db()
        forms = [{"name": f"{who} {number}", "active": "on", "version": client.version} for who in ("A", "B")]
        statuses = at_once(browsers, *((general(client), form) for form in forms))
        assert sorted(statuses) == [302, 409]
        client.refresh_from_db()
        assert client.name == forms[statuses.index(302)]["name"]


def test_two_labels_moved_below_each_other(browsers):
    one, other = builders.make_label(), builders.make_label()
    posts = [
        (f"/system/permission-labels/{label.pk}/", {"name": label.name, "parent": str(parent.pk), "confirm": "on"})
        for label, parent in ((one, other), (other, one))
    ]
    for _ in range(ROUNDS):
        PermissionLabel.objects.update(parent=None)
        statuses = at_once(browsers, *posts)
        assert sorted(statuses) == [302, 422]
        assert PermissionLabel.objects.filter(parent=None).count() == 1


def test_deleted_while_it_is_edited(browsers):
    for _ in range(ROUNDS):
        client = builders.make_client()
        form = {"name": "Edited", "active": "on", "version": client.version}
        deleted, edited = at_once(
            browsers, (f"{general(client)}delete/", {"name": client.name}), (general(client), form)
        )
        client.refresh_from_db()
        assert edited in {302, 404}
        assert deleted in {302, 422}  # 422: the name that was typed is no longer the client's
        assert bool(client.deleted_at) is (deleted == 302)
        assert not (client.deleted_at and client.active)
        assert Client.objects.filter(pk=client.pk).exists()


def test_deleted_twice(browsers):
    for _ in range(ROUNDS):
        client = builders.make_client()
        post = (f"{general(client)}delete/", {"name": client.name})
        assert sorted(at_once(browsers, post, post)) == [302, 404]


def test_a_label_deleted_while_it_is_moved(browsers):
    parent = builders.make_label()
    for _ in range(ROUNDS):
        label = builders.make_label()
        address, form = f"/system/permission-labels/{label.pk}/", {"name": label.name, "parent": str(parent.pk)}
        deleted, moved = at_once(browsers, (f"{address}delete/", {}), (address, form))
        assert (deleted, moved) in {(302, 302), (302, 404)}
        assert not PermissionLabel.objects.filter(pk=label.pk).exists()
