"""Two configurations of one LMS: neither shows, counts, matches, changes or reveals the users of the other."""

import pytest
from django.utils import timezone

from scim.models import LmsUser, ScimLink, ScimMembership
from tests.scim.conftest import ENTERPRISE, assert_refused, group, make_directory, person

pytestmark = pytest.mark.django_db
INVENTED = "e9e1b2ce-1111-4222-8333-0123456789ab"
TAKEN = {
    "userName": {"userName": "FOREIGN@x.test", "emails": [{"value": "own@x.test"}]},
    "emails": {"emails": [{"value": "Foreign@X.test"}]},
    "employeeNumber": {ENTERPRISE: {"employeeNumber": "f-1"}},
}


@pytest.fixture
def own():
    return make_directory(scope_division="Own")


@pytest.fixture
def other():
    return make_directory(scope_division="Other")


@pytest.fixture
def mine(own):
    return own.created("mine@x.test", title="Same")


@pytest.fixture
def foreign(other):
    return other.created("foreign@x.test", title="Same", externalId="F", **{ENTERPRISE: {"employeeNumber": "F-1"}})


@pytest.fixture
def groups(own, other, mine, foreign):
    """One each, and mine also has somebody whom the scope took away since."""
    ours, theirs = own.grouped("ours", mine), other.grouped("theirs", foreign)
    gone = own.created("gone@x.test", title="Same")
    own.patch_group(ours["id"], {"op": "add", "path": "members", "value": [{"value": gone["id"]}]})
    LmsUser.objects.filter(user_name="gone@x.test").update(division="Other")
    return ours, theirs, gone


def state(directory):
    links = ScimLink.objects.filter(configuration=directory.configuration).order_by("pk")
    members = ScimMembership.objects.filter(group__in=links).order_by("pk")
    users = LmsUser.objects.filter(links__in=links).order_by("pk")
    return [list(rows.values()) for rows in (links, members, users)]


USERS = [
    'title eq "Same"',
    'title eq "nothing" or title eq "Same"',
    'not (title eq "nothing")',
    'not (groups.value eq "{theirs}")',
    'groups.value eq "{theirs}" or userName pr',
    'not (not (userName sw "foreign") and not (userName pr))',
    'id eq "{foreign}" or id eq "{gone}" or userName pr',
    'emails[value co "x.test" or not (type eq "work")]',
    'groups.display eq "theirs" or groups.display eq "ours"',
]
GROUPS = [
    'members.value eq "{foreign}" or displayName pr',
    'not (members.value eq "{foreign}")',
    'not (members.value eq "{gone}")',
    'members[value eq "{mine}" or value eq "{foreign}"]',
    'displayName eq "theirs" or displayName eq "ours"',
]
NOBODY = [
    ("/Users", 'groups.value eq "{theirs}"'),
    ("/Users", 'id eq "{foreign}" or id eq "{gone}"'),
    ("/Users", 'externalId eq "F"'),
    ("/Groups", 'members.value eq "{foreign}" or members.value eq "{gone}"'),
    ("/Groups", 'members[not (value eq "{mine}")]'),
    ("/Groups", 'id eq "{theirs}"'),
]


SEARCHES = [("/Users", one) for one in USERS] + [("/Groups", one) for one in GROUPS]


def ids(mine, foreign, groups):
    return {"mine": mine["id"], "foreign": foreign["id"], "theirs": groups[1]["id"], "gone": groups[2]["id"]}


class TestReads:
    @pytest.mark.parametrize(("path", "scim_filter"), SEARCHES)
    def test_who_is_found_is_its_own(self, own, mine, foreign, groups, path, scim_filter):
        wanted = mine["id"] if path == "/Users" else groups[0]["id"]
        scim_filter = scim_filter.format(**ids(mine, foreign, groups))
        answers = [own.find(scim_filter, path), own.find(scim_filter, path, cursor=""), own.find(scim_filter, "")]
        answers += [own.post({"filter": scim_filter}, f"{searched}/.search") for searched in (path, "")]
        for answer in answers:
            page = answer.json()
            assert (page["totalResults"], [one["id"] for one in page["Resources"] if one["id"] == wanted]) == (
                len(page["Resources"]),
                [wanted],
            )
            hidden = [foreign["id"], groups[1]["id"], groups[2]["id"], "foreign@", "gone@", "theirs"]
            assert not [one for one in hidden if one in answer.content.decode()]

    @pytest.mark.parametrize(("path", "scim_filter"), NOBODY)
    def test_nobody_is_found_by_others(self, own, mine, foreign, groups, path, scim_filter):
        page = own.find(scim_filter.format(**ids(mine, foreign, groups)), path).json()
        assert (page["totalResults"], page["Resources"]) == (0, [])

    def test_a_group_shows_its_own_members(self, own, mine, groups):
        assert own.members(groups[0]) == [mine["id"]]
        assert own.get("/Groups").json()["Resources"][0]["members"][0]["value"] == mine["id"]


class TestWrites:
    def test_members_are_never_others(self, own, other, mine, foreign, groups):
        before = state(other)
        ours, _, gone = groups
        path, strange = f"/Groups/{ours['id']}", [foreign["id"], gone["id"], INVENTED]
        for scim_id in strange:
            one = {"value": [{"value": scim_id}], "path": "members"}
            for operation in ({"op": "add"} | one, {"op": "remove"} | one):
                assert own.patch_group(ours["id"], operation).status_code == 200
            removed = {"op": "remove", "path": f'members[value eq "{scim_id}" or value eq "{INVENTED}"]'}
            assert own.patch_group(ours["id"], removed).status_code == 200
        assert own.send("PUT", path, group("ours", mine, *({"id": one} for one in strange))).status_code == 200
        assert own.post(group("more", *({"id": one} for one in strange)), "/Groups").json().get("members") is None
        assert own.members(ours) == [mine["id"]]
        assert state(other) == before

    def test_the_others_groups_do_not_exist(self, own, other, mine, groups):
        before, path = state(other), f"/Groups/{groups[1]['id']}"
        answers = [own.get(path), own.send("PUT", path, group("x", mine)), own.send("DELETE", path)]
        joining = {"op": "add", "path": "members", "value": [{"value": mine["id"]}]}
        answers.append(own.patch_group(groups[1]["id"], joining))
        assert {answer.content for answer in answers} == {own.get(f"/Groups/{INVENTED}").content}
        for answer in answers:
            assert_refused(answer, 404)
        assert state(other) == before


class TestConflicts:
    """RFC 7644 §3.12: 409 names the attribute; what it says is the same whoever holds the value, and wherever."""

    @pytest.fixture(params=["provisioned by another", "unknown to directories", "blocked", "its own"])
    def holder(self, request, own, other):
        if request.param == "unknown to directories":
            return LmsUser.objects.create(user_name="foreign@x.test", email="foreign@x.test", employee_id="F-1")
        body = person("foreign@x.test", **{ENTERPRISE: {"employeeNumber": "F-1"}})
        assert (own if request.param == "its own" else other).post(body).status_code == 201
        if request.param == "blocked":
            LmsUser.objects.filter(user_name="foreign@x.test").update(
                blocked=True, blocked_at=timezone.now(), blocked_by="directory"
            )
        return LmsUser.objects.get(user_name="foreign@x.test")

    @pytest.mark.parametrize("attribute", TAKEN)
    def test_what_is_taken_says_nothing_of_its_holder(self, own, mine, holder, attribute):
        path, details = f"/Users/{mine['id']}", set()
        before = LmsUser.objects.filter(pk=holder.pk).values().get()
        change = {"op": "replace", "value": TAKEN[attribute]}
        for answer in (
            own.post(person("own@x.test") | TAKEN[attribute]),
            own.send("PUT", path, person("mine@x.test") | TAKEN[attribute]),
            own.patch(mine["id"], change),
        ):
            assert_refused(answer, 409, "uniqueness")
            details.add(answer.json()["detail"])
        assert details == {f"{attribute} is already in use."}
        assert own.get(path).json() == mine
        assert LmsUser.objects.filter(pk=holder.pk).values().get() == before
