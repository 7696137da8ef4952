"""Lists are what the engine's own models give out, byte for byte."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scim2_models import SearchRequest
from scim2_server.service import ScimService
from scim2_server.storage import SearchPage
from scim2_server.utils import parametrize

from scim.mapping import MINIMAL, STANDARD
from scim.models import LmsUser, ScimConfiguration, ScimLink
from scim.protocol.adapter import wanted_of
from scim.protocol.provider import Shape, published
from scim.protocol.request_storage import RequestStorage
from scim.protocol.service import Service
from scim.provisioning import Provisioner
from scim.tolerances import Tolerances
from tests.builders import BY
from tests.scim.conftest import CORE, ENTERPRISE

pytestmark = pytest.mark.any_database
BASE = "https://lms.test/scim/v2"
STRANGE = "urn:example:strange:1.0:User"
text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=8)
flag = st.booleans()


def some(**values):
    """Any part of ``values``, never none."""
    return st.fixed_dictionaries({}, optional={name.rstrip("_"): value for name, value in values.items()})


def entry(**values):
    return st.lists(some(value=text, type=text, display=text) | some(value=text, **values), max_size=3)


references = st.sampled_from(["Users/1", "Groups/x", "Odd/2", "Users/", "/scim/v2/Users/3", "https://x.test/Users/4"])
manager = st.fixed_dictionaries({}, optional={"value": text, "$ref": references, "displayName": text})
people = st.fixed_dictionaries(
    {"userName": text, "active": flag, "emails": st.just([{"value": "a@x.test", "primary": True}])},
    optional={
        "schemas": st.lists(st.sampled_from([ENTERPRISE, STRANGE]), unique=True).map(lambda others: [CORE, *others]),
        "externalId": text,
        "name": some(formatted=text, familyName=text, givenName=text, middleName=text, honorificPrefix=text),
        "displayName": text,
        "profileUrl": st.just("https://x.test/a b"),
        "title": text,
        "preferredLanguage": text,
        "phoneNumbers": entry(),
        "photos": st.lists(some(value=st.just("https://x.test/p"), type=text), max_size=2),
        "addresses": st.lists(some(country=text, locality=text, formatted=text, primary=st.just(False)), max_size=2),
        "roles": entry(),
        ENTERPRISE: some(employeeNumber=text, department=text, manager=manager),
    },
)
crowds = st.fixed_dictionaries({"displayName": text}, optional={"externalId": text})
moments = st.datetimes(timezones=st.just(UTC), max_value=datetime(2100, 1, 1))  # noqa: DTZ001 - as Hypothesis asks


def form_of(rows, read_only=frozenset()):
    return published(Shape(False, frozenset(row.path for row in rows), read_only, Tolerances()))


def link_of(form, body, created, version):
    """As the store has it after the engine has read ``body``."""
    kind = "User" if "userName" in body else "Group"
    with form.provider:
        wanted = wanted_of(form.provider.model_for(kind).model_validate(body))
    link = ScimLink(kind=kind, scim_id=UUID(int=version, version=4), data=wanted.data, version=version)
    link.external_id, link.created, link.modified = wanted.external_id, created, created + timedelta(microseconds=1)
    if kind == "User":
        link.user = LmsUser(blocked=wanted.active is False)
    return link


def pages(form, links, **query):
    """The same page as text: by the engine, and by us."""
    configuration = ScimConfiguration()
    provisioner = Provisioner(configuration, BY, form.case_exact)
    storage = RequestStorage(form, provisioner, writing=False, base_url=BASE)
    types = list(form.provider.resource_types)
    with form.provider:
        request = parametrize(SearchRequest, form.provider.model_for("User"))(start_index=1, **query)
        resources = [storage.bare(link) for link in links]
        engine = ScimService(form.provider, secret=b"secret")
        expected = engine.search_response(BASE, types, SearchPage(len(links), resources), request)
        storage.found = links
        service = Service(storage, configuration.tolerances, b"secret")
        found = service.search_response(BASE, types, SearchPage(len(links), []), request)
    return json.dumps(expected.body), json.dumps(found.body)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(people | crowds, moments), max_size=4))
def test_a_page_is_what_the_engine_gives_out(drawn):
    form = form_of(STANDARD)
    links = [link_of(form, body, at, number) for number, (body, at) in enumerate(drawn, 1)]
    expected, found = pages(form, links)
    assert found == expected


@settings(max_examples=50, deadline=None)
@given(people, moments)
def test_what_is_mapped_no_longer_is_not_given_out(body, created):
    link = link_of(form_of(STANDARD), body, created, 1)
    expected, found = pages(form_of(MINIMAL), [link])
    assert found == expected


def test_every_mapped_attribute_is_in_the_plan():
    names = {attribute.name for attribute in form_of(STANDARD).plans["User"].attributes}
    assert {row.path.partition(".")[0] for row in STANDARD if not row.path.startswith("urn:")} <= names
    assert ENTERPRISE in names
