"""The live example of the Mapping tab, against what a request really does."""

import json

import pytest

from clients.audit import Origin
from scim.effect import Fate, effect_of
from scim.mapping import ENTERPRISE, MINIMAL, PATHS, Mode, Row
from scim.models import LmsUser, ProvisioningEntry, ScimLink
from scim.pages.provider_examples import EXAMPLES
from tests.builders import make_configuration, make_superadmin
from tests.scim.conftest import make_directory, person
from tests.scim.test_policies import mapped

pytestmark = pytest.mark.django_db
BY = Origin.command("test")


def fates(configuration, body):
    return {part.path: part.fate for part in effect_of(configuration, json.dumps(body), BY).parts}


class TestEffect:
    @pytest.mark.parametrize("preset", EXAMPLES)
    def test_it_says_what_a_request_then_does(self, directory, preset):
        body = EXAMPLES[preset]
        told = effect_of(directory.configuration, json.dumps(body), BY)
        assert directory.post(body).status_code == 201
        user, link = LmsUser.objects.get(), ScimLink.objects.get()
        assert told.refusal == ""
        assert {name: getattr(user, name) for name in told.fields} == told.fields
        assert told.fields["email"] == "aino@example.org"
        stored = json.dumps(link.data)
        for part in told.parts:
            if isinstance(part.value, str) and part.fate in (Fate.FEEDS, Fate.KEPT):
                assert json.dumps(part.value) in stored
            if part.fate in (Fate.PASSWORD, Fate.SERVER):
                assert json.dumps(part.value) not in stored

    def test_why_each_value_is_dropped(self):
        rows = [*MINIMAL, Row("title", "job_title", Mode.LMS)]
        configuration = make_configuration(
            mapping=[row.as_json() for row in rows], stamps={"given_name": "Stamped"}, slug="n"
        )
        body = person(
            title="Planner", nickName="A", password="p", id="1", colour="red", externalId="e", locale="", active=False
        )
        assert effect_of(configuration, json.dumps(body), BY).refusal == ""
        found = fates(configuration, body | {"name": {"givenName": "Aino"}, ENTERPRISE: {"department": "D"}})
        assert found == {
            "userName": Fate.FEEDS,
            "emails[0].value": Fate.FEEDS,
            "emails[0].type": Fate.KEPT,
            "title": Fate.LMS,
            "nickName": Fate.UNMAPPED,
            "password": Fate.PASSWORD,
            "id": Fate.SERVER,
            "colour": Fate.UNKNOWN,
            "externalId": Fate.OWN_ID,
            "locale": Fate.EMPTY,
            "active": Fate.STATE,
            "name.givenName": Fate.STAMPED,
            f"{ENTERPRISE}:department": Fate.UNMAPPED,
        }

    def test_stamps_are_among_the_fields(self):
        configuration = make_configuration("n", scope_division="North")
        assert effect_of(configuration, json.dumps(person()), BY).fields["division"] == "North"

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ("{", "JSON"),
            ("[]", ""),
            ("{}", "userName"),
            ('{"userName": "x", "emails": [{"value": "no address"}]}', "emails"),
            ('{"userName": "x"}', "emails"),
        ],
    )
    def test_what_a_request_refuses_it_refuses(self, directory, body, reason):
        told = effect_of(directory.configuration, body, BY)
        answer = directory.post(body)
        assert answer.status_code == 400
        assert told.refusal == answer.json()["detail"]
        assert reason in told.refusal
        assert (told.parts, told.fields) == ([], {})

    def test_what_is_sensitive_is_hidden(self):
        directory = make_directory(mapping=mapped(Row("title", "job_title", sensitive=True)))
        told = effect_of(directory.configuration, json.dumps(person(title="hush")), BY)
        assert "hush" not in str(told)
        assert told.fields["job_title"] == "(hidden)"


class TestPage:
    @pytest.fixture
    def send(self, client, directory):
        client.force_login(make_superadmin())
        rows = {f"{kind}-{n}": "on" for n in range(len(PATHS)) for kind in ("kept", "fed")}
        rows |= {f"mode-{n}": "directory" for n in range(len(PATHS))} | {"preset": ""}
        url = f"/system/scim-configurations/{directory.configuration.pk}/mapping/"
        return lambda **more: client.post(url, rows | {"action": "try"} | more)

    def test_the_rows_on_the_page_count_and_are_not_saved(self, send, directory):
        page = send(example="entra", preset="minimal").content.decode()
        assert "Kept now, and no more once you save: name, " in page
        assert "Dropped: not kept by this mapping" in page
        directory.configuration.refresh_from_db()
        assert directory.configuration.mapping == []

    def test_a_pasted_body(self, send):
        assert send(example="pasted", pasted=" ").status_code == 422
        page = send(example="pasted", pasted='{"userName": ""}').content.decode()
        assert "Refused, and nothing is kept" in page

    def test_an_entry_of_the_log(self, send, directory):
        directory.created("logged@x.test")
        page = send(example=f"entry-{ProvisioningEntry.objects.get().pk}").content.decode()
        assert "logged@x.test" in page

    def test_entries_of_others_are_not_offered(self, send):
        make_directory("theirs").created("theirs@x.test")
        assert send(example=f"entry-{ProvisioningEntry.objects.get().pk}").status_code == 422

    def test_the_page_opens_with_an_example(self, client, directory):
        client.force_login(make_superadmin())
        page = client.get(f"/system/scim-configurations/{directory.configuration.pk}/mapping/").content.decode()
        assert "The user that would be created" in page
