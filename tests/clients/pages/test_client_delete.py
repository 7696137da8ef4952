"""Deleting a client, and cloning one."""

import pytest

from clients import actions
from clients.administration import Action, ObjectType
from clients.models import AuditEntry, Client
from clients.roles import Assigned, Permission
from lrs.authorities import _row, authority_of
from scim.actions import delete_configuration
from tests import builders
from tests.headers import bearer

CLIENTS = "/system/oauth-clients/"


@pytest.mark.parametrize("typed", ["", "near", "Far"])
def test_the_name_has_to_be_typed(root, world, typed):
    assert root.post(f"{CLIENTS}{world.near.pk}/delete/", {"name": typed}).status_code == 422
    assert Client.objects.existing().filter(pk=world.near.pk).exists()


def test_a_deleted_client_is_gone_everywhere_and_its_history_stays(root, world):
    configuration = builders.make_configuration()
    actions.update_client(world.near, values={"scim_configuration": configuration, "lrs_own": True}, by=builders.BY)
    token = actions.regenerate_token(world.near, by=builders.BY).value
    headers = bearer(token) | {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
    assert root.get("/xapi/statements", **headers).status_code == 200
    answer = root.post(f"{CLIENTS}{world.near.pk}/delete/", {"name": " Near "}, follow=True)
    assert "Client deleted. Its statements and its history stay." in answer.content.decode()
    assert root.get("/xapi/statements", **headers).status_code == 401
    assert "Near" not in [row["client"].name for row in answer.context["rows"]]
    for page in ("", "credentials/", "history/", "delete/"):
        assert root.get(f"{CLIENTS}{world.near.pk}/{page}").status_code == 404
    assert AuditEntry.objects.get(action="client_deleted").facts["labels"] == ["HR / Helsinki"]
    delete_configuration(configuration, by=builders.BY)  # nothing deleted holds it back
    assert root.post(f"/system/permission-labels/{world.helsinki.pk}/delete/").status_code == 302


@pytest.fixture
def deleted_first(monkeypatch):
    """Another administrator deletes a client after this one's request has found it, and before it is changed."""
    update = actions.update_client

    def overtaken(client, **change):
        actions.delete_client(client, by=builders.BY)
        return update(client, **change)

    monkeypatch.setattr(actions, "update_client", overtaken)


@pytest.mark.usefixtures("deleted_first")
def test_who_saves_what_was_deleted_meanwhile_finds_it_gone(root, world):
    address = f"{CLIENTS}{world.near.pk}/"
    form = {"name": "New", "active": "on", "version": world.near.version}
    assert root.post(address, form).status_code == 404
    world.near.refresh_from_db()
    assert (world.near.name, world.near.active) == ("Near", False)


@pytest.mark.usefixtures("deleted_first")
def test_a_bulk_change_names_the_client_that_was_deleted_meanwhile(root, world):
    form = {"client": [world.near.pk], "change": "add-label", "label": world.partners.pk, "confirmed": "yes"}
    answer = root.post(f"{CLIENTS}bulk/", form)
    assert answer.status_code == 200
    assert "It was deleted meanwhile." in answer.content.decode()
    assert not world.near.labels.exists()


def test_a_client_with_statements_is_deleted_too(root, world):
    _row.cache_clear()
    authority_of(world.near)
    assert root.post(f"{CLIENTS}{world.near.pk}/delete/", {"name": "Near"}).status_code == 302
    assert Client.objects.get(pk=world.near.pk).name == "Near"  # what the statements name


def test_a_clone_has_the_settings_and_no_credentials(root, world):
    values = {"scim_configuration": builders.make_configuration(), "lrs_own": True, "lrs_full_read": True}
    actions.update_client(world.near, values=values, by=builders.BY)
    actions.regenerate_secret(world.near, by=builders.BY)
    assert root.get(f"{CLIENTS}{world.near.pk}/clone/").context["form"]["name"].value() == "Near (copy)"
    form = {"name": "Second", "confirm_full_read": "on"}
    answer = root.post(f"{CLIENTS}{world.near.pk}/clone/", form)
    made = Client.objects.get(name="Second")
    assert answer.url == made.get_absolute_url()
    assert {name: getattr(made, name) for name in values} == values
    assert [label.path for label in made.labels.all()] == ["HR / Helsinki"]
    assert made.client_id != world.near.client_id
    assert not made.credentials.exists()


def test_a_clone_with_full_read_needs_the_second_tick(root, world):
    address = f"{CLIENTS}{world.near.pk}/clone/"
    assert "confirm_full_read" not in root.get(address).content.decode()
    actions.update_client(world.near, values={"lrs_full_read": True}, by=builders.BY)
    assert "confirm_full_read" in root.get(address).content.decode()
    answer = root.post(address, {"name": "Second"})
    assert (answer.status_code, answer.content.decode().count("Tick the box to confirm.")) == (422, 2)
    assert not Client.objects.filter(name="Second").exists()


def test_a_clone_grants_nothing_the_administrator_could_not(anna, world):
    outside = builders.make_configuration()
    values = {"scim_configuration": outside, "lrs_own": True, "lrs_full_read": True}
    actions.update_client(world.near, values=values, labels=[world.helsinki, world.partners], by=builders.BY)
    page = anna.get(f"{CLIENTS}{world.near.pk}/clone/").content.decode()
    assert ("left off" in page, "confirm_full_read" in page) == (True, False)
    anna.post(f"{CLIENTS}{world.near.pk}/clone/", {"name": "Second"})
    made = Client.objects.get(name="Second")
    assert (made.scim_configuration, made.lrs_full_read, made.lrs_own) == (None, False, True)
    assert [label.name for label in made.labels.all()] == ["Helsinki"]


def test_a_clone_that_its_maker_could_not_open_is_not_made(client, world):
    viewing = Permission(ObjectType.CLIENT, Action.VIEW)
    adding = Permission(ObjectType.CLIENT, Action.ADD, (world.partners,))
    client.force_login(builders.make_holder(Assigned(builders.make_role("Adder", viewing, adding))))
    assert client.post(f"{CLIENTS}{world.near.pk}/clone/", {"name": "Second"}).status_code == 422
    assert not Client.objects.filter(name="Second").exists()
