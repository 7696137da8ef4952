"""The Matching tab: the order, what happens on a match, and the try-out by the code that decides."""

import pytest

from clients.administration import Action, ObjectType
from clients.models import AuditEntry
from clients.roles import Assigned, Permission
from scim.models import LmsUser, ScimLink
from tests.builders import make_holder, make_role, make_superadmin
from tests.scim.conftest import make_directory, person

pytestmark = pytest.mark.django_db
ORDER = {"key-0": "externalId", "key-1": "userName", "key-2": "email", "key-3": "employeeId", "existing_users": "link"}
BLANK = {"external_id": "", "user_name": "", "email": "", "employee_id": ""}
CREATED, LINKED, REFUSED = "a new user is created", "he is linked, not created again", "Refused with status 409"


@pytest.fixture
def url(directory):
    return f"/system/scim-configurations/{directory.configuration.pk}/matching/"


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


def tried(client, url, **values):
    answer = client.post(url, ORDER | BLANK | {"action": "try"} | values)
    assert answer.status_code == 200
    return answer.content.decode()


def test_order_and_what_happens_are_saved(superadmin, directory, url):
    values = {"key-0": "employeeId", "key-1": "", "key-2": "userName", "key-3": "", "existing_users": "refuse"}
    assert superadmin.post(url, values).url == url
    directory.configuration.refresh_from_db()
    assert directory.configuration.matching == ["employeeId", "userName"]
    assert directory.configuration.existing_users == "refuse"
    facts = AuditEntry.objects.get(action="scim_configuration_updated").facts
    assert facts["existing_users"] == ["link", "refuse"]


@pytest.mark.parametrize("values", [{f"key-{n}": "" for n in range(4)}, {"key-1": "externalId"}, {"key-0": "colour"}])
def test_what_is_no_order_is_refused(superadmin, url, values):
    assert superadmin.post(url, ORDER | values).status_code == 422


def test_nobody_is_found(superadmin, url):
    assert CREATED in tried(superadmin, url, user_name="nobody")


def test_somebody_is_found_and_named(superadmin, directory, url):
    LmsUser.objects.create(user_name="aino", email="aino@x.test")
    page = tried(superadmin, url, user_name="AINO", email="aino@x.test")
    assert LINKED in page
    assert page.count(">aino</a>") == 2
    assert not ScimLink.objects.exists()
    assert directory.post(person("aino")).status_code == 201


def test_the_order_on_the_page_counts_and_is_not_saved(superadmin, directory, url):
    LmsUser.objects.create(user_name="aino")
    values = {f"key-{n}": "" for n in range(4)} | {"key-0": "email"}
    assert CREATED in tried(superadmin, url, user_name="aino", **values)
    directory.configuration.refresh_from_db()
    assert len(directory.configuration.matching) == 4


@pytest.mark.parametrize("reason", ["different", "refuse", "scope", "live"])
def test_refused_as_a_request_is(superadmin, directory, url, reason):
    values = {"user_name": "aino", "email": "aino@x.test"}
    LmsUser.objects.create(user_name="aino", email="aino@x.test")
    if reason == "different":
        values["email"] = "bo@x.test"
        LmsUser.objects.create(user_name="bo", email="bo@x.test")
    if reason == "refuse":
        values["existing_users"] = directory.configuration.existing_users = "refuse"
    if reason == "scope":
        directory.configuration.scope_rule = {"field": "division", "op": "equals", "value": "N"}
    directory.configuration.save()
    if reason == "live":
        make_directory("theirs").created("aino")
    assert REFUSED in tried(superadmin, url, **values)
    body = person("aino", emails=[{"value": values["email"], "type": "work"}])
    assert directory.post(body).status_code == 409


def test_who_may_not_see_users_is_told_no_name(client, url):
    LmsUser.objects.create(user_name="aino", email="secret@x.test")
    LmsUser.objects.create(user_name="bo", email="bo@x.test")
    actions = (Action.VIEW, Action.EDIT)
    role = make_role("Configures", *(Permission(ObjectType.SCIM_CONFIGURATION, one) for one in actions))
    client.force_login(make_holder(Assigned(role)))
    page = tried(client, url, user_name="aino", email="bo@x.test")
    assert page.count("somebody outside your permissions") == 2
    assert "name different users" not in page


def test_who_may_only_look_changes_nothing(client, url):
    role = make_role("Looks", Permission(ObjectType.SCIM_CONFIGURATION, Action.VIEW))
    client.force_login(make_holder(Assigned(role)))
    assert "Save" not in client.get(url).content.decode()
    assert client.post(url, ORDER).status_code == 403
