"""What a mapping marks as sensitive is kept for the LMS, and shown or logged nowhere."""

import json

import pytest
from django.apps import apps
from django.urls import reverse

from scim.mapping import ENTERPRISE, MINIMAL, Row
from scim.models import LmsUser, ProvisioningEntry, ScimAttribute, ScimLink
from tests.builders import make_superadmin
from tests.scim.conftest import PATCH_OP, make_directory, person
from tests.scim.test_bulk import bulk, patch, post

pytestmark = pytest.mark.django_db(transaction=True)
HUSH = "hush"
SENSITIVE = (
    *(row for row in MINIMAL if row.path not in ("emails", "name.familyName")),
    Row("emails", "email", sensitive=True),
    Row("name.familyName", "family_name", sensitive=True),
    Row("title", "job_title", sensitive=True),
    Row("nickName", sensitive=True),
    Row("phoneNumbers", "phone", sensitive=True),
    Row(f"{ENTERPRISE}:department", "department", sensitive=True),
)
MAIL = f"{HUSH}@x.test"


def hushed(name, number=1):
    mail = f"{HUSH}{number}@x.test"
    return person(
        name,
        name={"givenName": "Aino", "familyName": HUSH},
        title=HUSH,
        nickName=HUSH,
        emails=[{"value": mail, "type": "work"}],
        phoneNumbers=[{"value": HUSH, "type": "work"}],
        **{ENTERPRISE: {"department": HUSH}},
    )


@pytest.fixture
def directory():
    """It did and was refused everything it can with values that nobody shall see."""
    made = make_directory(mapping=[row.as_json() for row in SENSITIVE])
    user = made.post(hushed("a")).json()
    replaced = [
        {"op": "replace", "path": "title", "value": f"{HUSH} 2"},
        {"op": "replace", "value": {"nickName": f"{HUSH} 2", f"{ENTERPRISE}:department": f"{HUSH} 2"}},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": MAIL},
        {"op": "add", "path": 'phoneNumbers[value eq "hush"].value', "value": f"{HUSH} 2"},
    ]
    for operation in replaced:
        assert made.patch(user["id"], operation).status_code in (200, 400)
    made.send("PUT", f"/Users/{user['id']}", hushed("a", 2))
    made.post(hushed("a"))
    made.post(hushed("b", 2))
    made.post(hushed("c", "no address "))
    made.post(hushed("c", 3) | {"title": {HUSH: HUSH}})
    made.find(f'title eq "{HUSH}" or unknown eq "{HUSH}"')
    made.find(f'title like "{HUSH}"')
    made.patch(user["id"], {"op": "replace", "path": f'title[value eq "{HUSH}"]', "value": HUSH})
    bulk(made, post("/Users", hushed("d", 4)), patch(f"/Users/{user['id']}", {"op": "remove", "path": "title"}))
    return made


def test_no_table_but_those_of_users_holds_it(directory):
    meant = (LmsUser, ScimLink, ScimAttribute)
    held = [model for model in apps.get_models() if HUSH in json.dumps(list(model.objects.values()), default=str)]
    assert set(held) <= set(meant)
    assert LmsUser in held


def test_no_page_shows_it(directory, client, caplog):
    client.force_login(make_superadmin())
    pk = directory.configuration.pk
    pages = [reverse(name) for name in ("lms-users", "scim-groups", "scim-log", "scim-activity", "audit-log", "system")]
    pages += [reverse("lms-user", args=[user.pk]) for user in LmsUser.objects.all()]
    pages += [reverse("scim-log-entry", args=[one.pk]) for one in ProvisioningEntry.objects.all()]
    tabs = ("", "-mapping", "-matching", "-scope", "-log", "-guide", "-usage", "-test")
    pages += [reverse(f"scim-configuration{tab}", args=[pk]) for tab in tabs]
    shown = [page for page in pages if HUSH in client.get(page).content.decode()]
    assert shown == []
    downloads = [("scim-log", {"download": "csv"}), ("lms-users-download", {})]
    for name, query in downloads:
        answer = client.get(reverse(name), query)
        assert HUSH not in b"".join(answer.streaming_content).decode()
    assert len(pages) > 20


def test_no_answer_of_the_workbench_or_the_example_shows_it(directory, client):
    client.force_login(make_superadmin())
    user = ScimLink.objects.filter(kind="User").first()
    url = reverse("scim-configuration-test", args=[directory.configuration.pk])
    body = json.dumps({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": "nickName"}]})
    for method, path in (("GET", "/Users"), ("GET", f"/Users/{user.scim_id}"), ("PATCH", f"/Users/{user.scim_id}")):
        sent = {"method": method, "path": path, "body": body if method == "PATCH" else "", "dry": "on"}
        page = client.post(url, sent).content.decode()
        assert "(hidden)" in page
        assert HUSH not in page


def test_no_line_of_the_servers_log_holds_it(caplog, request):
    caplog.set_level("DEBUG", logger="lms_oauth")
    caplog.set_level("DEBUG", logger="django.request")
    request.getfixturevalue("directory")
    assert caplog.text
    assert HUSH not in caplog.text
