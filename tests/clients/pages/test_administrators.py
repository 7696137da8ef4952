"""Administrators: list, add, General, Roles, Effective permissions; and what nobody may do to whom."""

import pytest
from django.test import Client

from clients.administration import Action, ObjectType
from clients.models import Administrator, AuditEntry
from clients.roles import Assigned, Permission, store_assignments
from tests import builders
from tests.clients.pages.test_lms_settings import FORM

LIST = "/system/administrators/"
ADMIN, VIEW, EDIT = ObjectType.ADMINISTRATOR, Action.VIEW, Action.EDIT


def page_of(person, page=""):
    return f"{LIST}{person.pk}/{page}"


@pytest.fixture
def clerk(world):
    """May manage administrators, and view clients that bear HR; nothing else."""
    managing = [Permission(ADMIN, action) for action in (VIEW, Action.ADD, EDIT)]
    viewing = Permission(ObjectType.CLIENT, VIEW, (world.hr,))
    return builders.make_holder(Assigned(builders.make_role("Clerk", *managing, viewing)), username="clerk")


@pytest.fixture
def reader(world):
    return builders.make_role("Client reader", Permission(ObjectType.CLIENT, VIEW))


def test_list_shows_name_email_roles_and_last_login(root, world):
    page = root.get(LIST)
    assert [str(head.label) for head in page.context["listing"].heads] == [
        "Name",
        "Email",
        "Roles",
        "Last login",
        "Blocked",
    ]
    assert [row.username for row in page.context["rows"]] == ["anna", "nobody", "root"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("role=none", ["nobody"]),
        ("role=superadmin", ["root"]),
        ("role=some", ["anna", "root"]),  # a blocked one may do nothing, nor may one whose role allows nothing
        ("blocked=yes", ["gone"]),
        ("q=ann", ["anna"]),
        ("role=%27", ["anna", "gone", "nobody", "root"]),
    ],
)
def test_filters(root, world, query, names):
    gone = builders.make_administrator(world.hr, username="gone")
    Administrator.objects.filter(pk=gone.pk).update(is_active=False)
    store_assignments(world.nobody, [Assigned(builders.make_role("Empty"))] if query == "role=some" else [])
    assert [row.username for row in root.get(f"{LIST}?{query}").context["rows"]] == names


def test_filter_by_one_role(root, world, reader):
    builders.make_holder(Assigned(reader), username="bo")
    assert [row.username for row in root.get(f"{LIST}?role={reader.pk}").context["rows"]] == ["bo"]


@pytest.mark.parametrize("employee_ids", [False, True])
def test_download(root, world, employee_ids):
    settings = FORM | {"employee_ids_in_use": employee_ids or ""}
    assert root.post("/system/settings/", settings).status_code == 302
    lines = b"".join(root.get(f"{LIST}download/").streaming_content).decode().splitlines()
    assert ("Employee ID" in lines[0]) is employee_ids
    assert len(lines) == 4
    assert lines[3].startswith("root,")
    assert "Superadmin" in lines[3]


def test_number_of_queries_does_not_grow(root, world, reader, django_assert_max_num_queries):
    for _ in range(20):
        builders.make_holder(Assigned(reader))
    with django_assert_max_num_queries(9):
        root.get(LIST)


def test_add_shows_a_one_time_password_that_opens_the_pages_once(root, world, reader):
    form = {
        "username": "bo",
        "first_name": "Bo",
        "email": "bo@example.org",
        "roles": [reader.pk],
        "labels": [world.hr.pk],
    }
    answer = root.post(f"{LIST}add/", form)
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    bo = Administrator.objects.get(username="bo")
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert bo.created_by == world.root
    assert bo.reach(VIEW, ObjectType.CLIENT) == {world.hr.pk, world.helsinki.pk}
    facts = AuditEntry.objects.get(action="administrator_created").facts
    assert facts == {"superadmin": False, "roles": ["Client reader: HR"]}
    browser = Client()
    browser.post("/account/login/", {"username": "bo", "password": password})
    assert browser.get("/system/").url == "/account/password/"
    assert root.post(f"{LIST}add/", form).status_code == 422  # a reload makes nobody twice


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"username": ""}, "Enter a user name to log in with."),
        ({"username": "ROOT"}, "Somebody has this user name already."),
        ({"username": "a b!"}, "Enter a valid username."),
        ({"username": "bo", "email": "bo"}, "Enter an address like anna@example.org."),
        ({"username": "bo", "roles": ["0"]}, "Choose roles from the list."),
        ({"username": "bo", "roles": ["x"]}, "Choose roles from the list."),
        ({"username": "bo", "roles": "role"}, "Choose labels, or switch on that there is no limit."),
        ({"username": "bo", "roles": "role", "unlimited": "on", "labels": "hr"}, "Take the labels off"),
    ],
)
def test_refused_additions(root, world, reader, form, message):
    known = {"role": [reader.pk], "hr": [world.hr.pk]}
    answer = root.post(f"{LIST}add/", {name: known.get(str(value), value) for name, value in form.items()})
    assert answer.status_code == 422
    assert message in answer.content.decode()


def test_save_is_audited_old_and_new(root, world):
    root.post(page_of(world.anna), {"first_name": "Anna", "email": "anna@example.org", "blocked": "on"})
    entry = AuditEntry.objects.get(action="administrator_updated")
    assert entry.facts == {
        "first_name": ["", "Anna"],
        "email": ["", "anna@example.org"],
        "is_active": [True, False],
    }


def test_blocked_administrator_is_logged_out_at_once(root, world):
    browser = Client()
    browser.force_login(world.anna)
    assert browser.get("/system/").status_code == 200
    root.post(page_of(world.anna), {"blocked": "on"})
    assert browser.get("/system/").url.startswith("/account/login/")


@pytest.mark.parametrize("form", [{"is_superuser": "on", "blocked": "on"}, {}])
def test_last_superadmin_stays(root, world, form):
    builders.make_superadmin("gone")
    Administrator.objects.filter(username="gone").update(is_active=False)
    answer = root.post(page_of(world.root), form)
    assert answer.status_code == 422
    assert "This is the last superadmin who can log in" in answer.content.decode()
    assert Administrator.objects.get(pk=world.root.pk).is_superuser


def test_one_of_two_superadmins_may_go(root, world):
    second = builders.make_superadmin("second")
    assert root.post(page_of(second), {}).status_code == 302
    assert not Administrator.objects.get(pk=second.pk).is_superuser


def test_only_superadmins_change_superadmins_or_make_them(client, world, clerk):
    client.force_login(clerk)
    assert "Save" not in client.get(page_of(world.root)).content.decode()
    assert client.post(page_of(world.root), {"blocked": "on"}).status_code == 403
    assert client.post(page_of(world.root, "roles/"), {}).status_code == 403
    client.post(page_of(world.nobody), {"is_superuser": "on"})
    client.post(f"{LIST}add/", {"username": "bo", "is_superuser": "on"})
    assert set(Administrator.objects.filter(is_superuser=True)) == {world.root}


def test_roles_are_assigned_narrowed_and_removed(root, world, reader):
    roles = page_of(world.nobody, "roles/")
    assert root.post(roles, {"role": reader.pk, "unlimited": "on"}).status_code == 302
    assert Administrator.objects.get(username="nobody").reach(VIEW, ObjectType.CLIENT) is None
    root.post(roles, {"role": reader.pk, "labels": [world.partners.pk]})
    assert Administrator.objects.get(username="nobody").reach(VIEW, ObjectType.CLIENT) == {world.partners.pk}
    assert "Partners" in root.get(roles).content.decode()
    root.post(f"{roles}remove/", {"role": [reader.pk, "x"]})
    assert not Administrator.objects.get(username="nobody").assignments.exists()
    changes = AuditEntry.objects.filter(action="administrator_roles_changed").order_by("pk")
    assert [entry.facts["roles"] for entry in changes] == [
        [[], ["Client reader"]],
        [["Client reader"], ["Client reader: Partners"]],
        [["Client reader: Partners"], []],
    ]


def test_nobody_assigns_more_than_he_may_do(client, world, clerk, reader):
    client.force_login(clerk)
    roles = page_of(world.nobody, "roles/")
    refused = client.post(roles, {"role": reader.pk, "unlimited": "on"})
    assert refused.status_code == 422
    assert "The role allows more than you may." in refused.content.decode()
    assert not world.nobody.assignments.exists()
    add = {"username": "bo", "roles": [reader.pk], "unlimited": "on"}
    assert "These allow more than you may: Client reader." in client.post(f"{LIST}add/", add).content.decode()


def test_nobody_hands_himself_more(client, world, clerk, reader):
    client.force_login(clerk)
    assert client.post(page_of(clerk, "roles/"), {"role": reader.pk, "unlimited": "on"}).status_code == 422
    assert Administrator.objects.get(pk=clerk.pk).reach(VIEW, ObjectType.CLIENT) == {world.hr.pk, world.helsinki.pk}


def test_effective_permissions_name_reach_and_source(root, world, reader):
    editor = builders.make_role("Editor", Permission(ObjectType.CLIENT, VIEW), Permission(ObjectType.CLIENT, EDIT))
    bo = builders.make_holder(Assigned(reader, (world.partners,)), Assigned(editor, (world.hr,)), username="bo")
    rows = root.get(page_of(bo, "effective-permissions/")).context["effective"]
    shown = [(str(row.action), row.domain, [(each.role, each.domain) for each in row.sources]) for row in rows]
    everywhere, hr = "HR, Partners", "HR"
    assert [(action, reach, sorted(sources)) for action, reach, sources in shown] == [
        ("View", everywhere, [("Client reader", "Partners"), ("Editor", hr)]),
        ("Edit", hr, [("Editor", hr)]),
    ]


def test_effective_permissions_of_superadmins_and_of_nobody(root, world):
    assert "A superadmin may do everything" in root.get(page_of(world.root, "effective-permissions/")).content.decode()
    assert "No permissions" in root.get(page_of(world.nobody, "effective-permissions/")).content.decode()
