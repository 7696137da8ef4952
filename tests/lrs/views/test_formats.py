"""``format`` (xAPI 1.0.3 Communication §2.1.3)."""

import pytest

from clients.models import LmsSettings
from tests.lrs.statement.samples import ACTIVITY, AGENT, ATTACHMENT, VERB, anonymous, statement, sub_statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
NAMED = AGENT | {"name": "Ann"}
ACCOUNT = {"account": {"homePage": "http://example.org", "name": "1"}}
DEFINITION = {
    "name": {"en": "House", "de": "Haus"},
    "description": {"en-US": "A house", "fr": "Une maison"},
    "type": "a:type",
    "interactionType": "choice",
    "choices": [{"id": "a", "description": {"en": "yes", "de": "ja"}}],
}
SHOWN = {"id": VERB["id"], "display": {"en": "did", "de": "tat"}}


def one(caller, name, **parameters):
    answer = caller.get(statementId=name, **parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestIds:
    @pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
    def test_every_place(self, own, version):
        own.version = version
        context = {
            "instructor": NAMED,
            "team": {"objectType": "Group", "name": "Team", "member": [NAMED], **ACCOUNT},
            "contextActivities": {"parent": ACTIVITY | {"objectType": "Activity"}, "other": [ACTIVITY, ACTIVITY]},
            "extensions": {"a:x": {"objectType": "Activity", "id": "a:y", "name": 1}},
        }
        if version == "2.0.0":
            context["contextAgents"] = [{"objectType": "contextAgent", "agent": NAMED}]
            context["contextGroups"] = [{"objectType": "contextGroup", "group": anonymous(NAMED)}]
        inner = {"actor": anonymous(NAMED), "verb": SHOWN, "object": ACTIVITY | {"definition": DEFINITION}}
        value = sub_statement(**inner, context=context) | {
            "actor": {"objectType": "Group", "member": [AGENT], **ACCOUNT},
            "verb": SHOWN,
        }
        [name] = own.post(value).json()
        got = one(own, name, format="ids")
        agent = {"objectType": "Agent", **AGENT}
        group = {"objectType": "Group", **ACCOUNT}
        assert got["actor"] == group
        assert got["verb"] == {"id": VERB["id"]}
        assert got["authority"].keys() == {"objectType", "account"}
        found = got["object"]
        assert found["actor"] == anonymous(agent)
        assert (found["verb"], found["object"]) == ({"id": VERB["id"]}, {"id": ACTIVITY["id"]})
        expected = context | {
            "instructor": agent,
            "team": group,
            "contextActivities": {"parent": [ACTIVITY], "other": [ACTIVITY, ACTIVITY]},
        }
        if version == "2.0.0":
            expected["contextAgents"] = [{"objectType": "contextAgent", "agent": agent}]
            expected["contextGroups"] = [{"objectType": "contextGroup", "group": anonymous(agent)}]
        assert found["context"] == expected

    def test_the_rest_is_unchanged_to_the_last_digit(self, own):
        name = new_id()
        core = f'"id":"{name}","actor":{{"mbox":"mailto:a@b"}},"verb":{{"id":"a:v"}},"object":{{"id":"a:o"}}'
        numbers = '"result":{"score":{"raw":1.50000},"extensions":{"a:x":[123456789012345678901234567890,-0.0,1E+2]}}'
        own.post(f"{{{core},{numbers}}}")
        for chosen in ("ids", "canonical"):
            assert numbers.encode() in own.get(statementId=name, format=chosen).content

    def test_lists(self, own):
        own.post([statement(actor=NAMED), statement(actor=NAMED)])
        answer = own.get(format="ids", limit=1).json()
        assert [one["actor"] for one in answer["statements"]] == [{"objectType": "Agent", **AGENT}]
        answer = own.get(answer["more"]).json()
        assert [one["actor"] for one in answer["statements"]] == [{"objectType": "Agent", **AGENT}]


class TestCanonical:
    @pytest.fixture
    def name(self, own):
        attachment = ATTACHMENT | {"display": {"en": "Proof", "de": "Beweis"}, "description": {}}
        return own.post(
            statement(actor=NAMED, verb=SHOWN, object=ACTIVITY | {"definition": DEFINITION}, attachments=[attachment])
        ).json()[0]

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("de", ("Haus", "A house", "ja", "tat", "Beweis")),
            ("en", ("House", "A house", "yes", "did", "Proof")),
            ("fr, de;q=0.5", ("Haus", "Une maison", "ja", "tat", "Beweis")),
            ("", ("House", "A house", "yes", "did", "Proof")),
        ],
    )
    def test_one_language_for_each_map(self, own, name, header, expected):
        own.extra = {"HTTP_ACCEPT_LANGUAGE": header}
        answer = own.get(statementId=name, format="canonical")
        got = answer.json()
        definition = got["object"]["definition"]
        maps = [
            definition["name"],
            definition["description"],
            definition["choices"][0]["description"],
            got["verb"]["display"],
            got["attachments"][0]["display"],
        ]
        assert tuple(next(iter(entries.values())) for entries in maps) == expected
        assert all(len(entries) == 1 for entries in maps)
        assert got["attachments"][0]["description"] == {}
        assert (got["actor"], definition["type"]) == (NAMED, "a:type")
        assert "Accept-Language" in answer["Vary"]

    def test_the_language_of_the_lms_is_next(self, own, name):
        LmsSettings.objects.update_or_create(pk=1, defaults={"language": "de"})
        own.extra = {"HTTP_ACCEPT_LANGUAGE": "it"}
        assert one(own, name, format="canonical")["verb"]["display"] == {"de": "tat"}
        LmsSettings.objects.update_or_create(pk=1, defaults={"language": "en"})

    def test_everything_the_caller_may_know_is_merged(self, own, other, reader, name):
        [bare] = own.post(statement(context={"contextActivities": {"parent": [ACTIVITY]}})).json()
        other.post(
            statement(verb=SHOWN | {"display": {"en": "did!"}}, object=ACTIVITY | {"definition": {"moreInfo": "a:m"}})
        )
        for caller, info, display in ((own, None, "did"), (reader, "a:m", "did!")):
            got = one(caller, bare, format="canonical")
            for definition in (
                got["object"]["definition"],
                got["context"]["contextActivities"]["parent"][0]["definition"],
            ):
                assert definition["name"] == {"en": "House"}
                assert definition.get("moreInfo") == info
            assert got["verb"]["display"] == {"en": display}
        assert "definition" not in one(own, bare)["object"]

    def test_of_what_nobody_described(self, own):
        [name] = own.post(statement(object={"id": "a:unknown", "definition": {}})).json()
        assert one(own, name, format="canonical")["object"] == {"id": "a:unknown"}

    def test_queries_of_a_page_do_not_grow(self, own, django_assert_max_num_queries):
        own.post([statement(object={"id": f"a:{n}", "definition": DEFINITION}) for n in range(20)])
        with django_assert_max_num_queries(7):
            assert len(own.get(format="canonical").json()["statements"]) == 20
