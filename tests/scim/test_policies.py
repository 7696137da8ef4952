"""What a configuration decides: existing users, matching, mapping and tolerances."""

from datetime import UTC, datetime

import pytest

from scim.mapping import MINIMAL, Mode, Row
from scim.models import LmsUser
from scim.tolerances import PRESETS, Preset, Tolerances
from tests.scim.conftest import ENTERPRISE, assert_refused, group, make_directory, person

pytestmark = pytest.mark.django_db


def known(**fields):
    return LmsUser.objects.create(**{"user_name": "known@x.test", "email": "known@x.test"} | fields)


def mapped(*rows):
    return [row.as_json() for row in (*MINIMAL, *rows)]


class TestExistingUsers:
    def test_17_refused_by_configuration(self):
        directory = make_directory(existing_users="refuse")
        known()
        assert_refused(directory.post(person("known@x.test")), 409, "uniqueness")

    def test_who_comes_back_is_no_stranger(self):
        directory = make_directory(existing_users="refuse")
        user = directory.created()
        directory.send("DELETE", f"/Users/{user['id']}")
        assert directory.post(person()).status_code == 201

    def test_shared_users_by_flag(self):
        one, two = make_directory(), make_directory(flags={"shared_users": True})
        one.created()
        assert two.post(person()).status_code == 201
        assert LmsUser.objects.count() == 1
        assert_refused(two.post(person()), 409, "uniqueness")


class TestMatching:
    def test_a_key_that_is_left_out_finds_nobody(self):
        directory = make_directory(matching=["externalId", "userName"])
        known(user_name="other@x.test")
        answer = directory.post(person("new@x.test", emails=[{"value": "known@x.test"}]))
        assert_refused(answer, 409, "uniqueness")  # taken, but not taken over

    def test_the_order_says_which_key_is_named(self):
        body = person("known@x.test", emails=[{"value": "second@x.test"}])
        known()
        known(user_name="second@x.test", email="second@x.test")
        for matching, named in ((["userName", "email"], "emails"), (["email", "userName"], "userName")):
            answer = make_directory(matching=matching).post(body)
            assert answer.json()["detail"] == f"{named} is already in use."


class TestMapping:
    def test_what_is_not_mapped_is_neither_published_nor_kept(self):
        directory = make_directory(mapping=mapped())
        published = directory.get("/Schemas").content.decode()
        assert "nickName" not in published
        assert "middleName" not in published
        assert ENTERPRISE not in directory.get("/ResourceTypes").content.decode()
        user = directory.created(
            nickName="n", name={"givenName": "g", "middleName": "m"}, **{ENTERPRISE: {"department": "d"}}
        )
        assert (user["name"], "nickName" in user, ENTERPRISE in user) == ({"givenName": "g"}, False, False)
        assert LmsUser.objects.values_list("given_name", "middle_name", "department").get() == ("g", "", "")
        assert_refused(directory.find('nickName eq "n"'), 400, "invalidFilter")

    def test_each_configuration_has_its_own(self, directory):
        """D9: nothing about a mapping is global."""
        small = make_directory(mapping=mapped())
        small.prefix = f"/scim/{small.configuration.slug}/v2"
        assert "nickName" in directory.get("/Schemas").content.decode()
        assert "nickName" not in small.get("/Schemas").content.decode()
        user = small.created()
        assert user["meta"]["location"] == f"http://testserver{small.prefix}/Users/{user['id']}"

    def test_initial_values_stay_what_somebody_made_of_them(self):
        directory = make_directory(mapping=mapped(Row("title", "job_title", Mode.INITIAL)))
        user = directory.created(title="First")
        directory.patch(user["id"], {"op": "replace", "path": "title", "value": "Second"})
        assert LmsUser.objects.get().job_title == "First"

    def test_the_lmss_values_are_published_and_never_written(self):
        directory = make_directory(mapping=mapped(Row("title", "job_title", Mode.LMS)))
        known(job_title="Chief")
        user = directory.created("known@x.test", title="Mine")
        assert user["title"] == "Chief"
        assert_refused(
            directory.patch(user["id"], {"op": "replace", "path": "title", "value": "Mine"}), 400, "mutability"
        )
        assert LmsUser.objects.get().job_title == "Chief"


class TestTolerances:
    def strict(self, **flags):
        return make_directory(flags=PRESETS[Preset.GENERIC].flags() | flags)

    def test_new_configurations_are_as_for_entra(self, directory):
        assert directory.configuration.tolerances == PRESETS[Preset.ENTRA_ID] == Tolerances()

    @pytest.mark.parametrize("preset", Preset)
    def test_flags_are_stored_and_read_back(self, preset):
        assert Tolerances.of(PRESETS[preset].flags() | {"gone": True}) == PRESETS[preset]

    def test_unknown_attributes_are_refused(self):
        assert_refused(self.strict().post(person(fooBar="x")), 400, "invalidSyntax")
        assert self.strict(ignore_unknown=True).post(person(fooBar="x")).status_code == 201

    def test_21_a_missing_entry_is_not_created(self):
        directory = self.strict()
        user = directory.created()
        operation = {"op": "add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"}
        assert_refused(directory.patch(user["id"], operation), 400, "noTarget")

    def test_32_a_value_selects_nothing(self):
        directory = self.strict()
        made = directory.grouped("g", directory.created())
        operation = {"op": "remove", "path": "members", "value": [{"value": "x"}]}
        assert_refused(directory.patch_group(made["id"], operation), 400, "invalidValue")
        assert len(directory.members(made)) == 1

    def test_shapes_are_those_of_the_standard(self):
        directory = self.strict()
        user = directory.created()
        assert_refused(directory.post(person("u2@x.test", **{ENTERPRISE: {"manager": "m"}})), 400, "invalidValue")
        assert_refused(directory.post(group("g", members=user["id"]), "/Groups"), 400, "invalidValue")
        assert_refused(directory.find("externalId eq abc"), 400, "invalidFilter")

    def test_old_shapes_by_flag(self):
        directory = make_directory(flags={"old_schema_shapes": True})
        old = "urn:scim:schemas:extension:enterprise:1.0"
        body = {
            "schemas": ["urn:scim:schemas:core:1.0", old],
            "userName": "u1",
            "emails": {"value": "u1@x.test"},
            old: {"department": "d"},
        }
        made = directory.post(body)
        assert made.status_code == 201
        assert made.json()[ENTERPRISE] == {"department": "d"}
        assert_refused(make_directory().post(body | {"userName": "u2"}), 400, "invalidValue")

    @pytest.mark.parametrize(("wins", "active"), [(True, False), (False, True)])
    def test_27_a_block_by_hand(self, wins, active):
        directory = make_directory(flags={"manual_block_wins": wins})
        user = directory.created()
        LmsUser.objects.update(blocked=True, blocked_at=datetime.now(UTC), blocked_by="administrator")
        answer = directory.patch(user["id"], {"op": "replace", "path": "active", "value": True})
        assert (answer.status_code, answer.json()["active"]) == (200, active)
