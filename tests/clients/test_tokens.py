"""Access tokens: no changed bit survives, and neither half of the keys makes one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import secrets, tokens
from clients.lookup import Holder
from clients.models import RevokedToken
from clients.rights import SCOPES, Right, Service, Switches, scope_bits

NOW = 1_800_000_000


def make_holder(**changes):
    values = {
        "client_pk": 7,
        "client_id": "c" * 24,
        "name": "Client",
        "active": True,
        "generation": 3,
        "scim_configuration_pk": None,
        "credential_pk": 11,
        "number": 2,
        "digest": secrets.digest("a secret"),
        "revoked": False,
        "expired": False,
        "last_used_at": None,
        "switches": Switches(),
    }
    return Holder(**values | changes)


def issue(holder=None, **changes):
    values = {"scopes": scope_bits(["scim"]), "services": tokens.ALL_SERVICES, "lifetime_seconds": 3600, "now": NOW}
    return tokens.issue(holder or make_holder(), **values | changes)


def sealed(message):
    return secrets.seal(secrets.ACCESS_TOKEN, secrets.encode(int.from_bytes(message), tokens.BODY_LENGTH))


def opened(value):
    return bytearray(secrets.decode(secrets.body(value)).to_bytes(96))


def accepted(value, holder):
    token = tokens.read(value)
    return token is not None and tokens.is_authentic(token, holder)


@given(
    pk=st.integers(0, 2**63 - 1),
    number=st.integers(0, 2**32 - 1),
    generation=st.integers(0, 2**32 - 1),
    scopes=st.integers(0, 2 ** len(SCOPES) - 1),
    services=st.integers(1, tokens.ALL_SERVICES),
    lifetime=st.integers(300, 86_400),
)
def test_read_returns_what_was_issued(pk, number, generation, scopes, services, lifetime):
    holder = make_holder(client_pk=pk, number=number, generation=generation)
    value = issue(holder, scopes=scopes, services=services, lifetime_seconds=lifetime)
    token = tokens.read(value)
    assert token.claims == tokens.Claims(pk, number, generation, NOW, NOW + lifetime, scopes, services)
    assert tokens.is_authentic(token, holder)


def test_length_and_alphabet():
    value = issue()
    assert len(value) == 6 + tokens.BODY_LENGTH + 6 == 141
    assert value.isascii()
    assert value.startswith("lmsat_")
    assert len({issue() for _ in range(100)}) == 100


def test_no_changed_bit_survives():
    holder, value = make_holder(), issue()
    for position in range(96 * 8):
        message = opened(value)
        message[position // 8] ^= 1 << position % 8
        assert not accepted(sealed(message), holder), f"bit {position}"
    assert accepted(sealed(opened(value)), holder)


def test_no_changed_character_survives():
    holder, value = make_holder(), issue()
    for position in range(len(value)):
        other = "x" if value[position] != "x" else "y"
        assert not accepted(value[:position] + other + value[position + 1 :], holder)


@given(st.text(st.characters(exclude_categories=[])))
def test_arbitrary_text_is_no_token(text):
    assert tokens.read(text) is None
    assert tokens.read(secrets.ACCESS_TOKEN + text) is None


@given(st.text(secrets.DIGITS, min_size=129, max_size=129))
def test_sealed_text_never_raises_and_is_not_authentic(body):
    assert not accepted(secrets.seal(secrets.ACCESS_TOKEN, body), make_holder())


def test_the_largest_number_does_not_overflow():
    assert tokens.read(secrets.seal(secrets.ACCESS_TOKEN, "z" * tokens.BODY_LENGTH)) is None


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_refused(version):
    message = opened(issue())
    message[0] = version
    assert tokens.read(sealed(message)) is None


def test_a_client_number_beyond_the_databases_range_is_refused():
    message = opened(issue())
    message[1:9] = b"\xff" * 8
    assert tokens.read(sealed(message)) is None


def test_a_copy_of_the_database_does_not_make_tokens(settings):
    """Whoever knows the digest but another server key."""
    settings.SECRET_KEY = "another key"
    forged = issue()
    settings.SECRET_KEY = "the key"
    assert not accepted(forged, make_holder())


def test_the_server_key_alone_does_not_make_tokens():
    assert not accepted(issue(make_holder(digest=secrets.digest("guessed"))), make_holder())


def test_a_new_secret_ends_tokens_cryptographically_too():
    value = issue()
    assert not accepted(value, make_holder(digest=secrets.digest("new secret")))


def test_fallback_keys_verify_and_do_not_sign(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    old = issue()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["older", "old"]
    assert accepted(old, make_holder())
    new = issue()
    settings.SECRET_KEY_FALLBACKS = []
    assert not accepted(old, make_holder())
    assert accepted(new, make_holder())


@pytest.mark.parametrize(
    ("change", "current"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"generation": 4}, False),
        ({"generation": 2}, False),
        ({"revoked": True}, False),
        ({"expired": True}, False),
    ],
)
def test_currency(change, current):
    claims = tokens.read(issue()).claims
    assert tokens.is_current(claims, make_holder(**change), NOW + 3599) is current
    assert not tokens.is_current(claims, make_holder(**change), NOW + 3600)


@pytest.mark.parametrize(
    ("services", "at", "rights"),
    [
        ([], Service.SCIM, Right.SCIM),
        ([], Service.SHARED_EVENTS, Right.NONE),
        ([Service.SCIM], Service.SCIM, Right.SCIM),
        ([Service.XAPI], Service.SCIM, Right.NONE),
        ([Service.XAPI, Service.SCIM, Service.SCIM], Service.XAPI, Right.LRS_READ_ALL),
    ],
)
def test_rights_at_a_service(services, at, rights):
    value = issue(scopes=scope_bits(["scim", "xapi:read"]), services=tokens.services_bits(services))
    assert tokens.read(value).claims.rights_at(at) == rights


def test_scope_and_audience():
    claims = tokens.read(issue(scopes=scope_bits(["shared_events", "scim", "all/read"]), services=0b011)).claims
    assert claims.scope == "scim shared_events all/read"
    assert claims.audience() == [Service.SCIM, Service.XAPI]


def test_neither_text_form_shows_signature_or_value():
    value = issue()
    token = tokens.read(value)
    assert token.mac.hex() not in repr(token)
    assert str(token.mac) not in repr(token)
    assert value not in repr(token)
    assert "digest" not in repr(make_holder())


@pytest.mark.django_db
def test_revoking_twice_leaves_one_row():
    value = issue()
    claims = tokens.read(value).claims
    tokens.revoke(value, claims)
    tokens.revoke(value, claims)
    row = RevokedToken.objects.get()
    assert (bytes(row.digest), row.expires) == (secrets.digest(value), NOW + 3600)
