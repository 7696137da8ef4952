"""Create a client, and its General tab."""

import pytest

from clients.models import AuditEntry, Client
from tests import builders

ADD = "/system/oauth-clients/add/"
KEPT = "you could not open the client yourself"


def general(client):
    return f"/system/oauth-clients/{client.pk}/"


def filled(client, **changes):
    form = {"name": client.name, "short_description": client.short_description, "active": "on"}
    return form | {"labels": [str(label.pk) for label in client.labels.all()]} | changes


def test_created_client_opens_on_general_with_everything_off(root, world):
    answer = root.post(ADD, {"name": "New", "short_description": "For tests", "labels": [world.hr.pk]}, follow=True)
    made = Client.objects.get(name="New")
    assert answer.redirect_chain == [(general(made), 302)]
    assert "Client created. Next: generate a secret or a token on the Credentials tab." in answer.content.decode()
    assert made.active
    assert [made.lrs_own, made.lrs_full_read, made.shared_events] == [False, False, False]
    assert made.scim_configuration is None
    assert made.credentials.count() == 0
    assert made.created_by == world.root
    entry = AuditEntry.objects.get(action="client_created", object_id=str(made.pk))
    assert entry.facts == {"name": "New", "short_description": "For tests", "labels": ["HR"]}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": ""}, "Enter a name for the client."),
        ({"name": "   "}, "Enter a name for the client."),
        ({"name": "n" * 121}, "Name must be 120 characters or fewer (now 121)."),
        ({"name": "n", "short_description": "d" * 232}, "Short description must be 200 characters or fewer (now 232)."),
        ({"name": "n", "labels": ["999999"]}, "Choose labels from the list."),
        ({"name": "n", "labels": ["x'"]}, "Choose labels from the list."),
        ({"name": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_refused_form_says_what_to_do(root, form, message):
    answer = root.post(ADD, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(message) == 2  # in the summary and at the field
    assert "<title>Error: " in page
    assert form["name"] in page or "\0" in form["name"]


def test_limited_administrator_needs_a_label_in_reach(anna, world):
    assert KEPT in anna.post(ADD, {"name": "New"}).content.decode()
    assert anna.post(ADD, {"name": "New", "labels": [world.partners.pk]}).status_code == 422
    assert anna.post(ADD, {"name": "New", "labels": [world.helsinki.pk]}).status_code == 302


def test_all_eight_fields_by_their_exact_words(root, world):
    page = root.get(general(world.near)).content.decode()
    for words in [
        "Name",
        "Short description",
        "Active",
        "Permission labels",
        "SCIM configuration",
        "Allow LRS access — read and write access to statements created by this client",
        "Allow LRS access — full read access to all data",
        "Allow shared events access — for synchronizing events with other LMSes",
    ]:
        assert words in page


def test_save_changes_everything_and_audits_old_and_new(root, world):
    configuration = builders.make_configuration(name="Workday")
    form = filled(
        world.near,
        name="Renamed",
        lrs_own="on",
        lrs_full_read="on",
        confirm_full_read="on",
        shared_events="on",
        scim_configuration=configuration.pk,
        labels=[world.partners.pk],
    )
    del form["active"]
    answer = root.post(general(world.near), form, follow=True)
    assert "Changes saved." in answer.content.decode()
    world.near.refresh_from_db()
    assert (world.near.name, world.near.active, world.near.lrs_own) == ("Renamed", False, True)
    assert (world.near.lrs_full_read, world.near.shared_events) == (True, True)
    assert world.near.scim_configuration == configuration
    assert [label.name for label in world.near.labels.all()] == ["Partners"]
    facts = AuditEntry.objects.get(action="client_updated").facts
    assert facts["lrs_full_read"] == [False, True]
    assert facts["labels"] == [["HR / Helsinki"], ["Partners"]]
    assert facts["scim_configuration"] == [None, "Workday"]


def test_labels_outside_reach_survive_and_the_last_one_inside_stays(anna, world):
    world.near.labels.add(world.partners)
    page = anna.get(general(world.near)).content.decode()
    assert "Outside your permissions" in page
    assert anna.post(general(world.near), filled(world.near, labels=[world.hr.pk])).status_code == 302
    assert {label.name for label in world.near.labels.all()} == {"HR", "Partners"}
    answer = anna.post(general(world.near), filled(world.near, labels=[]))
    assert answer.status_code == 422
    assert KEPT in answer.content.decode()
    assert {label.name for label in world.near.labels.all()} == {"HR", "Partners"}


def test_labels_out_of_reach_are_not_named(anna, world):
    assert "Partners" not in anna.get(general(world.near)).content.decode()


def test_configurations_within_reach_are_offered(anna, world):
    inside, outside = builders.make_configuration(name="Inside"), builders.make_configuration(name="Outside")
    inside.labels.add(world.helsinki)
    page = anna.get(general(world.near)).content.decode()
    assert "Inside" in page
    assert "Outside" not in page
    answer = anna.post(general(world.near), filled(world.near, scim_configuration=outside.pk))
    assert "Choose a SCIM configuration from the list." in answer.content.decode()
    assert answer.status_code == 422


def test_configuration_outside_reach_is_kept(anna, world):
    outside = builders.make_configuration(name="Outside")
    Client.objects.filter(pk=world.near.pk).update(scim_configuration=outside)
    page = anna.get(general(world.near)).content.decode()
    assert "Set, outside your permissions" in page
    assert "Outside<" not in page
    assert anna.post(general(world.near), filled(world.near, scim_configuration="")).status_code == 302
    world.near.refresh_from_db()
    assert world.near.scim_configuration == outside


def test_inactive_configuration_is_marked(root, world):
    builders.make_configuration(name="Pilot", active=False)
    assert "Pilot (not active)" in root.get(general(world.near)).content.decode()


@pytest.mark.parametrize("granted", [True, False])
def test_full_read_is_for_administrators_who_may_view_all_statements(anna, world, granted):
    Client.objects.filter(pk=world.near.pk).update(lrs_full_read=granted)
    page = anna.get(general(world.near)).content.decode()
    assert "Only administrators who may view all statements can change this" in page
    anna.post(general(world.near), filled(world.near, **({} if granted else {"lrs_full_read": "on"})))
    world.near.refresh_from_db()
    assert world.near.lrs_full_read is granted


@pytest.mark.parametrize("enabled", [True, False])
def test_shared_events_switch_says_when_it_has_no_effect(root, world, enabled):
    builders.enable_shared_events(enabled=enabled)
    words = "Shared events are off for this LMS: this has no effect now."
    assert (words in root.get(general(world.near)).content.decode()) is not enabled


def test_about_names_who_and_when(root, world):
    root.post(general(world.near), filled(world.near, name="Renamed"))
    page = root.get(general(world.near)).content.decode()
    assert "just now</time> by root" in page


class TestFullRead:
    CONFIRM = {"confirm_full_read": "on"}

    def test_switching_it_on_needs_the_second_tick(self, root, world):
        answer = root.post(general(world.near), filled(world.near, lrs_full_read="on"))
        assert answer.status_code == 422
        assert answer.content.decode().count("Tick the box to confirm.") == 2  # in the summary and at the field
        world.near.refresh_from_db()
        assert not world.near.lrs_full_read
        root.post(general(world.near), filled(world.near, lrs_full_read="on", **self.CONFIRM))
        world.near.refresh_from_db()
        assert world.near.lrs_full_read

    def test_the_tick_alone_switches_nothing_on(self, root, world):
        assert root.post(general(world.near), filled(world.near, **self.CONFIRM)).status_code == 302
        world.near.refresh_from_db()
        assert not world.near.lrs_full_read

    def test_it_is_not_asked_where_it_was_on_already(self, root, world):
        Client.objects.filter(pk=world.near.pk).update(lrs_full_read=True)
        assert "confirm_full_read" not in root.get(general(world.near)).content.decode()
        assert root.post(general(world.near), filled(world.near, lrs_full_read="on", name="Other")).status_code == 302
        world.near.refresh_from_db()
        assert (world.near.name, world.near.lrs_full_read) == ("Other", True)

    def test_who_may_not_grant_it_is_not_asked(self, anna, world):
        assert "confirm_full_read" not in anna.get(general(world.near)).content.decode()
        assert anna.post(general(world.near), filled(world.near, name="Other")).status_code == 302
