"""Rights, scopes and services: the table that wire, pages and audit share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.rights import (
    EVERY_RIGHT,
    LRS,
    LRS_OWN,
    SCOPES,
    Right,
    Service,
    Switches,
    default_scopes,
    grantable,
    rights_of,
    scope_bits,
    scope_for,
    scope_names,
)

switches = st.builds(Switches, st.booleans(), st.booleans(), st.booleans(), st.booleans())
names = st.lists(st.sampled_from(list(SCOPES)), unique=True)


@pytest.mark.parametrize(
    ("right", "carriers"),
    [
        (Right.SCIM, {"scim"}),
        (Right.LRS_WRITE_OWN, {"xapi:write", "statements/write", "xapi:all"}),
        (Right.LRS_READ_OWN, {"xapi:write", "statements/read/mine", "xapi:all"}),
        (Right.LRS_READ_ALL, {"xapi:read", "all/read", "xapi:all"}),
        (Right.SHARED_EVENTS, {"shared_events"}),
    ],
)
def test_scopes_that_carry_a_right(right, carriers):
    assert {name for name, rights in SCOPES.items() if right in rights} == carriers


@pytest.mark.parametrize(
    ("switched_on", "rights", "scopes"),
    [
        (Switches(), Right.NONE, []),
        (Switches(scim=True), Right.SCIM, ["scim"]),
        (Switches(lrs_own=True), LRS_OWN, ["xapi:write"]),
        (Switches(lrs_full_read=True), Right.LRS_READ_ALL, ["xapi:read"]),
        (Switches(lrs_own=True, lrs_full_read=True), LRS, ["xapi:write", "xapi:read"]),
        (Switches(shared_events=True), Right.SHARED_EVENTS, ["shared_events"]),
        (Switches(True, True, True, True), EVERY_RIGHT, ["scim", "xapi:write", "xapi:read", "shared_events"]),
    ],
)
def test_switches_give_rights_and_default_scopes(switched_on, rights, scopes):
    assert switched_on.rights == rights
    assert default_scopes(rights) == scopes


@given(switches)
def test_default_scopes_carry_exactly_the_rights(switched_on):
    names = default_scopes(switched_on.rights)
    assert rights_of(scope_bits(names)) == switched_on.rights
    assert all(grantable(name, switched_on.rights) for name in names)


@given(switches, names)
def test_a_granted_scope_never_carries_more_than_the_client_has(switched_on, requested):
    granted = [name for name in requested if grantable(name, switched_on.rights)]
    assert rights_of(scope_bits(granted)) in switched_on.rights


@given(names)
def test_bits_keep_the_names(requested):
    assert set(scope_names(scope_bits(requested))) == set(requested)


@given(st.integers(0, 2**16 - 1))
def test_unknown_bits_carry_nothing(bits):
    assert rights_of(bits) == rights_of(bits & (2 ** len(SCOPES) - 1))


@given(st.text(), switches)
def test_an_unknown_name_is_granted_to_nobody(name, switched_on):
    assert name in SCOPES or not grantable(name, switched_on.rights)


@pytest.mark.parametrize(
    ("right", "name"),
    [
        (Right.SCIM, "scim"),
        (Right.LRS_WRITE_OWN, "statements/write"),
        (Right.LRS_READ_OWN, "statements/read/mine"),
        (LRS_OWN, "xapi:write"),
        (Right.LRS_READ_ALL, "xapi:read"),
        (LRS, "xapi:all"),
        (Right.SHARED_EVENTS, "shared_events"),
    ],
)
def test_the_narrowest_scope_that_suffices(right, name):
    assert scope_for(right) == name
    assert right in SCOPES[name]


def test_the_services_share_all_rights_and_none_twice():
    union = Right.NONE
    for service in Service:
        assert not union & service.rights
        union |= service.rights
    assert union == EVERY_RIGHT


def test_the_order_of_scopes_is_that_of_their_bits_in_issued_tokens():
    assert list(SCOPES) == [
        *("scim", "xapi:write", "xapi:read", "shared_events"),
        *("xapi:all", "statements/write", "statements/read/mine", "all/read"),
    ]


def test_only_xapi_takes_basic():
    assert [service for service in Service if service.accepts_basic] == [Service.XAPI]
