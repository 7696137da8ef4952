"""One user in two configurations: who gets to see him when, and that both serve the same of him."""

import pytest
from django.db import OperationalError

from clients import jobs
from clients.models import AuditEntry
from scim.linking import connect, link_existing
from scim.mapping import ENTERPRISE, MINIMAL, Mode, Row
from scim.models import LmsUser, ScimLink
from tests.builders import BY
from tests.scim.conftest import assert_refused, make_directory, person

pytestmark = pytest.mark.django_db(transaction=True)
NORTH = {"field": "department", "op": "equals", "value": "North"}
SHARED = {"shared_users": True}
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


@pytest.fixture
def hr():
    return make_directory("hr")


@pytest.fixture
def north():
    """Sees the department North, also of users whom others keep."""
    return make_directory("north", scope_rule=NORTH, existing_users="visible", flags=SHARED)


class TestEntering:
    def test_who_enters_a_scope_is_seen_by_it_at_once(self, hr, north):
        user = hr.created("a@x.test")
        assert north.names('userName eq "a@x.test"') == []
        hr.patch(user["id"], replace(f"{ENTERPRISE}:department", "North"))
        assert north.names('userName eq "a@x.test"') == ["a@x.test"]
        assert AuditEntry.objects.filter(action="user_linked").count() == 1
        (seen,) = north.get("/Users").json()["Resources"]
        assert seen["emails"] == [{"type": "work", "value": "a@x.test"}]
        assert seen["id"] != user["id"]

    def test_who_leaves_is_unseen_and_returns_with_the_same_id(self, hr, north):
        user = hr.created("a@x.test", **{ENTERPRISE: {"department": "North"}})
        (seen,) = north.get("/Users").json()["Resources"]
        hr.patch(user["id"], replace(f"{ENTERPRISE}:department", "South"))
        assert_refused(north.get(f"/Users/{seen['id']}"), 404)
        hr.patch(user["id"], replace(f"{ENTERPRISE}:department", "North"))
        assert north.get(f"/Users/{seen['id']}").status_code == 200

    @pytest.mark.parametrize(
        "values", [{"existing_users": "link"}, {"existing_users": "refuse"}, {"flags": {}}, {"active": False}]
    )
    def test_nobody_is_shown_unless_the_configuration_says_so(self, hr, values):
        make_directory("north", **{"scope_rule": NORTH, "existing_users": "visible", "flags": SHARED} | values)
        hr.created("a@x.test", **{ENTERPRISE: {"department": "North"}})
        assert ScimLink.objects.count() == 1

    def test_whom_a_directory_removed_stays_removed(self, north):
        user = north.created("a@x.test", **{ENTERPRISE: {"department": "North"}})
        assert north.send("DELETE", f"/Users/{user['id']}").status_code == 204
        assert link_existing(north.configuration, by=BY) == 0
        assert north.get("/Users").json()["totalResults"] == 0

    def test_a_changed_rule_is_followed_by_the_worker(self, hr, north):
        hr.created("a@x.test", **{ENTERPRISE: {"department": "South"}})
        north.configuration.scope_rule = {**NORTH, "value": "South"}
        north.configuration.save()
        connect()
        job = next(one for one in jobs.registered() if one.name == "link_visible_users")
        assert job.run() == "Linked 1 users."
        assert job.run() == ""
        assert north.get("/Users").json()["totalResults"] == 1


class TestDrift:
    @pytest.fixture
    def both(self, hr, north):
        """His id at each."""
        user = hr.created("a@x.test", **{ENTERPRISE: {"department": "North"}})
        return user["id"], str(ScimLink.objects.get(configuration=north.configuration).scim_id)

    def test_a_change_by_one_is_served_by_the_other(self, hr, north, both):
        before = north.get(f"/Users/{both[1]}")
        hr.patch(
            both[0],
            replace("userName", "New@x.test"),
            replace('emails[type eq "work"].value', "new@x.test"),
            replace("name.familyName", "New"),
            replace("title", "Planner"),
        )
        after = north.get(f"/Users/{both[1]}")
        body = after.json()
        assert (body["userName"], body["name"], body["title"]) == ("New@x.test", {"familyName": "New"}, "Planner")
        assert body["emails"] == [{"type": "work", "value": "new@x.test"}]
        assert after["ETag"] != before["ETag"]
        assert body["meta"]["lastModified"] > before.json()["meta"]["lastModified"]
        for found in ('userName eq "new@x.test"', 'title eq "planner"', 'emails.value eq "new@x.test"'):
            assert north.names(found) == ["New@x.test"]
        assert north.names('userName eq "a@x.test"') == []

    def test_and_the_other_way_round(self, hr, north, both):
        north.patch(both[1], replace("displayName", "Aino"))
        assert hr.names('displayName eq "aino"') == ["a@x.test"]

    def test_a_cleared_value_goes(self, hr, north, both):
        hr.patch(both[0], replace("title", "Planner"))
        hr.patch(both[0], {"op": "remove", "path": "title"})
        assert "title" not in north.get(f"/Users/{both[1]}").json()
        assert north.names("title pr") == []

    def test_what_is_not_mapped_moves_no_version(self, hr, north, both):
        north.configuration.mapping = [
            row.as_json() for row in (*MINIMAL, Row(f"{ENTERPRISE}:department", "department"))
        ]
        north.configuration.save()
        before = north.get(f"/Users/{both[1]}")["ETag"]
        hr.patch(both[0], replace("title", "Planner"))
        assert north.get(f"/Users/{both[1]}")["ETag"] == before

    def test_what_the_lms_publishes_follows_too(self, hr, north, both):
        rows = (*MINIMAL, Row("title", "job_title", Mode.LMS))
        north.configuration.mapping = [row.as_json() for row in rows]
        north.configuration.save()
        hr.patch(both[0], replace("title", "Planner"))
        assert north.get(f"/Users/{both[1]}").json()["title"] == "Planner"

    def test_what_the_directory_alone_keeps_stays(self, hr, north, both):
        north.patch(both[1], replace("nickName", "Ai"), replace("externalId", "n-1"))
        hr.patch(both[0], replace("title", "Planner"))
        body = north.get(f"/Users/{both[1]}").json()
        assert (body["nickName"], body["externalId"], body["title"]) == ("Ai", "n-1", "Planner")

    def test_a_block_is_seen_by_both(self, hr, north, both):
        before = north.get(f"/Users/{both[1]}")["ETag"]
        hr.patch(both[0], replace("active", False))
        after = north.get(f"/Users/{both[1]}")
        assert (after.json()["active"], after["ETag"] != before) == (False, True)

    def test_a_refused_change_changes_neither(self, hr, north, both):
        hr.created("taken@x.test")
        before = north.get(f"/Users/{both[1]}").content
        assert_refused(
            hr.patch(both[0], replace("title", "Planner"), replace("userName", "taken@x.test")), 409, "uniqueness"
        )
        assert north.get(f"/Users/{both[1]}").content == before
        assert LmsUser.objects.get(user_name="a@x.test").job_title == ""


@pytest.mark.parametrize("text", ["deadlock detected\nDETAIL: …", "database is locked"])
def test_who_waits_for_each_other_may_try_again(hr, monkeypatch, text):
    def wait(*args, **kwargs):
        raise OperationalError(text)

    monkeypatch.setattr("scim.provisioning.follow", wait)
    answer = hr.post(person("a@x.test"))
    assert_refused(answer, 503)
    assert answer["Retry-After"] == "1"
    operation = {"method": "POST", "path": "/Users", "bulkId": "1", "data": person("a@x.test")}
    (one,) = hr.post({"schemas": [BULK], "Operations": [operation]}, "/Bulk").json()["Operations"]
    assert (one["status"], one["response"]["status"]) == ("503", "503")
    assert not LmsUser.objects.exists()
