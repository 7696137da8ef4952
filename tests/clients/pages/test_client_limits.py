"""The Limits tab."""

import pytest

from clients import actions
from clients.models import AuditEntry, Client
from tests import builders


def url(client):
    return f"/system/oauth-clients/{client.pk}/limits/"


def stored(client):
    return Client.objects.values_list("requests_per_minute", "burst").get(pk=client.pk)


def test_saved_and_audited_with_old_and_new(root, world):
    answer = root.post(url(world.near), {"requests_per_minute": "120", "burst": "10"}, follow=True)
    assert answer.redirect_chain == [(url(world.near), 302)]
    assert "120 requests per minute, 10 at once." in answer.content.decode()
    assert stored(world.near) == (120, 10)
    entry = AuditEntry.objects.get(action="client_updated")
    assert entry.facts == {"requests_per_minute": [None, 120], "burst": [None, 10]}
    history = root.get(f"/system/oauth-clients/{world.near.pk}/history/").content.decode()
    assert "Requests per minute" in history
    root.post(url(world.near), {"requests_per_minute": "", "burst": ""})
    assert stored(world.near) == (None, None)


def test_zero_is_no_limit_and_empty_is_the_installations(root, world, settings):
    settings.CLIENT_REQUESTS_PER_MINUTE, settings.CLIENT_BURST = 12_000, 2_000
    assert "12,000 requests per minute, 2,000 at once." in root.get(url(world.near)).content.decode()
    root.post(url(world.near), {"requests_per_minute": "0"})
    assert "No limit." in root.get(url(world.near)).content.decode()


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"requests_per_minute": "many"}, "Enter the requests per minute as a whole number, or nothing."),
        ({"requests_per_minute": "-1"}, "Enter 0 or more requests per minute."),
        ({"requests_per_minute": "6000001"}, "Enter at most 6000000 requests per minute, or 0 for no limit."),
        ({"burst": "0"}, "Enter 1 or more requests at once."),
        ({"burst": "1000001"}, "Enter at most 1000000 requests at once."),
    ],
)
def test_refused_values_say_what_to_do(root, world, form, message):
    answer = root.post(url(world.near), form)
    assert answer.status_code == 422
    assert answer.content.decode().count(message) == 2


def test_the_second_save_shows_both_and_can_be_applied_again(root, world):
    version = root.get(url(world.near)).context["form"]["version"].value()
    actions.update_client(world.near, values={"requests_per_minute": 0, "burst": 5}, by=builders.BY)
    answer = root.post(url(world.near), {"requests_per_minute": "60", "burst": "5", "version": version})
    assert answer.status_code == 409
    differences = [(str(row.label), row.theirs, row.yours) for row in answer.context["differences"]]
    assert differences == [("Requests per minute", "0", "60")]
    assert answer.context["page"] == url(world.near)
    again = dict(answer.context["resent"]) | {"version": answer.context["version"]}
    assert root.post(answer.context["page"], again).status_code == 302
    assert stored(world.near) == (60, 5)


def test_a_clone_has_the_same_limits(root, world):
    actions.update_client(world.near, values={"requests_per_minute": 60, "burst": 5}, by=builders.BY)
    root.post(f"/system/oauth-clients/{world.near.pk}/clone/", {"name": "Twin"})
    assert stored(Client.objects.get(name="Twin")) == (60, 5)


def test_the_general_tab_leaves_them_alone(root, world):
    actions.update_client(world.near, values={"requests_per_minute": 60, "burst": 5}, by=builders.BY)
    page = root.get(f"/system/oauth-clients/{world.near.pk}/")
    assert "requests_per_minute" not in page.context["form"].fields
    form = {"name": "Renamed", "active": "on", "labels": [world.helsinki.pk]}
    assert root.post(f"/system/oauth-clients/{world.near.pk}/", form).status_code == 302
    assert stored(world.near) == (60, 5)
