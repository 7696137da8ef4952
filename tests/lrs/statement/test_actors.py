import pytest

from lrs.statement.rules import statement
from lrs.statement.types import Version
from tests.lrs.statement.samples import AGENT, AGENT_PLACES, PARTS, anonymous
from tests.lrs.statement.samples import statement as make

ACCOUNT = {"homePage": "http://example.org", "name": "17"}
IDENTIFIERS = {
    "mbox": "mailto:a@example.org",
    "mbox_sha1sum": "a" * 40,
    "openid": "http://openid.example/a",
    "account": ACCOUNT,
}
BAD_AGENTS = {
    "2.4.2.1 no identifier": ({"name": "A"}, "", "exactly one of"),
    "2.4.2.1 two identifiers": (
        {"mbox": "mailto:a@b", "openid": "http://a"},
        "",
        "exactly one of",
    ),
    "2.4.2.1 objectType in another case": ({"objectType": "agent", **AGENT}, ".objectType", "must be"),
    "2.4.2.1 objectType null": ({"objectType": None, **AGENT}, ".objectType", "must be"),
    "2.4.2.1 objectType list": ({"objectType": ["Agent"], **AGENT}, ".objectType", "must be"),
    "2.4.2.1 name not a string": ({"name": 1, **AGENT}, ".name", "must be a string"),
    "2.4.2.1 name null": ({"name": None, **AGENT}, ".name", "must be a string"),
    "2.4.2.3 mbox without mailto": ({"mbox": "a@example.org"}, ".mbox", "mail address"),
    "2.4.2.3 mbox without @": ({"mbox": "mailto:a"}, ".mbox", "mail address"),
    "2.4.2.3 mbox not a string": ({"mbox": {}}, ".mbox", "must be a string"),
    "2.4.2.3 mbox null": ({"mbox": None}, ".mbox", "must be a string"),
    "2.4.2.3 sha1 too short": ({"mbox_sha1sum": "a" * 39}, ".mbox_sha1sum", "SHA-1"),
    "2.4.2.3 openid without scheme": ({"openid": "me.example"}, ".openid", "URI"),
    "2.4.2.4 account empty": ({"account": {}}, ".account.homePage", "missing"),
    "2.4.2.4 account without name": ({"account": {"homePage": "http://a"}}, ".account.name", "missing"),
    "2.4.2.4 account without homePage": ({"account": {"name": "a"}}, ".account.homePage", "missing"),
    "2.4.2.4 account homePage no IRL": ({"account": {**ACCOUNT, "homePage": "a.b"}}, ".account.homePage", "IRL"),
    "2.4.2.4 account name a number": ({"account": {**ACCOUNT, "name": 17}}, ".account.name", "must be a string"),
    "2.4.2.4 account extra member": ({"account": {**ACCOUNT, "x": 1}}, ".account.x", "unknown property"),
    "2.2 wrong case of key": ({"Mbox": "mailto:a@b"}, ".Mbox", "unknown property"),
    "2.2 unknown property": ({**AGENT, "age": 3}, ".age", "unknown property"),
    "2.4.2.1 an Agent has no member": ({"objectType": "Agent", **AGENT, "member": []}, ".member", "unknown property"),
}


def problems(version, part, members):
    make_part = PARTS[part][1]
    return [(problem.path, problem.reason) for problem in statement(make_part(**members), version)]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("place", AGENT_PLACES)
@pytest.mark.parametrize("identifier", IDENTIFIERS)
@pytest.mark.parametrize("extra", [{}, {"objectType": "Agent"}, {"name": ""}], ids=str)
def test_agent_data_2_4_2_1(version, part, place, identifier, extra):
    agent = {identifier: IDENTIFIERS[identifier], **extra}
    assert problems(version, part, AGENT_PLACES[place][1](agent)) == []


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("place", AGENT_PLACES)
@pytest.mark.parametrize("case", BAD_AGENTS)
def test_agent_refused(version, part, place, case):
    agent, path, reason = BAD_AGENTS[case]
    prefix, put = AGENT_PLACES[place]
    [(found_path, found_reason)] = problems(version, part, put(agent))[:1]
    assert found_path == PARTS[part][0] + prefix + path
    assert reason in found_reason


GROUPS = {
    "anonymous": (anonymous(AGENT), None),
    "anonymous and named": ({**anonymous(AGENT), "name": "Team"}, None),
    "anonymous with empty member": (anonymous(), None),
    "identified": ({"objectType": "Group", "mbox": "mailto:t@example.org"}, None),
    "identified with members": ({**anonymous(AGENT, AGENT), "account": ACCOUNT}, None),
    "2.4.2.2 neither": ({"objectType": "Group", "name": "T"}, ".member: missing in a Group without identifier"),
    "2.4.2.2 two identifiers": (
        {**anonymous(AGENT), "mbox": "mailto:a@b", "openid": "http://a"},
        ": at most one of mbox or mbox_sha1sum or openid or account is allowed, not 2",
    ),
    "2.4.2.2 a Group as member": (anonymous(anonymous(AGENT)), '.member[0].objectType: must be "Agent"'),
    "2.4.2.2 member an object": (
        {"objectType": "Group", "member": AGENT},
        ".member: must be an array, not an object",
    ),
    "2.4.2.2 member null": ({"objectType": "Group", "member": None}, ".member: must be an array, not null"),
    "2.4.2.2 member a string": (anonymous("A"), ".member[0]: must be an object, not a string"),
    "2.2 unknown property": ({**anonymous(AGENT), "members": []}, ".members: unknown property"),
}
GROUP_PLACES = {
    "actor": lambda group: {"actor": group},
    "object": lambda group: {"object": group},
    "context.team": lambda group: {"context": {"team": group}},
    "context.instructor": lambda group: {"context": {"instructor": group}},
}


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("place", GROUP_PLACES)
@pytest.mark.parametrize("case", GROUPS)
def test_group_data_2_4_2_2(version, part, place, case):
    group, problem = GROUPS[case]
    found = [f"{path}: {reason}" for path, reason in problems(version, part, GROUP_PLACES[place](group))]
    if problem is None:
        assert not found
    else:
        assert any(line.startswith(PARTS[part][0] + place + problem) for line in found), found


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("authority", "problem"),
    [
        (AGENT, None),
        (anonymous(AGENT, AGENT), None),
        (anonymous(AGENT), "authority: a Group as authority is anonymous"),
        (anonymous(AGENT, AGENT, AGENT), "authority: a Group as authority is anonymous"),
        ({**anonymous(AGENT, AGENT), **AGENT}, "authority: a Group as authority is anonymous"),
        ({"objectType": "Group", **AGENT}, "authority: a Group as authority is anonymous"),
        ({"name": "x"}, "authority: exactly one of"),
        ({"objectType": "Activity", "id": "http://a"}, "authority.objectType: must be"),
        (None, "authority: must be an object"),
    ],
)
def test_authority_data_2_4_9(version, authority, problem):
    found = [str(one) for one in statement(make(authority=authority), version)]
    assert not found if problem is None else found[0].startswith(problem)
