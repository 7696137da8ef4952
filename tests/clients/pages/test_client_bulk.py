"""One change to several clients: nothing before it is confirmed, and a result for each."""

import pytest

from clients import actions
from clients.models import AuditEntry, Client
from tests import builders

BULK = "/system/oauth-clients/bulk/"


def sent(world, change, *clients, label="", confirmed=True):
    form = {"client": [client.pk for client in clients], "change": change, "label": label and label.pk}
    return form | ({"confirmed": "yes"} if confirmed else {})


def results(answer):
    return {row.client.name: str(row.hindrance) for row in answer.context["rows"]}


def test_the_list_offers_it_to_who_may_edit(client, world):
    for user, offered in ((world.root, True), (world.anna, True), (world.nobody, False)):
        client.force_login(user)
        assert (BULK in client.get("/system/oauth-clients/").content.decode()) is offered


def test_a_preview_changes_nothing(root, world):
    actions.update_client(world.far, values={"active": False}, by=builders.BY)
    answer = root.post(BULK, sent(world, "deactivate", world.near, world.far, confirmed=False))
    assert results(answer) == {"Near": "", "Far": "It is not active already."}
    assert "1 client changes." in answer.content.decode()
    assert Client.objects.get(pk=world.near.pk).active


def test_each_client_has_its_result_and_its_entry(root, world):
    answer = root.post(BULK, sent(world, "deactivate", world.near, world.far))
    assert results(answer) == {"Near": "", "Far": ""}
    assert "2 clients were changed." in answer.content.decode()
    assert Client.objects.filter(active=False).count() == 2
    entries = AuditEntry.objects.filter(action="client_updated")
    assert [entry.facts for entry in entries] == [{"active": [True, False]}] * 2
    assert results(root.post(BULK, sent(world, "activate", world.near, world.bare)))["Bare"] == "It is active already."


def test_labels_are_added_and_removed(root, world):
    answer = root.post(BULK, sent(world, "add-label", world.near, world.far, label=world.partners))
    assert results(answer) == {"Near": "", "Far": "It bears the label already."}
    assert {label.name for label in world.near.labels.all()} == {"Helsinki", "Partners"}
    answer = root.post(BULK, sent(world, "remove-label", world.near, world.bare, label=world.partners))
    assert results(answer) == {"Near": "", "Bare": "It does not bear the label."}
    assert {label.name for label in world.near.labels.all()} == {"Helsinki"}


def test_out_of_reach_is_out_of_sight(anna, world):
    answer = anna.post(BULK, sent(world, "deactivate", world.near, world.far))
    assert results(answer) == {"Near": ""}
    assert Client.objects.get(pk=world.far.pk).active


def test_the_last_label_that_gives_access_stays(anna, world):
    world.near.labels.add(world.partners)
    answer = anna.post(BULK, sent(world, "remove-label", world.near, label=world.helsinki))
    assert results(answer) == {"Near": "This is the last label that gives you access."}
    assert {label.name for label in world.near.labels.all()} == {"Helsinki", "Partners"}


@pytest.mark.parametrize(
    ("change", "label", "message"),
    [
        ("", "", "Choose what to do."),
        ("regenerate", "", "Select a valid choice"),
        ("add-label", "", "Choose a label."),
        ("add-label", "partners", "Choose a label from the list."),
    ],
)
def test_refusals(anna, world, change, label, message):
    answer = anna.post(BULK, sent(world, change, world.near, label=getattr(world, label) if label else ""))
    assert answer.status_code == 422
    assert message in answer.content.decode()


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 30], ["0"]])
def test_nothing_ticked(root, world, ticked):
    answer = root.post(BULK, {"client": ticked, "change": "activate"})
    assert "Tick at least one client in the list" in answer.content.decode()
