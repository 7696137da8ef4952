"""Permission labels: list, form, Usage, moving and deleting."""

import pytest

from clients.administration import Action, ObjectType
from clients.models import AuditEntry, PermissionLabel
from clients.roles import Assigned, Permission
from tests import builders

LIST = "/system/permission-labels/"


def page_of(label, page=""):
    return f"{LIST}{label.pk}/{page}"


def filled(label, **changes):
    parent = {"parent": label.parent_id} if label.parent_id else {}
    return {"name": label.name, "short_description": "", "description": "", **parent, **changes}


def test_list_shows_name_description_updated_and_only_what_is_in_reach(anna):
    page = anna.get(LIST)
    assert [str(head.label) for head in page.context["listing"].heads] == ["Name", "Description", "Updated"]
    assert [label.name for label in page.context["listing"].page] == ["Helsinki", "HR"]
    assert "HR / Helsinki" in page.content.decode()


def test_add_leads_to_the_label(root, world):
    answer = root.post(f"{LIST}add/", {"name": "Espoo", "parent": world.hr.pk, "description": "South"})
    made = PermissionLabel.objects.get(name="Espoo")
    assert answer.url == page_of(made)
    assert (made.parent, made.description, made.created_by) == (world.hr, "South", world.root)
    assert AuditEntry.objects.get(action="label_created").facts == {"path": "HR / Espoo"}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": ""}, "Enter a name for the label."),
        ({"name": "hr"}, "A label beside it has this name already."),
        ({"name": "HELSINKI", "parent": "hr"}, "A label beside it has this name already."),
        ({"name": "New", "parent": "999999"}, "Choose a parent label from the list."),
    ],
)
def test_refused_labels(root, world, form, message):
    if form.get("parent") == "hr":
        form = form | {"parent": world.hr.pk}
    answer = root.post(f"{LIST}add/", form)
    assert answer.status_code == 422
    assert answer.content.decode().count(message) == 2


def test_the_same_name_may_stand_below_another_parent(root, world):
    assert root.post(f"{LIST}add/", {"name": "Helsinki", "parent": world.partners.pk}).status_code == 302


def test_limited_administrator_adds_below_labels_in_reach_only(anna, world):
    assert anna.post(f"{LIST}add/", {"name": "Top"}).status_code == 422
    assert anna.post(f"{LIST}add/", {"name": "X", "parent": world.partners.pk}).status_code == 422
    assert anna.post(f"{LIST}add/", {"name": "Espoo", "parent": world.hr.pk}).status_code == 302


def test_limited_administrator_cannot_move_the_label_that_gives_access(anna, world):
    page = anna.get(page_of(world.hr)).content.decode()
    assert "Only administrators who reach the parent can move this label." in page
    assert anna.post(page_of(world.hr), filled(world.hr, parent=world.helsinki.pk, name="People")).status_code == 302
    world.hr.refresh_from_db()
    assert (world.hr.name, world.hr.parent) == ("People", None)


def test_no_cycles(root, world):
    answer = root.post(page_of(world.hr), filled(world.hr, parent=world.helsinki.pk))
    assert answer.status_code == 422
    assert "Choose a parent label from the list." in answer.content.decode()


def test_moving_names_whom_it_affects_before_it_happens(root, world):
    builders.make_administrator(world.partners, username="bo")
    moved = filled(world.helsinki, parent=world.partners.pk)
    asked = root.post(page_of(world.helsinki), moved)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "1 administrator gains access: bo" in page
    assert "1 administrator loses access: anna" in page
    world.helsinki.refresh_from_db()
    assert world.helsinki.parent == world.hr
    assert root.post(page_of(world.helsinki), moved | {"confirm": "on"}).status_code == 302
    world.helsinki.refresh_from_db()
    assert world.helsinki.parent == world.partners
    assert AuditEntry.objects.get(action="label_updated").facts == {"parent": ["HR", "Partners"]}


def test_moving_counts_what_roles_and_narrowings_leave_together(root, world):
    role = builders.make_role("Partner reader", Permission(ObjectType.CLIENT, Action.VIEW, (world.partners,)))
    builders.make_holder(Assigned(role), username="by-role")
    builders.make_holder(Assigned(role, (world.helsinki,)), username="by-both")
    builders.make_holder(Assigned(role, (world.hr,)), username="by-neither")
    asked = root.post(page_of(world.helsinki), filled(world.helsinki, parent=world.partners.pk))
    assert [str(person) for person in asked.context["gain"]] == ["by-both", "by-role"]
    assert [str(person) for person in asked.context["lose"]] == ["anna"]


def test_moving_that_affects_nobody_asks_nothing(root, world):
    lonely = builders.make_label("Lonely", world.partners)
    assert root.post(page_of(lonely), filled(lonely, parent="")).status_code == 302


def test_usage_lists_what_bears_the_label(root, world):
    builders.make_configuration(name="Workday", active=False).labels.add(world.hr)
    bearers = root.get(page_of(world.hr, "usage/")).context["usage"].bearers
    assert [(bearer.name, str(bearer.type), bearer.active) for bearer in bearers] == [
        ("Workday", "scim configuration", False),
        ("Helsinki", "Label below it", None),
        ("anna", "Administrator", True),
    ]


def test_usage_hides_administrators_from_limited_ones(anna, world):
    page = anna.get(page_of(world.hr, "usage/")).content.decode()
    assert "It is also in use outside your permissions." in page
    assert "Administrator</td>" not in page


@pytest.mark.parametrize("name", ["hr", "helsinki", "partners"])
def test_label_in_use_is_not_deleted(root, world, name):
    label = getattr(world, name)
    assert "cannot be deleted while it is in use" in root.get(page_of(label, "delete/")).content.decode()
    assert root.post(page_of(label, "delete/")).status_code == 409
    assert PermissionLabel.objects.filter(pk=label.pk).exists()


def test_unused_label_is_deleted_after_asking(root):
    label = builders.make_label("Spare")
    assert "<h1>Delete the label?</h1>" in root.get(page_of(label, "delete/")).content.decode()
    assert root.post(page_of(label, "delete/")).url == LIST
    assert not PermissionLabel.objects.filter(name="Spare").exists()
    assert AuditEntry.objects.get(action="label_deleted").facts == {"path": "Spare"}


@pytest.mark.parametrize(("who", "queries"), [("root", 5), ("anna", 10)])
def test_number_of_queries_does_not_grow_with_labels(client, world, django_assert_num_queries, who, queries):
    for number in range(30):
        builders.make_label(f"Label {number}", world.helsinki)
    client.force_login(getattr(world, who))
    with django_assert_num_queries(queries):
        assert client.get(LIST).status_code == 200
