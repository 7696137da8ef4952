"""Log, users, groups, and the tabs Mapping, Scope, Test and Set-up of a configuration."""

import csv
import re

import pytest

from clients.administration import Action, ObjectType
from clients.models import AuditEntry
from clients.roles import Assigned, Permission
from scim.mapping import ENTERPRISE, PATHS, Row, rows_of
from scim.models import LmsUser, ProvisioningEntry, ScimLink
from scim.pages import users
from scim.pages.workbench_requests import UNKNOWN, Ids, offered
from tests.builders import make_administrator, make_holder, make_label, make_role, make_superadmin
from tests.scim.conftest import make_directory, person
from tests.scim.test_policies import mapped

pytestmark = pytest.mark.django_db
SECRET = "hush-title"


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


@pytest.fixture
def busy(directory):
    """A directory that did something and was refused something."""
    user = directory.created("u1@x.test", displayName="Aino")
    directory.grouped("Sales", user)
    directory.post(person("U1@x.test"))
    return directory


def address(directory, tab=""):
    return f"/system/scim-configurations/{directory.configuration.pk}/{tab}"


def text(client, url, **query):
    answer = client.get(url, query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


@pytest.fixture
def limited(client):
    """Sees the configurations with one label."""
    label = make_label("HR")
    client.force_login(make_administrator(label))
    return client, label


class TestLog:
    def test_it_tells_what_happened_and_why(self, superadmin, busy):
        page = text(superadmin, "/system/provisioning-log/")
        assert all(word in page for word in ("POST /Users", "Refused", "userName is already in use."))
        refused = ProvisioningEntry.objects.get(status=409)
        entry = text(superadmin, f"/system/provisioning-log/{refused.pk}/")
        assert "Somebody else in the LMS already has this value" in entry
        made = ProvisioningEntry.objects.filter(status=201).last()
        assert "Aino" in text(superadmin, f"/system/provisioning-log/{made.pk}/")

    @pytest.mark.parametrize(
        ("query", "count"),
        [({"outcome": "refused"}, 1), ({"kind": "Group"}, 1), ({"method": "PATCH"}, 0), ({"q": "409"}, 0)],
    )
    def test_filters(self, superadmin, busy, query, count):
        page = text(superadmin, address(busy, "log/"), **query)
        assert page.count('class="name nowrap"') == count

    def test_download(self, superadmin, busy):
        answer = superadmin.get("/system/provisioning-log/?outcome=refused&download=csv")
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert len(lines) == 2
        assert "userName is already in use." in lines[1]

    def test_who_may_not_download_is_offered_none(self, client, busy):
        looking = make_role("Looks", Permission(ObjectType.SCIM_CONFIGURATION, Action.VIEW))
        client.force_login(make_holder(Assigned(looking)))
        assert "download=csv" not in text(client, "/system/provisioning-log/")
        assert client.get("/system/provisioning-log/?download=csv").status_code == 403

    def test_only_entries_in_reach(self, limited, busy):
        client, label = limited
        entry = ProvisioningEntry.objects.first()
        assert "No entries within your permissions" in text(client, "/system/provisioning-log/")
        assert client.get(f"/system/provisioning-log/{entry.pk}/").status_code == 404
        assert client.get(address(busy, "log/")).status_code == 404
        busy.configuration.labels.add(label)
        assert "POST /Users" in text(client, "/system/provisioning-log/")


class TestUsers:
    def test_list_and_page(self, superadmin, busy):
        assert "Aino" in text(superadmin, "/system/users/", q="u1")
        user = LmsUser.objects.get()
        page = text(superadmin, f"/system/users/{user.pk}/")
        assert all(word in page for word in ("u1@x.test", f"{busy.configuration.name}: displayName", "User created"))

    def test_the_download_is_the_list_as_it_is_filtered(self, superadmin, busy, monkeypatch):
        monkeypatch.setattr(users, "AT_ONCE", 2)
        for number in range(3, 6):
            busy.created(f"u{number}@x.test", active=number != 4)
        assert 'href="/system/users/download/?blocked=no"' in text(superadmin, "/system/users/", blocked="no")
        found = superadmin.get("/system/users/download/", {"blocked": "no"}).getvalue().decode()
        heads, *lines = csv.reader(found.splitlines())
        assert heads == ["User name", "Name", "Email", "Updated", "State"]
        assert [line[0] for line in lines] == ["u1@x.test", "u3@x.test", "u5@x.test"]
        assert lines[0][1:3] + lines[0][4:] == ["Aino", "u1@x.test", "Active"]

    def test_a_block_has_a_reason_and_the_directory_sees_it(self, superadmin, busy):
        user, link = LmsUser.objects.get(), ScimLink.objects.get(kind="User")
        url = f"/system/users/{user.pk}/"
        assert superadmin.post(url, {"action": "block", "reason": " "}).status_code == 422
        assert superadmin.post(url, {"action": "block", "reason": "Left"}).url == url
        user.refresh_from_db()
        assert (user.blocked, user.blocked_by) == (True, "administrator")
        assert AuditEntry.objects.get(action="user_blocked").facts["reason"] == "Left"
        shown = busy.get(f"/Users/{link.scim_id}")
        assert (shown.json()["active"], shown["ETag"]) == (False, 'W/"2"')
        answer = busy.patch(str(link.scim_id), {"op": "replace", "path": "active", "value": True})
        assert answer.json()["active"] is False
        superadmin.post(url, {"action": "block", "reason": "Again"})
        superadmin.post(url, {"action": "unblock", "reason": "Back"})
        user.refresh_from_db()
        assert (user.blocked, user.blocked_at) == (False, None)
        assert AuditEntry.objects.filter(action__in=["user_blocked", "user_unblocked"]).count() == 2

    def test_only_those_who_may_see_users_do(self, limited, busy):
        client, label = limited
        busy.configuration.labels.add(label)
        pk = LmsUser.objects.get().pk
        assert client.get(f"/system/users/{pk}/").status_code == 404
        assert client.post(f"/system/users/{pk}/", {"action": "block", "reason": "x"}).status_code == 404
        assert "u1@x.test" not in text(client, "/system/users/")

    def test_who_may_only_look_cannot_block(self, client, busy):
        viewer = make_role("Viewer", Permission(ObjectType.USER, Action.VIEW))
        client.force_login(make_holder(Assigned(viewer)))
        pk = LmsUser.objects.get().pk
        assert "Reason" not in text(client, f"/system/users/{pk}/")
        assert client.post(f"/system/users/{pk}/", {"action": "block", "reason": "x"}).status_code == 403

    def test_what_a_mapping_hides_is_on_no_page(self, superadmin):
        directory = make_directory(mapping=mapped(Row("title", "job_title", sensitive=True)))
        user = directory.created(title=SECRET)
        body = {"method": "GET", "path": f"/Users/{user['id']}", "dry": "on", "body": ""}
        pages = [
            text(superadmin, f"/system/users/{LmsUser.objects.get().pk}/"),
            text(superadmin, f"/system/provisioning-log/{ProvisioningEntry.objects.get().pk}/"),
            superadmin.post(address(directory, "test/"), body).content.decode(),
            superadmin.post(address(directory, "test/"), body | {"path": "/Users"}).content.decode(),
        ]
        assert all("u1@x.test" in page for page in pages)
        assert not any(SECRET in page for page in pages)


def test_groups_are_listed_with_their_members(superadmin, busy):
    page = text(superadmin, "/system/directory-groups/", q="sales")
    assert "Sales" in page
    assert busy.configuration.name in page


class TestMapping:
    def form(self, **changes):
        values = {f"kept-{n}": "on" for n in range(len(PATHS))} | {f"fed-{n}": "on" for n in range(len(PATHS))}
        return values | {f"mode-{n}": "directory" for n in range(len(PATHS))} | {"preset": ""} | changes

    def test_rows_are_saved(self, superadmin, directory):
        title = PATHS.index("title")
        form = self.form(**{f"mode-{title}": "initial", f"sensitive-{title}": "on"})
        del form[f"kept-{PATHS.index('nickName')}"]
        assert superadmin.post(address(directory, "mapping/"), form).url == address(directory, "mapping/")
        directory.configuration.refresh_from_db()
        rows = {row.path: row for row in rows_of(directory.configuration.mapping)}
        assert rows["title"] == Row("title", "job_title", "initial", sensitive=True)
        assert "nickName" not in rows
        assert rows["userName"].target == "user_name"
        page = text(superadmin, address(directory, "mapping/"))
        assert "employeeNumber" in page

    def test_a_preset_replaces_the_rows(self, superadmin, directory):
        superadmin.post(address(directory, "mapping/"), self.form(preset="minimal"))
        assert ENTERPRISE not in directory.get("/Schemas").content.decode()


class TestScope:
    def form(self, **changes):
        empty = {f"{kind}-{n}": "" for kind in ("field", "value") for n in range(5)}
        return empty | {f"op-{n}": "equals" for n in range(5)} | {"joined": "all"} | changes

    def test_a_preview_counts_and_saves_nothing(self, superadmin, busy):
        LmsUser.objects.create(user_name="sales@x.test", department="Sales")
        rule = {"field-0": "department", "value-0": "Sales"}
        answer = superadmin.post(address(busy, "scope/"), self.form(action="preview", **rule))
        page = answer.content.decode()
        assert all(word in page for word in ("1 user", "0 enter, 1 leave", "sales@x.test"))
        busy.configuration.refresh_from_db()
        assert busy.configuration.scope_rule == {}

    def test_a_preview_names_who_enters_and_who_leaves(self, superadmin, client):
        directory = make_directory(scope_rule={"field": "division", "op": "equals", "value": "N"})
        for name, division in (("stays", "N"), ("leaver", "N"), ("comer", "S"), ("outsider", "W")):
            LmsUser.objects.create(user_name=name, division=division, country="" if name == "leaver" else "FI")
        rule = {"field-0": "division", "op-0": "in", "value-0": "N, S", "field-1": "country", "value-1": "FI"}
        page = superadmin.post(address(directory, "scope/"), self.form(action="preview", **rule)).content.decode()
        assert "1 enter, 1 leave" in page
        _, rest = page.split('<h2 id="entering">')
        entering, leaving = rest.split('<h2 id="leaving">')
        assert ("comer" in entering, "leaver" in leaving, "outsider" in page) == (True, True, False)
        actions = (Action.VIEW, Action.EDIT)
        role = make_role("Configures", *(Permission(ObjectType.SCIM_CONFIGURATION, one) for one in actions))
        client.force_login(make_holder(Assigned(role)))
        page = client.post(address(directory, "scope/"), self.form(action="preview", **rule)).content.decode()
        assert "1 enter, 1 leave" in page
        assert not any(name in page for name in ("stays", "comer", "leaver"))

    def test_a_rule_and_stamps_are_saved_and_shown(self, superadmin, directory):
        rule = {
            "field-0": "division",
            "value-0": "N",
            "field-1": "country",
            "op-1": "in",
            "value-1": "FI, SE",
            "not-1": "on",
        }
        superadmin.post(address(directory, "scope/"), self.form(stamp="on", **rule))
        directory.configuration.refresh_from_db()
        assert directory.configuration.scope_rule == {
            "all": [
                {"field": "division", "op": "equals", "value": "N"},
                {"not": {"field": "country", "op": "in", "value": ["FI", "SE"]}},
            ]
        }
        assert directory.configuration.stamps == {"division": "N"}
        assert "FI, SE" in text(superadmin, address(directory, "scope/"))
        superadmin.post(address(directory, "scope/"), self.form())
        directory.configuration.refresh_from_db()
        assert (directory.configuration.scope_rule, directory.configuration.stamps) == ({}, {})

    def test_a_comparison_without_a_value_is_refused(self, superadmin, directory):
        answer = superadmin.post(address(directory, "scope/"), self.form(**{"field-0": "division"}))
        assert answer.status_code == 422

    def test_a_deeper_rule_is_told_of(self, superadmin):
        inner = {"any": [{"field": "division", "op": "empty"}, {"field": "country", "op": "empty"}]}
        directory = make_directory(scope_rule={"all": [inner, inner]})
        assert "more than this page can show" in text(superadmin, address(directory, "scope/"))


class TestWorkbench:
    def body(self, **values):
        return {"method": "POST", "path": "/Users", "body": '{"userName": "t@x.test"}', "dry": "on"} | values

    def test_a_dry_run_shows_the_answer_and_leaves_no_trace(self, superadmin, directory):
        page = superadmin.post(address(directory, "test/"), self.body()).content.decode()
        assert all(word in page for word in ("201", "t@x.test", "Changes", "Before"))
        assert not LmsUser.objects.exists()
        assert not ProvisioningEntry.objects.exists()
        assert not AuditEntry.objects.filter(action="user_created").exists()

    def test_a_real_run_is_done_and_logged(self, superadmin, directory):
        values = self.body()
        del values["dry"]
        superadmin.post(address(directory, "test/"), values)
        assert LmsUser.objects.get().user_name == "t@x.test"
        assert ProvisioningEntry.objects.get().client_name.endswith("(workbench)")

    @pytest.mark.parametrize(
        ("values", "status"), [({"body": "{"}, "400"), ({"method": "GET", "path": "/Users?filter=x"}, "400")]
    )
    def test_refusals_are_shown(self, superadmin, directory, values, status):
        assert status in superadmin.post(address(directory, "test/"), self.body(**values)).content.decode()

    @pytest.mark.parametrize("template", ["", "connection", "match", "create", "deactivate", "group", "nonsense"])
    def test_templates(self, superadmin, directory, template):
        assert "Dry run" in text(superadmin, address(directory, "test/"), template=template)

    @pytest.mark.parametrize("template", ["connection", "match", "create", "deactivate", "group"])
    def test_each_template_works_as_it_is_offered(self, superadmin, busy, template):
        offer = offered(busy.configuration, template)
        page = superadmin.post(address(busy, "test/"), offer | {"dry": "on"}).content.decode()
        assert re.search(r'class="badge ok">20[014]<', page), page

    def test_it_offers_nobody_out_of_scope(self, other):
        for directory in (other, make_directory()):
            directory.grouped("Sales", directory.created(f"u@{directory.configuration.slug}.test"))
        LmsUser.objects.update(division="Nowhere")
        assert Ids.of(other.configuration).user == UNKNOWN

    @pytest.mark.parametrize(("template", "field"), [("deactivate", "path"), ("group", "body")])
    def test_where_nobody_is_yet_the_id_is_asked_for(self, superadmin, directory, template, field):
        answer = superadmin.post(address(directory, "test/"), offered(directory.configuration, template))
        assert answer.status_code == 422
        assert "Put the id of a user" in answer.context["form"].errors[field][0]


def test_the_guide_has_this_installations_addresses(superadmin, directory):
    page = text(superadmin, address(directory, "guide/"))
    assert f"http://testserver/scim/{directory.configuration.slug}/v2" in page
    assert all(name in page for name in ("Entra ID", "Okta", "OneLogin", "JumpCloud", "Google", "Generic"))


@pytest.mark.parametrize("tab", ["mapping/", "scope/"])
def test_who_may_only_look_sees_and_changes_nothing(client, directory, tab):
    viewer = make_role("Viewer", Permission(ObjectType.SCIM_CONFIGURATION, Action.VIEW))
    client.force_login(make_holder(Assigned(viewer)))
    assert "Save" not in text(client, address(directory, tab))
    assert client.post(address(directory, tab), {}).status_code == 403
