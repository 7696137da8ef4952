"""Two administrators save the same client: the second one sees what differs, and chooses."""

import pytest
from django.test import Client as Browser

from clients import actions
from clients.models import Client
from tests import builders


def opened(browser, world):
    """The form as it stands in a browser."""
    form = browser.get(f"/system/oauth-clients/{world.near.pk}/").context["form"]
    return {"name": "Near", "active": "on", "labels": [world.helsinki.pk], "version": form["version"].value()}


def save(browser, world, form):
    return browser.post(f"/system/oauth-clients/{world.near.pk}/", form)


def test_the_second_save_changes_nothing_and_shows_both(root, world):
    theirs, mine = opened(root, world), opened(root, world)
    assert save(root, world, theirs | {"name": "Theirs", "lrs_own": "on"}).status_code == 302
    answer = save(root, world, mine | {"name": "Mine", "labels": [world.partners.pk]})
    assert answer.status_code == 409
    assert "root saved it" in answer.content.decode()
    differences = [(str(row.label)[:14], row.theirs, row.yours) for row in answer.context["differences"]]
    assert differences == [
        ("Name", "Theirs", "Mine"),
        ("Permission lab", "HR / Helsinki", "Partners"),
        ("Allow LRS acce", "Yes", "No"),
    ]
    assert Client.objects.get(pk=world.near.pk).name == "Theirs"


def test_apply_mine_again(root, world):
    mine = opened(root, world)
    actions.update_client(world.near, values={"name": "Theirs"}, by=builders.BY)
    answer = save(root, world, mine | {"name": "Mine"})
    assert "It was saved" in answer.content.decode()
    again = dict(answer.context["resent"]) | {"version": answer.context["version"]}
    assert save(root, world, again).status_code == 302
    assert Client.objects.get(pk=world.near.pk).name == "Mine"


def test_the_same_twice_differs_in_nothing(root, world):
    first, second = opened(root, world), opened(root, world)
    save(root, world, first | {"name": "New"})
    answer = save(root, world, second | {"name": "New"})
    assert answer.status_code == 409
    assert "Nothing: the same was saved already." in answer.content.decode()


@pytest.mark.parametrize("version", ["", "x", "2020-01-01T00:00:00+00:00"])
def test_other_versions(root, world, version):
    answer = save(root, world, opened(root, world) | {"version": version})
    assert answer.status_code == (409 if version else 302)  # a script that sends none is not asked


def test_a_new_credential_does_not_stand_in_the_way(root, world):
    mine = opened(root, world)
    actions.regenerate_secret(world.near, by=builders.BY)
    assert save(root, world, mine).status_code == 302


def test_names_out_of_reach_are_not_compared(client, world):
    world.near.labels.add(world.partners)
    browser = Browser()
    browser.force_login(world.anna)
    mine = opened(browser, world)
    actions.update_client(world.near, values={"name": "Theirs"}, by=builders.BY)
    answer = save(browser, world, mine)
    assert answer.status_code == 409
    assert "Partners" not in answer.content.decode()
    assert [str(row.label) for row in answer.context["differences"]] == ["Name"]
