"""Roles: list, General information, Assigned permissions, Members, deletion."""

import pytest

from clients.administration import Action, ObjectType
from clients.models import Administrator, AuditEntry, Role
from clients.roles import Assigned, Permission
from tests import builders

LIST = "/system/roles/"
CLIENT, VIEW, EDIT = ObjectType.CLIENT, Action.VIEW, Action.EDIT


def page_of(role, page=""):
    return f"{LIST}{role.pk}/{page}"


@pytest.fixture
def reader(world):
    return builders.make_role("Reader", Permission(CLIENT, VIEW))


def test_list_counts_members(root, world, reader):
    builders.make_holder(Assigned(reader))
    rows = root.get(LIST).context["rows"]
    assert {(row.name, row.members) for row in rows} == {("Everything labelled", 1), ("Reader", 1)}


def test_a_new_role_leads_to_its_permissions(root):
    answer = root.post(f"{LIST}add/", {"name": "Support", "description": "First line"})
    made = Role.objects.get(name="Support")
    assert answer.url == page_of(made, "permissions/")
    assert not made.permissions.exists()
    assert AuditEntry.objects.get(action="role_created", object_id=str(made.pk)).facts["name"] == "Support"


@pytest.mark.parametrize("name", ["reader", ""])
def test_refused_names(root, reader, name):
    other = builders.make_role("Other")
    assert root.post(f"{LIST}add/", {"name": name}).status_code == 422
    assert root.post(page_of(other), {"name": name}).status_code == 422


def test_save(root, world, reader):
    assert root.post(page_of(reader), {"name": "Readers", "short_description": "Look"}).status_code == 302
    root.post(page_of(reader), {"name": "Readers", "short_description": "Look"})
    entry = AuditEntry.objects.get(action="role_updated")  # what changed nothing left no entry
    assert entry.facts == {"name": ["Reader", "Readers"], "short_description": ["", "Look"]}


def test_permissions_are_added_limited_and_removed(root, world, reader):
    person = builders.make_holder(Assigned(reader), username="bo")
    permissions = page_of(reader, "permissions/")
    root.post(permissions, {"object": "client", "actions": ["view", "edit"], "labels": [world.hr.pk]})
    bo = Administrator.objects.get(pk=person.pk)
    assert bo.reach(EDIT, CLIENT) == bo.reach(VIEW, CLIENT) == {world.hr.pk, world.helsinki.pk}
    rows = root.get(permissions).context["permissions"]
    assert [(str(row.type), str(row.action), row.domain) for row in rows] == [
        ("OAuth client", "View", "HR"),
        ("OAuth client", "Edit", "HR"),
    ]
    root.post(f"{permissions}remove/", {"permission": ["client.edit"]})
    assert not Administrator.objects.get(pk=person.pk).may(EDIT, CLIENT)
    changes = AuditEntry.objects.filter(action="role_permissions_changed").order_by("pk")
    assert [entry.facts["permissions"] for entry in changes] == [
        [["client view"], ["client edit: HR", "client view: HR"]],
        [["client edit: HR", "client view: HR"], ["client view: HR"]],
    ]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"object": "client", "unlimited": "on"}, "Choose at least one action."),
        ({"object": "client", "actions": ["view"]}, "Choose labels, or switch on that there is no limit."),
        ({"object": "setting", "actions": ["delete"], "unlimited": "on"}, "There is no such permission"),
        ({"object": "user", "actions": ["view"], "labels": "hr"}, "Objects of this type bear no labels."),
        ({"object": "x", "actions": ["view"], "unlimited": "on"}, "Select a valid choice."),
    ],
)
def test_refused_permissions(root, world, reader, form, message):
    sent = form | ({"labels": [world.hr.pk]} if "labels" in form else {})
    answer = root.post(page_of(reader, "permissions/"), sent)
    assert answer.status_code == 422
    assert message in answer.content.decode()


def test_nobody_puts_more_into_a_role_than_he_may_do(client, world):
    editing = [Permission(ObjectType.ROLE, action) for action in (VIEW, EDIT)]
    own = builders.make_role("Own", *editing, Permission(CLIENT, VIEW, (world.hr,)))
    client.force_login(builders.make_holder(Assigned(own), username="bo"))
    sent = {"object": "client", "actions": ["view"]}
    refused = client.post(page_of(own, "permissions/"), sent | {"unlimited": "on"})
    assert "This is more than you may do yourself." in refused.content.decode()
    assert refused.status_code == 422
    assert client.post(page_of(own, "permissions/"), sent | {"unlimited": ""}).status_code == 422


def test_members_name_their_narrowing(root, world, reader):
    builders.make_holder(Assigned(reader, (world.hr,)), username="bo")
    page = root.get(page_of(reader, "members/")).content.decode()
    assert "bo</a>" in page
    assert ">HR</td>" in page


def test_a_held_role_is_not_deleted(root, world, reader):
    person = builders.make_holder(Assigned(reader))
    assert "1 administrator holds the role." in root.get(page_of(reader, "delete/")).content.decode()
    assert root.post(page_of(reader, "delete/")).status_code == 409
    person.assignments.all().delete()
    assert root.post(page_of(reader, "delete/")).url == LIST
    assert not Role.objects.filter(pk=reader.pk).exists()
    assert AuditEntry.objects.filter(action="role_deleted").exists()


def test_a_label_that_limits_is_in_use_and_its_loss_leaves_nothing(root, world):
    spare = builders.make_label("Spare")
    role = builders.make_role("Limited", Permission(CLIENT, VIEW, (spare,)))
    person = builders.make_holder(Assigned(role), username="bo")
    assert root.post(f"/system/permission-labels/{spare.pk}/delete/").status_code == 409
    usage = root.get(f"/system/permission-labels/{spare.pk}/usage/").context["usage"]
    assert [(bearer.name, str(bearer.type)) for bearer in usage.bearers] == [("Limited", "Role")]
    spare.delete()  # around the rules, as a script might
    assert Administrator.objects.get(pk=person.pk).reach(VIEW, CLIENT) == set()
    assert "Nothing: no label is left" in root.get(page_of(role, "permissions/")).content.decode()


def test_effective_permissions_of_a_role_alone(root, world):
    held = [Permission(CLIENT, VIEW, (world.hr,)), Permission(CLIENT, EDIT), Permission(ObjectType.EVENT, EDIT)]
    role = builders.make_role("Of all sorts", *held, Permission(ObjectType.ROLE, VIEW))
    rows = root.get(page_of(role, "effective-permissions/")).context["effective"]
    assert [(str(row.type), str(row.action), row.reaches) for row in rows] == [
        ("OAuth client", "View", "HR, HR / Helsinki"),
        ("OAuth client", "Edit", "HR, HR / Helsinki"),  # no further than it sees; and events it does not see
        ("Role", "View", "Everything"),
    ]
    empty = root.get(page_of(builders.make_role("Empty"), "effective-permissions/")).content.decode()
    assert "The role alone allows nothing." in empty
