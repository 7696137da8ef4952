"""What identity providers do with users: create, find, change, deactivate, remove, bring back."""

from datetime import datetime

import pytest

from clients.models import Administrator, AuditEntry, LmsSettings
from lms_oauth import signals
from scim.models import LmsUser, ScimLink
from tests.scim.conftest import CORE, ENTERPRISE, assert_refused, make_directory, person

pytestmark = pytest.mark.django_db
ENTRA = {
    "schemas": [CORE, ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Babs@x.test",
    "active": True,
    "displayName": "Barbara",
    "emails": [{"primary": True, "type": "work", "value": "Babs@x.test"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Barbara Jensen", "familyName": "Jensen", "givenName": "Barbara"},
    "roles": [],
    ENTERPRISE: {"department": "Sales", "employeeNumber": "0815"},
}


def blocked(user):
    return LmsUser.objects.get(links__scim_id=user["id"]).blocked


class TestCreate:
    def test_entras_shape(self, directory):
        answer = directory.post(ENTRA)
        body = answer.json()
        assert answer.status_code == 201
        assert answer["Location"] == body["meta"]["location"] == f"http://testserver/scim/v2/Users/{body['id']}"
        assert answer["ETag"] == body["meta"]["version"] == 'W/"1"'
        assert body["meta"]["created"] == body["meta"]["lastModified"]
        assert {name: body[name] for name in ("userName", "active", "externalId", "displayName")} == {
            name: ENTRA[name] for name in ("userName", "active", "externalId", "displayName")
        }
        assert directory.get(f"/Users/{body['id']}").json() == body

    def test_the_account_gets_the_mapped_fields(self, directory):
        directory.post(
            ENTRA | {"title": "Tour Guide", "addresses": [{"type": "work", "country": "FI", "locality": "Turku"}]}
        )
        user = LmsUser.objects.get()
        fields = (
            "user_name",
            "email",
            "employee_id",
            "given_name",
            "family_name",
            "department",
            "job_title",
            "country",
            "location",
        )
        assert [getattr(user, name) for name in fields] == [
            "Babs@x.test", "Babs@x.test", "0815", "Barbara", "Jensen", "Sales", "Tour Guide", "FI", "Turku"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("emails", "chosen"),
        [
            ([{"value": "a@x.test"}, {"value": "b@x.test", "primary": True}], "b@x.test"),
            ([{"value": "a@x.test", "type": "home"}, {"value": "b@x.test", "type": "Work"}], "b@x.test"),
            ([{"value": "a@x.test", "type": "home"}, {"value": "b@x.test", "type": "other"}], "a@x.test"),
        ],
    )
    def test_the_accounts_email_is_the_primary_then_the_work_then_the_first(self, directory, emails, chosen):
        directory.created(emails=emails)
        assert LmsUser.objects.get().email == chosen

    def test_inactive_and_booleans_as_text(self, directory):
        user = directory.created(active="False", roles=[{"value": "r", "primary": "True"}])
        assert (user["active"], user["roles"][0]["primary"], user["meta"]["version"]) == (False, True, 'W/"1"')
        assert blocked(user)

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [("m1", {"value": "m1"}), ({"value": "m1"}, {"value": "m1"}), ([{"value": "m1"}], {"value": "m1"}), ("", None)],
    )
    def test_a_manager_in_any_shape(self, directory, sent, kept):
        user = directory.created(**{ENTERPRISE: {"manager": sent, "department": "d"}})
        assert user[ENTERPRISE].get("manager") == kept

    def test_a_manager_who_is_known_becomes_the_accounts_manager(self, directory, other):
        boss, foreign = directory.created("boss@x.test"), other.created("foreign@x.test")
        directory.created("u1@x.test", **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
        directory.created("u2@x.test", **{ENTERPRISE: {"manager": {"value": foreign["id"]}}})
        managers = dict(LmsUser.objects.values_list("user_name", "manager__user_name"))
        assert (managers["u1@x.test"], managers["u2@x.test"]) == ("boss@x.test", None)

    @pytest.mark.parametrize("again", ["u1@x.test", "U1@X.TEST"])
    def test_the_same_name_twice_is_409(self, directory, again):
        directory.created("u1@x.test")
        answer = directory.post(person(again, emails=[{"value": "else@x.test"}]))
        assert_refused(answer, 409, "uniqueness")
        assert answer.json()["detail"] == "userName is already in use."

    @pytest.mark.parametrize(
        ("taken", "attribute"),
        [
            ({"emails": [{"value": "U1@x.test"}]}, "emails"),
            ({ENTERPRISE: {"employeeNumber": "7"}}, "employeeNumber"),
            ({"externalId": "e1"}, "externalId"),
        ],
    )
    def test_whatever_is_taken_is_named_and_its_holder_is_not(self, directory, taken, attribute):
        directory.created("u1@x.test", externalId="e1", **{ENTERPRISE: {"employeeNumber": "7"}})
        answer = directory.post(person("new@x.test") | taken)
        assert_refused(answer, 409, "uniqueness")
        assert answer.json()["detail"] == f"{attribute} is already in use."
        assert LmsUser.objects.count() == 1

    @pytest.mark.parametrize(
        "body",
        [
            {"emails": [{"value": "u1@x.test"}]},
            {"userName": ""},
            {"userName": " ", "emails": [{"value": "u1@x.test"}]},
            {"userName": "u1", "emails": []},
            {"userName": "u1", "emails": [{"value": "two@at@x.test"}]},
            {"userName": "u1", "emails": [{"value": "a b@x.test"}]},
            {"userName": "u1", "emails": [{"type": "work"}]},
            {"userName": "u" * 501, "emails": [{"value": "u1@x.test"}]},
            {"userName": 5, "emails": [{"value": "u1@x.test"}]},
            {"userName": "u1", "emails": [{"value": "u1@x.test"}], "active": "perhaps"},
            {"userName": "u1", "emails": "u1@x.test"},
        ],
    )
    def test_what_cannot_be_a_user_is_refused(self, directory, body):
        assert_refused(directory.post({"schemas": [CORE]} | body), 400, "invalidValue")
        assert not LmsUser.objects.exists()

    def test_a_user_name_that_is_an_address_is_the_email_when_none_is_sent(self, directory):
        assert directory.post({"schemas": [CORE], "userName": "u9@x.test"}).status_code == 201
        assert LmsUser.objects.get().email == "u9@x.test"

    def test_with_employee_ids_in_use_either_will_do(self, directory):
        LmsSettings.objects.update_or_create(pk=1, defaults={"employee_ids_in_use": True})
        LmsSettings.forget()
        assert directory.post({"userName": "u1", ENTERPRISE: {"employeeNumber": "1"}}).status_code == 201
        assert_refused(directory.post({"userName": "u2"}), 400, "invalidValue")

    @pytest.mark.parametrize("address", ["x@corp.local", "x@intranet", "ä@ö.test"])
    def test_internal_addresses_are_fine(self, directory, address):
        assert directory.post(person("u1", emails=[{"value": address}])).status_code == 201

    def test_unknown_attributes_and_schemas_are_ignored(self, directory):
        body = person() | {"schemas": [CORE, "urn:vendor:1"], "urn:vendor:1": {"a": 1}, "favouriteColour": "red"}
        assert "favouriteColour" not in directory.post(body).json()


class TestAdoption:
    """A POST of somebody the LMS knows."""

    def known(self, **fields):
        return LmsUser.objects.create(**{"user_name": "known@x.test", "email": "known@x.test"} | fields)

    @pytest.mark.parametrize(
        "body",
        [
            person("KNOWN@x.test", emails=[{"value": "new@x.test"}]),
            person("renamed@x.test", emails=[{"value": "Known@x.test"}]),
            person("renamed@x.test") | {ENTERPRISE: {"employeeNumber": "e-1"}},
        ],
    )
    def test_an_unlinked_account_is_adopted(self, directory, body):
        user = self.known(employee_id="E-1", department="Old")
        assert directory.post(body).status_code == 201
        user.refresh_from_db()
        assert (LmsUser.objects.count(), user.user_name, user.department) == (1, body["userName"], "Old")
        assert AuditEntry.objects.filter(action="user_linked", object_id=user.pk).exists()

    def test_an_account_out_of_scope_is_not(self, other):
        user = self.known(division="Here")
        assert_refused(other.post(person("known@x.test")), 409, "uniqueness")
        user.refresh_from_db()
        assert user.division == "Here"
        assert not ScimLink.objects.exists()

    def test_nor_one_that_another_configuration_keeps(self, directory):
        directory.created("u1@x.test")
        assert_refused(make_directory().post(person("u1@x.test")), 409, "uniqueness")

    def test_nor_one_of_two_whom_the_keys_name(self, directory):
        self.known()
        self.known(user_name="second@x.test", email="second@x.test")
        answer = directory.post(person("known@x.test", emails=[{"value": "second@x.test"}]))
        assert_refused(answer, 409, "uniqueness")
        assert not ScimLink.objects.exists()

    def test_a_block_set_by_an_administrator_stays(self, directory):
        self.known(
            blocked=True, blocked_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"), blocked_by="administrator"
        )
        user = directory.created("known@x.test")
        assert user["active"] is False
        answer = directory.patch(user["id"], {"op": "replace", "path": "active", "value": True})
        assert (answer.status_code, answer.json()["active"]) == (200, False)


class TestChange:
    def test_three_replaces(self, directory):
        user = directory.created()
        answer = directory.patch(
            user["id"],
            {"op": "Replace", "path": "displayName", "value": "Babs"},
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "new@x.test"},
            {"op": "Replace", "path": "name.familyName", "value": "Jensen"},
        )
        body = answer.json()
        assert (answer.status_code, body["displayName"], body["name"]) == (200, "Babs", {"familyName": "Jensen"})
        assert body["emails"] == [{"value": "new@x.test", "type": "work"}]
        assert LmsUser.objects.get().email == "new@x.test"

    def test_without_a_path_keys_are_paths(self, directory):
        user = directory.created()
        value = {"displayName": "Babs", "name.givenName": "Barbara", f"{ENTERPRISE}:employeeNumber": "77"}
        body = directory.patch(user["id"], {"op": "replace", "value": value}).json()
        assert (body["displayName"], body["name"]["givenName"], body[ENTERPRISE]["employeeNumber"]) == (
            "Babs",
            "Barbara",
            "77",
        )

    @pytest.mark.parametrize(
        ("path", "value", "attribute", "entry"),
        [
            ('phoneNumbers[type eq "mobile"].value', "123", "phoneNumbers", {"type": "mobile", "value": "123"}),
            ('addresses[type eq "work"].country', "FI", "addresses", {"type": "work", "country": "FI"}),
            ('roles[primary eq "True"].value', "boss", "roles", {"primary": True, "value": "boss"}),
        ],
    )
    def test_an_entry_that_is_not_there_is_made(self, directory, path, value, attribute, entry):
        user = directory.created()
        assert directory.patch(user["id"], {"op": "Add", "path": path, "value": value}).json()[attribute] == [entry]

    @pytest.mark.parametrize(
        ("operation", "manager"),
        [
            ({"op": "Replace", "value": "m2"}, {"value": "m2"}),
            ({"op": "Replace", "value": [{"value": "m2"}]}, {"value": "m2"}),
            ({"op": "Add", "value": {"value": "m2"}}, {"value": "m2"}),
            ({"op": "Add", "value": ""}, None),
            ({"op": "Replace", "value": None}, None),
            ({"op": "Remove"}, None),
            ({"op": "Remove", "value": "m1"}, None),
        ],
    )
    def test_a_manager_in_any_shape(self, directory, operation, manager):
        user = directory.created(**{ENTERPRISE: {"manager": {"value": "m1"}, "department": "d"}})
        body = directory.patch(user["id"], operation | {"path": f"{ENTERPRISE}:manager"}).json()
        assert body[ENTERPRISE].get("manager") == manager

    def test_one_wrong_operation_undoes_all(self, directory):
        user = directory.created()
        answer = directory.patch(
            user["id"],
            {"op": "replace", "path": "title", "value": "x"},
            {"op": "replace", "path": "emails", "value": "x"},
        )
        assert_refused(answer, 400, "invalidValue")
        assert "pydantic" not in answer.json()["detail"]
        assert directory.get(f"/Users/{user['id']}").json() == user

    @pytest.mark.parametrize("attribute", ["userName", "emails"])
    def test_a_taken_value_is_409(self, directory, attribute):
        directory.created("u1@x.test")
        user = directory.created("u2@x.test")
        value = "U1@x.test" if attribute == "userName" else [{"value": "U1@x.test"}]
        answer = directory.patch(user["id"], {"op": "replace", "path": attribute, "value": value})
        assert_refused(answer, 409, "uniqueness")
        assert directory.get(f"/Users/{user['id']}").json() == user

    def test_put_of_what_was_got_changes_nothing(self, directory):
        user = directory.created(name={"givenName": "B"})
        put = user | {"groups": [{"value": "g"}], "name": {"givenName": "B", "middleName": ""}}
        answer = directory.send("PUT", f"/Users/{user['id']}", put)
        assert (answer.status_code, answer.json()) == (200, user)

    def test_put_clears_what_it_leaves_out_but_not_the_block(self, directory):
        user = directory.created(title="Boss", active=False)
        body = directory.send("PUT", f"/Users/{user['id']}", person()).json()
        assert "title" not in body
        assert body["active"] is False
        assert LmsUser.objects.get().job_title == ""

    def test_fields_the_directory_never_stated_stay_the_lmss(self, directory):
        user = directory.created(title="Boss")
        LmsUser.objects.update(phone="1", job_title="Chief")
        directory.patch(user["id"], {"op": "replace", "path": "nickName", "value": "n"})
        assert LmsUser.objects.values_list("phone", "job_title").get() == ("1", "Chief")
        phones = [{"value": "2", "type": "work"}]
        directory.patch(user["id"], {"op": "replace", "value": {"phoneNumbers": phones, "title": "Head"}})
        assert LmsUser.objects.values_list("phone", "job_title").get() == ("2", "Head")

    def test_version_and_date_move_on_a_change_and_only_then(self, directory):
        user = directory.created()
        same = directory.patch(user["id"], {"op": "replace", "path": "userName", "value": "u1@x.test"})
        assert (same["ETag"], same.json()["meta"]) == ('W/"1"', user["meta"])
        changed = directory.patch(user["id"], {"op": "replace", "path": "title", "value": "x"})
        assert changed["ETag"] == 'W/"2"'
        assert changed.json()["meta"]["lastModified"] > user["meta"]["lastModified"]
        assert changed.json()["meta"]["created"] == user["meta"]["created"]

    def test_conditions(self, directory):
        """RFC 7644 §3.14."""
        user = directory.created()
        path = f"/Users/{user['id']}"
        operation = {"op": "replace", "path": "title", "value": "x"}
        assert directory.get(path, HTTP_IF_NONE_MATCH='W/"1"').status_code == 304
        assert_refused(directory.patch(user["id"], operation, HTTP_IF_MATCH='W/"9"'), 412)
        assert directory.patch(user["id"], operation, HTTP_IF_MATCH='W/"1"').status_code == 200
        assert_refused(directory.send("DELETE", path, HTTP_IF_MATCH='W/"1"'), 412)
        assert_refused(directory.send("PUT", path, person(), HTTP_IF_MATCH='W/"1"'), 412)

    @pytest.mark.parametrize(
        ("operation", "status", "scim_type"),
        [
            ({"op": "replace", "value": {"id": "other"}}, 400, "mutability"),
            ({"op": "remove", "path": "userName"}, 400, "mutability"),
            ({"op": "replace", "path": "userName", "value": ""}, 400, "mutability"),
            ({"op": "remove", "path": "emails"}, 400, "mutability"),
            ({"op": "replace", "path": 'emails[type eq "work"].value', "value": ""}, 400, "mutability"),
            ({"op": "remove"}, 400, "noTarget"),
            ({"op": "fly", "path": "title", "value": "x"}, 400, "invalidValue"),
            ({"op": "replace", "path": "title[", "value": "x"}, 400, "invalidPath"),
            ({"op": "replace", "path": "title"}, 400, "invalidValue"),
            ({"op": "replace", "path": "title", "value": "x" * 501}, 400, "invalidValue"),
            ({"op": "replace", "path": "title", "value": {"a": 1}}, 400, "invalidValue"),
        ],
    )
    def test_what_cannot_be_changed_so(self, directory, operation, status, scim_type):
        user = directory.created()
        assert_refused(directory.patch(user["id"], operation), status, scim_type)
        assert directory.get(f"/Users/{user['id']}").json() == user

    def test_an_equal_id_in_the_value_is_ignored(self, directory):
        user = directory.created()
        value = {"id": user["id"], "meta": {"version": "9"}, "schemas": [CORE], "title": "x"}
        assert directory.patch(user["id"], {"op": "replace", "value": value}).json()["title"] == "x"

    @pytest.mark.parametrize("value", [None, ""])
    def test_null_and_empty_text_clear(self, directory, value):
        user = directory.created(title="t", nickName="n", name={"givenName": "g", "familyName": "f"})
        body = directory.patch(
            user["id"],
            {"op": "replace", "path": "title", "value": value},
            {"op": "add", "value": {"nickName": value, "name": {"givenName": value, "familyName": "F"}}},
        ).json()
        assert "title" not in body
        assert "nickName" not in body
        assert body["name"] == {"familyName": "F"}

    def test_attributes_can_be_chosen(self, directory):
        """RFC 7644 §3.9."""
        user = directory.created(title="t")
        path = f"/Users/{user['id']}"
        assert set(directory.get(f"{path}?attributes=title").json()) == {"schemas", "id", "title"}
        assert "title" not in directory.get(f"{path}?excludedAttributes=title").json()


def test_a_stamp_follows_the_user_name_until_somebody_else_sets_the_field(db):
    directory = make_directory(stamps={"email": "{userName}@lms.test"})
    user = directory.post({"userName": "u1"}).json()
    rename = {"op": "replace", "path": "userName"}
    directory.patch(user["id"], rename | {"value": "u2"})
    assert LmsUser.objects.get().email == "u2@lms.test"
    LmsUser.objects.update(email="own@lms.test", email_key="own@lms.test")
    directory.patch(user["id"], rename | {"value": "u3"})
    assert LmsUser.objects.get().email == "own@lms.test"


class TestBlock:
    DEACTIVATE = [
        {"op": "Replace", "path": "active", "value": False},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": False}},
        {"op": "Replace", "value": {"active": "False"}},
    ]

    @pytest.mark.parametrize("operation", DEACTIVATE)
    def test_deactivate_and_activate(self, directory, operation, django_capture_on_commit_callbacks):
        user, heard = directory.created(), []

        def listen(sender, user_ids, **_):
            heard.extend(user_ids)

        signals.user_blocked.connect(listen)
        with django_capture_on_commit_callbacks(execute=True):
            answer = directory.patch(user["id"], operation)
        signals.user_blocked.disconnect(listen)
        assert (answer.status_code, answer.json()["active"], blocked(user)) == (200, False, True)
        assert heard == [LmsUser.objects.get().pk]
        assert directory.get(f"/Users/{user['id']}").json()["active"] is False
        assert directory.names("active eq false") == ["u1@x.test"]
        answer = directory.patch(user["id"], {"op": "replace", "path": "active", "value": "True"})
        assert (answer.json()["id"], answer.json()["active"], blocked(user)) == (user["id"], True, False)
        actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        assert [one for one in actions if one.startswith("user_")] == ["user_created", "user_blocked", "user_unblocked"]

    def test_delete_blocks_and_hides(self, directory):
        user, bystander = directory.created("u1@x.test"), directory.created("u2@x.test")
        path = f"/Users/{user['id']}"
        answer = directory.send("DELETE", path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert_refused(directory.get(path), 404)
        assert_refused(directory.send("DELETE", path), 404)
        assert directory.names('userName sw "u"') == ["u2@x.test"]
        assert directory.get("/Users").json()["totalResults"] == 1
        assert sorted(LmsUser.objects.values_list("user_name", "blocked")) == [
            ("u1@x.test", True),
            ("u2@x.test", False),
        ]
        assert blocked(bystander) is False

    def test_no_id_but_the_links_own_deletes(self, directory):
        """The primary keys of a link, its user and its neighbour are nobody's id."""
        user = directory.created()
        link = ScimLink.objects.get()
        upper = user["id"].upper() if user["id"].upper() != user["id"] else "x"
        for text in (
            str(link.pk),
            str(link.user_id),
            link.scim_id.hex,
            f"{{{user['id']}}}",
            f"urn:uuid:{user['id']}",
            upper,
        ):
            assert_refused(directory.send("DELETE", f"/Users/{text}"), 404)
        assert not LmsUser.objects.filter(blocked=True).exists()

    @pytest.mark.parametrize("again", [person("u1@x.test"), person("renamed@x.test", externalId="e1")])
    def test_whoever_comes_back_is_the_same_account_under_a_new_id(self, directory, again):
        user = directory.created("u1@x.test", externalId="e1")
        account = LmsUser.objects.get().pk
        directory.send("DELETE", f"/Users/{user['id']}")
        back = directory.post(again)
        assert back.status_code == 201
        assert back.json()["id"] != user["id"]
        assert (LmsUser.objects.get().pk, LmsUser.objects.get().blocked) == (account, False)
        assert_refused(directory.get(f"/Users/{user['id']}"), 404)

    def test_removing_clears_the_index(self, directory):
        user = directory.created(title="t")
        directory.send("DELETE", f"/Users/{user['id']}")
        assert not directory.configuration.links.get().attributes.exists()


def test_administrators_are_never_touched(directory):
    """Whatever a directory calls somebody, an administrator is another record."""
    admin = Administrator.objects.create_superuser("admin@x.test", "admin@x.test", "password-of-admin")
    before = list(Administrator.objects.values())
    user = directory.created(
        "admin@x.test",
        roles=[{"value": "admin"}],
        entitlements=[{"value": "superuser"}],
        userType="Administrator",
        password="p4ssw0rd-p4ssw0rd",
    )
    directory.patch(user["id"], {"op": "replace", "value": {"is_superuser": True, "roles": [{"value": "root"}]}})
    directory.send("PUT", f"/Users/{user['id']}", person("admin@x.test", active=False))
    directory.send("DELETE", f"/Users/{user['id']}")
    assert list(Administrator.objects.values()) == before
    assert not [field for field in LmsUser._meta.get_fields() if field.related_model is Administrator]
    assert admin.check_password("password-of-admin")
