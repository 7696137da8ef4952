"""The provisioning log: what was asked, what came of it, and nothing that the mapping hides."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from scim.mapping import MINIMAL, STANDARD, Row
from scim.models import ProvisioningEntry
from scim.models.entry import AppendOnly
from scim.redaction import HIDDEN, Redactor
from tests.scim.conftest import ENTERPRISE, PATCH_OP, make_directory, person
from tests.scim.test_bulk import bulk, patch, post

pytestmark = pytest.mark.django_db


def entries():
    return list(ProvisioningEntry.objects.order_by("pk"))


def only():
    (entry,) = entries()
    return entry


def test_a_write_is_logged_with_who_what_and_what_changed(directory):
    answer = directory.post(person(title="Boss", externalId="e1"), HTTP_USER_AGENT="Azure-AD-SCIM")
    entry = only()
    assert (entry.method, entry.path, entry.status, entry.outcome) == ("POST", "/Users", 201, "done")
    assert (entry.scim_id, entry.external_id, entry.kind) == (answer.json()["id"], "e1", "User")
    assert (entry.user_agent, entry.credential) == ("Azure-AD-SCIM", "bearer")
    assert entry.client_name.startswith("Client ")
    assert entry.request_id == answer["X-Request-ID"]
    assert entry.changes["title"] == [None, "Boss"]
    assert json.loads(entry.body)["userName"] == "u1@x.test"


def test_a_change_shows_old_and_new(directory):
    user = directory.created(title="Old")
    directory.patch(user["id"], {"op": "replace", "value": {"title": "New", "active": False}})
    entry = entries()[-1]
    assert entry.changes == {"title": ["Old", "New"], "active": [True, False]}
    directory.patch(user["id"], {"op": "replace", "path": "title", "value": "New"})
    assert (entries()[-1].outcome, entries()[-1].changes) == ("unchanged", {})


def test_refusals_are_logged_with_their_reason(directory):
    directory.created()
    directory.post(person("U1@x.test"))
    directory.get("/Users/invented")
    directory.find('fooBar eq "x"')
    taken, missing, unknown = entries()[1:]
    assert (taken.status, taken.scim_type, taken.outcome) == (409, "uniqueness", "refused")
    assert "may not take over" in taken.warnings[0]
    assert (missing.method, missing.status) == ("GET", 404)
    assert (unknown.scim_type, unknown.outcome) == ("invalidFilter", "refused")


def test_what_was_ignored_is_a_warning(directory):
    made = directory.grouped("g")
    directory.patch_group(made["id"], {"op": "add", "path": "members", "value": [{"value": "nobody"}]})
    entry = entries()[-1]
    assert (entry.outcome, entry.kind) == ("unchanged", "Group")
    assert entry.warnings == ["members: nobody: nobody has this id."]


def test_reads_are_logged_while_that_is_on(directory):
    directory.get("/Users")
    assert entries() == []
    type(directory.configuration).objects.update(log_reads_until=timezone.now() + timedelta(hours=1))
    directory.get("/Users")
    directory.post({}, "/Users/.search")
    assert [entry.outcome for entry in entries()] == ["read", "read"]
    type(directory.configuration).objects.update(log_reads_until=timezone.now())
    directory.get("/Users")
    assert len(entries()) == 2


def test_each_operation_of_a_bulk_request_has_its_entry(directory):
    user = directory.created()
    bulk(
        directory,
        post("/Users", person("u2@x.test", password="s3cret-p4ss")),
        patch(f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "t"}),
        post("/Users", person("u2@x.test"), "c"),
    )
    made, changed, refused = entries()[1:]
    assert (made.method, made.path, made.status, made.outcome) == ("POST", "/Users", 201, "done")
    assert (changed.scim_id, changed.changes) == (user["id"], {"title": [None, "t"]})
    assert (refused.status, refused.scim_type) == (409, "uniqueness")
    assert "s3cret" not in made.body


def test_a_paused_configuration_tells_what_it_refused():
    directory = make_directory(paused=True)
    directory.post(person())
    assert (only().status, only().detail) == (403, "Provisioning is paused.")


def test_no_entry_holds_a_secret_or_a_hidden_value():
    rows = (*MINIMAL, Row("title", "job_title", sensitive=True), Row(f"{ENTERPRISE}:employeeNumber", sensitive=True))
    directory = make_directory(mapping=[row.as_json() for row in rows])
    secrets = ["hush-title", "hush-number", "hush-password", "hush-unmapped", "hush-patched", directory.bearer]
    user = directory.created(
        title="hush-title",
        password="hush-password",
        nickName="hush-unmapped",
        **{ENTERPRISE: {"employeeNumber": "hush-number", "department": "hush-unmapped"}},
    )
    directory.patch(
        user["id"],
        {"op": "replace", "path": "title", "value": "hush-patched"},
        {"op": "replace", "path": f"{ENTERPRISE}:employeeNumber", "value": "hush-patched"},
        {"op": "replace", "value": {"title": "hush-patched", f"{ENTERPRISE}:employeeNumber": "hush-patched"}},
        {"op": "replace", "path": "password", "value": "hush-password"},
        {"op": "add", "path": "roles", "value": [{"value": "hush-unmapped"}]},
    )
    directory.send("PUT", f"/Users/{user['id']}", person(title="hush-title", **{ENTERPRISE: {"x": "hush-unmapped"}}))
    stored = json.dumps(list(ProvisioningEntry.objects.values()), default=str)
    assert [secret for secret in secrets if secret in stored] == []
    assert entries()[1].changes["title"] == [HIDDEN, HIDDEN]
    assert "u1@x.test" in stored


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ('phoneNumbers[value eq "hush" and type eq "x]"].type', "phoneNumbers[…].type"),
        ('emails[value eq "a@x.test"].type', 'emails[value eq "a@x.test"].type'),
        ('ims[value eq "hush"', "ims[…]"),
        ("phoneNumbers", "phoneNumbers"),
    ],
)
def test_a_filter_in_a_path_shows_no_hidden_value(path, shown):
    redactor = Redactor((*MINIMAL, Row("phoneNumbers", "phone", sensitive=True)))
    body = {"Operations": [{"op": "replace", "path": path, "value": "x"}]}
    assert redactor.shown(body)["Operations"][0]["path"] == shown


def test_long_lists_and_bodies_are_cut(directory):
    users = [{"value": f"id-{number}"} for number in range(500)]
    directory.post({"displayName": "g", "members": users}, "/Groups")
    body = json.loads(only().body)
    assert (len(body["members"]), body["members"][-1]) == (21, "… 500 in all")
    directory.post({"displayName": "x" * 20_000}, "/Groups")
    assert len(entries()[-1].body) <= 8 * 1024


@pytest.mark.parametrize("path", ["/Users?filter=userName%20eq%20%22hush%22", "/Users/%00", "/" + "x" * 900])
def test_odd_addresses_are_no_fault(directory, path):
    assert directory.post({}, path).status_code in (400, 404, 405)
    assert "hush" not in entries()[-1].path


def test_entries_are_written_once(directory):
    directory.created()
    entry = only()
    entry.detail = "other"
    for change in (entry.save, entry.delete, ProvisioningEntry.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        ProvisioningEntry.objects.update(detail="other")


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "path", "value", "Operations", "data", "name", "title"]) | st.text(max_size=3), inner
        )
    ),
    max_leaves=10,
)


@given(JSON)
def test_a_sensitive_value_never_shows_wherever_it_stands(content):
    redactor = Redactor([row if row.path != "title" else Row("title", sensitive=True) for row in STANDARD])
    hidden = {"Operations": [{"op": "add", "path": "title", "value": "hush"}], "title": "hush", "more": content}
    assert "hush" not in redactor.body(json.dumps(hidden | {"schemas": [PATCH_OP]}).encode())
