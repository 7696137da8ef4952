"""Months of provisioning over a line that loses answers, repeats and refuses: afterwards both sides are equal.

``SCIM_CYCLES=5000,200,20 pytest tests/scim/test_cycles.py`` is the form with so many users, groups and cycles.
"""

import os

import pytest

from scim.models import LmsUser
from scim.tolerances import PRESETS, Preset
from tests.scim.conftest import ENTERPRISE, make_directory
from tests.scim.simulator import EntraId, Okta

FORM = os.environ.get("SCIM_CYCLES", "")
PEOPLE, CROWDS, CYCLES = map(int, (FORM or "30,6,5").split(","))
# The long form commits as a server does: in one transaction nobody hears of a change, and PostgreSQL grows ever slower.
pytestmark = pytest.mark.django_db(transaction=bool(FORM))


def everything(directory, path):
    """All resources, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        page = directory.get(f"{path}?count=200&cursor={cursor}").json()
        found += page["Resources"]
        cursor = page.get("nextCursor")
    return found


def as_seen(body):
    email = body["emails"][0]["value"]
    department = body[ENTERPRISE]["department"]
    return body["id"], body["externalId"], body["userName"], body["active"], body["title"], email, department


@pytest.mark.parametrize(("kind", "preset"), [(EntraId, Preset.ENTRA_ID), (Okta, Preset.OKTA)])
def test_directory_and_lms_are_equal_in_the_end(kind, preset):
    directory = make_directory(rate=0, flags=PRESETS[preset].flags())
    provider = kind(directory, seed=1)
    provider.initial(PEOPLE, CROWDS)
    for _ in range(CYCLES):
        provider.cycle()
    assert {"429", "500", "answer lost", "sent twice"} <= set(provider.line.faults)

    known = [person for person in provider.people if person.here or kind is Okta]
    expected = sorted(as_seen(person.body() | {"id": person.scim_id}) for person in known)
    assert sorted(as_seen(body) for body in everything(directory, "/Users")) == expected

    accounts = dict(LmsUser.objects.values_list("email", "blocked"))
    assert len(accounts) == LmsUser.objects.count() == len(provider.people)
    assert accounts == {person.user_name: not (person.here and person.active) for person in provider.people}

    groups = {
        (body["id"], body["displayName"]): {one["value"] for one in body.get("members", ())}
        for body in everything(directory, "/Groups")
    }
    assert groups == {
        (crowd.scim_id, crowd.name): {provider.people[number].scim_id for number in crowd.members}
        for crowd in provider.crowds
    }
    print(kind.__name__, sum(provider.line.faults.values()), "requests", dict(provider.line.faults))
