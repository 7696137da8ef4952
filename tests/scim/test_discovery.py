"""ServiceProviderConfig, ResourceTypes and Schemas say what is there, and only that."""

import pytest

from clients.models import LmsSettings
from tests.scim.conftest import CORE, ENTERPRISE, GROUP, assert_refused

pytestmark = pytest.mark.django_db


def test_capabilities_are_the_real_ones(directory):
    """RFC 7643 §5."""
    config = directory.get("/ServiceProviderConfig").json()
    supported = {
        name: config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    }
    assert supported == {
        "patch": True,
        "bulk": True,
        "filter": True,
        "changePassword": False,
        "sort": True,
        "etag": True,
    }
    assert config["filter"]["maxResults"] == 200
    assert (config["pagination"]["index"], config["pagination"]["cursor"]) == (True, True)
    assert [scheme["type"] for scheme in config["authenticationSchemes"]] == ["oauthbearertoken"]


@pytest.mark.parametrize(("path", "total"), [("/ResourceTypes", 2), ("/Schemas", 3)])
def test_lists_count_what_they_hold(directory, path, total):
    body = directory.get(path).json()
    assert (body["totalResults"], len(body["Resources"])) == (total, total)
    assert "null" not in directory.get(path).content.decode()


@pytest.mark.parametrize(
    "path",
    ["/ResourceTypes/User", "/ResourceTypes/Group", f"/Schemas/{CORE}", f"/Schemas/{ENTERPRISE}", f"/Schemas/{GROUP}"],
)
def test_each_entry_has_its_own_address(directory, path):
    answer = directory.get(path)
    assert answer.status_code == 200
    assert answer.json()["meta"]["location"].endswith(path)


def test_a_password_is_neither_published_nor_returned_nor_kept(directory):
    assert "password" not in directory.get("/Schemas").content.decode()
    user = directory.created(password="s3cret-p4ssword")
    stored = directory.configuration.links.get(scim_id=user["id"])
    assert "s3cret" not in str(user) + str(stored.data)
    assert directory.patch(user["id"], {"op": "replace", "path": "password", "value": "x"}).status_code == 200


@pytest.mark.parametrize(("in_use", "required"), [(False, True), (True, False)])
def test_emails_are_required_unless_employee_ids_are_in_use(directory, in_use, required):
    LmsSettings.objects.update_or_create(pk=1, defaults={"employee_ids_in_use": in_use})
    LmsSettings.forget()
    attributes = directory.get(f"/Schemas/{CORE}").json()["attributes"]
    assert next(one for one in attributes if one["name"] == "emails")["required"] is required


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Users"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_methods_that_are_not_there_are_named_by_allow(directory, path, method):
    answer = directory.send(method, path)
    assert_refused(answer, 405)
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_client_is_nobody(directory, method):
    """RFC 7644 §3.11."""
    assert_refused(directory.send(method, "/Me", {} if method != "GET" else None), 501)


def test_filters_have_no_place_in_discovery(directory):
    """RFC 7644 §4."""
    assert_refused(directory.find('name eq "User"', "/ResourceTypes"), 403)


def test_head_is_get_without_a_body(directory):
    answer = directory.send("HEAD", "/Users")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer["Content-Length"]) == len(directory.get("/Users").content)
