"""Compiled filters find exactly what the engine's evaluator finds in memory."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scim2_models import SearchRequest
from scim2_server.utils import parametrize

from scim.mapping import PATHS
from scim.protocol.adapter import LinkStorage
from scim.protocol.exchange import shape_of
from scim.protocol.provider import published
from scim.provisioning import Provisioner
from tests.builders import BY, make_configuration
from tests.scim.conftest import ENTERPRISE

# What has no text of its own; parts of these are named below.
NOT_TEXT = {"active", "name", "emails", "phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles"}
NOT_TEXT |= {f"{ENTERPRISE}:manager"}
NOT_TEXT |= {"profileUrl"}  # a filter's value must be an address there
VALUES = ["a", "A", "ab", "b", "", "ä", "%", "_", "\U0001f600"]
quoted = st.sampled_from([*VALUES, "aB", "z"]).map(json.dumps)
texts = st.sampled_from(
    [
        "userName",
        "externalId",
        "title",
        "name.givenName",
        "emails",
        "emails.value",
        "emails.type",
        "roles.value",
        f"{ENTERPRISE}:department",
        f"{ENTERPRISE}:manager.value",
        *(path for path in PATHS if path not in NOT_TEXT),
        *(f"{path}.{name}" for path in ("phoneNumbers", "ims", "entitlements") for name in ("value", "type")),
        "meta.resourceType",
    ]
)
times = st.sampled_from(['"2020-01-01T00:00:00Z"', '"2100-01-01T00:00:00+02:00"'])
booleans = st.sampled_from(["active", "emails.primary"])
operators = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
equality = st.sampled_from(["eq", "ne"])
booleans_or_null = st.sampled_from(["true", "false", "null"])


def joined(parts):
    return st.builds("{} {} {}".format, *parts)


inner = st.one_of(
    joined([st.sampled_from(["value", "type"]), operators, quoted]),
    joined([st.just("primary"), equality, booleans_or_null]),
    joined([st.sampled_from(["value", "type"]), equality, st.just("null")]),
    st.sampled_from(["value pr", "type pr", "primary pr"]),
)
nested = st.recursive(
    inner,
    lambda one: st.builds("({} {} {})".format, one, st.sampled_from(["and", "or"]), one) | one.map("not ({})".format),
    max_leaves=3,
)
terms = st.one_of(
    joined([texts, operators, quoted]),
    joined([texts, equality, st.just("null")]),
    joined([booleans, equality, booleans_or_null]),
    joined([st.sampled_from(["meta.created", "meta.lastModified"]), st.sampled_from(["gt", "ge", "lt", "le"]), times]),
    st.builds("{} pr".format, texts | booleans | st.sampled_from(["name", "emails", "roles", "id", "meta.created"])),
    st.builds("{}[{}]".format, st.sampled_from(["emails", "roles"]), nested),
)
filters = st.recursive(
    terms,
    lambda one: st.builds("({} {} {})".format, one, st.sampled_from(["and", "or"]), one) | one.map("not ({})".format),
    max_leaves=5,
)


def person(number):
    """Users who differ in what they lack."""
    one, two = VALUES[number % len(VALUES)], VALUES[(number * 5 + 2) % len(VALUES)]
    body = {"userName": f"{one}{number}", "active": number % 3 > 0, "title": one, "externalId": f"{two}{number}"}
    body["name"] = {"givenName": two}
    if number % 4:
        body["emails"] = [{"value": one, "type": two, "primary": number % 2 == 0}, {"value": two}, {"type": one}][
            : number % 4
        ]
    if number % 5:
        body[ENTERPRISE] = {"department": two, "manager": {"value": one}, "employeeNumber": f"{one}{number}"}
        body[ENTERPRISE] |= {"costCenter": one, "organization": two, "division": one}
    if number % 2:
        body["roles"] = [{"value": two, "type": "A"}]
        body |= {
            "displayName": two,
            "nickName": one,
            "userType": two,
            "locale": one,
            "profileUrl": f"https://x.test/{number}",
        }
    else:
        body |= {"preferredLanguage": two, "timezone": one, "phoneNumbers": [{"value": two, "type": one}]}
        body |= {"addresses": [{"locality": one, "country": two}], "entitlements": [{"value": one}]}
        body |= {"ims": [{"value": two}], "photos": [{"value": "https://x.test/p", "type": one}]}
        body["name"] |= {"familyName": one, "middleName": two, "honorificPrefix": one}
    return body


@pytest.fixture
def storage(db):
    configuration = make_configuration(stamps={"email": "{userName}@example.org"})
    form = published(shape_of(configuration))
    made = LinkStorage(form, Provisioner(configuration, BY, form.case_exact), writing=True)
    with form.provider:
        resource_type = form.provider.resource_types[0]
        model = form.provider.model_for("User")
        for number in range(14):
            made.create(resource_type, model.model_validate(person(number)))
        yield made


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters)
def test_any_filter_finds_what_the_evaluator_finds(storage, text):
    resource_type = storage.provider.resource_types[0]
    request = parametrize(SearchRequest, storage.provider.model_for("User"))
    everybody = storage.search([resource_type], request()).resources
    search = request(filter=text)
    found = storage.search([resource_type], search)
    expected = {one.id for one in everybody if search.filter.match(one)}
    assert {one.id for one in found.resources} == expected
    assert found.total == len(expected)
