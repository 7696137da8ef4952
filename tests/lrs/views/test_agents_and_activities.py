"""The Agents and Activities resources (xAPI 1.0.3 Communication §2.4-2.5)."""

import pytest

from tests.lrs.statement.samples import ACTIVITY, AGENT, statement

pytestmark = pytest.mark.django_db
AGENTS, ACTIVITIES = "/xapi/agents", "/xapi/activities"


@pytest.fixture(params=["", "/"], ids=["no slash", "slash"])
def slash(request):
    return request.param


class TestAgents:
    def test_every_name_seen_the_latest_first(self, own, slash):
        for name in ("Ann", "Anna", "Ann"):
            own.post(statement(actor=AGENT | {"name": name}))
        answer = own.get(AGENTS + slash, agent=AGENT)
        assert answer.status_code == 200
        assert answer.json() == {"objectType": "Person", "name": ["Anna", "Ann"], "mbox": [AGENT["mbox"]]}

    @pytest.mark.parametrize(
        "identifier",
        [
            {"mbox": "mailto:nobody@example.org"},
            {"mbox_sha1sum": "a" * 40},
            {"openid": "http://example.org/me"},
            {"account": {"homePage": "http://example.org", "name": "me"}},
        ],
    )
    def test_an_unknown_agent_is_the_one_asked_for(self, own, identifier):
        [(name, value)] = identifier.items()
        assert own.get(AGENTS, agent=identifier).json() == {"objectType": "Person", name: [value]}
        asked = own.get(AGENTS, agent={"objectType": "Agent", "name": "Me", **identifier})
        assert asked.json() == {"objectType": "Person", "name": ["Me"], name: [value]}

    @pytest.mark.parametrize(
        "parameters",
        [
            {},
            {"agent": "x"},
            {"agent": {}},
            {"agent": {"objectType": "Group", **AGENT}},
            {"agent": [AGENT]},
            {"agent": AGENT | {"account": {}}},
            {"agent": AGENT, "x": "y"},
            {"Agent": AGENT},
        ],
    )
    def test_refuses(self, own, parameters):
        assert own.get(AGENTS, **parameters).status_code == 400


class TestActivities:
    def test_merged_in_every_language(self, own, slash):
        own.post(statement(object=ACTIVITY | {"definition": {"name": {"en": "House"}, "extensions": {"a:x": 1}}}))
        own.post(statement(object=ACTIVITY | {"definition": {"name": {"de": "Haus"}}}))
        answer = own.get(ACTIVITIES + slash, activityId=ACTIVITY["id"])
        definition = {"name": {"en": "House", "de": "Haus"}, "extensions": {"a:x": 1}}
        assert answer.json() == {"objectType": "Activity", **ACTIVITY, "definition": definition}

    def test_an_unknown_one_has_its_id(self, own):
        assert own.get(ACTIVITIES, activityId="a:b").json() == {"objectType": "Activity", "id": "a:b"}

    @pytest.mark.parametrize("parameters", [{}, {"activityId": "no-scheme"}, {"activityId": "a:b", "x": "y"}])
    def test_refuses(self, own, parameters):
        assert own.get(ACTIVITIES, **parameters).status_code == 400


class TestVisibility:
    """What another client told does not exist for an own client."""

    def test_of_names_and_definitions(self, own, other, reader):
        asked = [(AGENTS, {"agent": AGENT}), (ACTIVITIES, {"activityId": ACTIVITY["id"]})]
        before = [own.get(path, **parameters).content for path, parameters in asked]
        other.post(statement(actor=AGENT | {"name": "Ann"}, object=ACTIVITY | {"definition": {"type": "a:t"}}))
        assert [own.get(path, **parameters).content for path, parameters in asked] == before
        assert reader.get(AGENTS, agent=AGENT).json()["name"] == ["Ann"]
        assert reader.get(ACTIVITIES, activityId=ACTIVITY["id"]).json()["definition"] == {"type": "a:t"}


@pytest.mark.parametrize(("path", "parameters"), [(AGENTS, {"agent": AGENT}), (ACTIVITIES, {"activityId": "a:b"})])
def test_etag(own, path, parameters):
    answer = own.get(path, **parameters)
    tag = answer["ETag"]
    assert tag[0] == tag[-1] == '"'
    own.extra = {"HTTP_IF_NONE_MATCH": tag}
    again = own.get(path, **parameters)
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-Experience-API-Version"] == "1.0.3"
    own.extra = {"HTTP_IF_NONE_MATCH": '"other"'}
    assert own.get(path, **parameters).status_code == 200
