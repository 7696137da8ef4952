"""Every credential in every state, with the switch on and off, at an address of each service."""

import pytest

from clients.rights import Service
from tests import access_cases

pytestmark = pytest.mark.django_db
ADDRESSES = {
    Service.SCIM: "/scim/v2/Users?count=1",
    Service.XAPI: "/xapi/statements?limit=1",
    Service.SHARED_EVENTS: "/shared-events/v1/changes?limit=1",
}


@pytest.mark.parametrize("case", [case for service in Service for case in access_cases.of(service)], ids=str)
def test_kinds_states_and_switches(client, case):
    access_cases.check(case, client.get(ADDRESSES[case.service], **case.present()))
