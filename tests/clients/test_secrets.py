"""Values, checksums and digests: what is no value of ours is known without a database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import secrets

PREFIXES = [secrets.CLIENT_SECRET, secrets.BEARER_TOKEN, secrets.ACCESS_TOKEN]
text = st.text(st.characters(exclude_categories=[]), max_size=80)  # lone surrogates too


@pytest.mark.parametrize(
    ("prefix", "body", "checksum"),
    [
        (secrets.CLIENT_SECRET, "0" * 43, "0BVUzw"),
        (secrets.ACCESS_TOKEN, "A" * 43, "1iWtnV"),
        (secrets.BEARER_TOKEN, "z" * 43, "3hzXUq"),
    ],
)
def test_vectors(prefix, body, checksum):
    value = secrets.seal(prefix, body)
    assert value == prefix + body + checksum
    assert secrets.has_form(value, prefix)
    assert secrets.body(value) == body


def test_ten_thousand_values_stay_in_the_alphabet_and_no_two_are_equal():
    """Neither % nor + is ever in them, so raw and form-encoded senders agree."""
    expression = re.compile(r"lms(cs|bt)_[0-9A-Za-z]{49}")
    values = [secrets.generate(prefix) for prefix in PREFIXES[:2] for _ in range(5_000)]
    assert all(expression.fullmatch(value) for value in values)
    assert len(set(values)) == len(values)


def test_the_scanner_expression_finds_values_and_no_client_id():
    scanner = re.compile(secrets.SCANNER_EXPRESSION)
    for prefix in PREFIXES:
        value = secrets.generate(prefix)
        assert scanner.search(f'curl -u "id:{value}" …')[0] == value
    assert not any(scanner.search(secrets.generate_client_id()) for _ in range(1_000))


def test_every_changed_or_swapped_character_is_noticed():
    value = secrets.generate(secrets.CLIENT_SECRET)
    for position in range(len(value)):
        other = "x" if value[position] != "x" else "y"
        assert not secrets.has_form(value[:position] + other + value[position + 1 :], secrets.CLIENT_SECRET)
    for position in range(6, len(value) - 1):
        one, two = value[position], value[position + 1]
        if one != two:
            swapped = value[:position] + two + one + value[position + 2 :]
            assert not secrets.has_form(swapped, secrets.CLIENT_SECRET)


@given(text, st.sampled_from(PREFIXES))
def test_arbitrary_text_neither_raises_nor_passes(value, prefix):
    assert not secrets.has_form(value, prefix)
    assert not secrets.has_form(prefix + value, prefix)
    assert len(secrets.digest(value)) == 32
    assert secrets.is_client_id(value) == bool(re.fullmatch(r"[a-z0-9]{24}", value))


@given(st.text(st.characters(exclude_categories=[]), min_size=49, max_size=49), st.sampled_from(PREFIXES))
def test_text_of_the_right_length_neither_raises_nor_passes(value, prefix):
    assert not secrets.has_form(prefix + value, prefix)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_value_has_the_form_of_its_own_kind_only(prefix):
    value = secrets.generate(prefix)
    assert [other for other in PREFIXES if secrets.has_form(value, other)] == [prefix]


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda v: v + "0", lambda v: v[:-1], lambda v: " " + v])
def test_form_is_exact(change):
    assert not secrets.has_form(change(secrets.generate(secrets.CLIENT_SECRET)), secrets.CLIENT_SECRET)


@given(st.binary(min_size=32, max_size=32))
def test_base_62_loses_nothing(random):
    number = int.from_bytes(random)
    encoded = secrets.encode(number, secrets.RANDOM_LENGTH)
    assert len(encoded) == secrets.RANDOM_LENGTH
    assert secrets.decode(encoded) == number


def test_what_is_kept_does_not_tell_the_value():
    value = secrets.generate(secrets.BEARER_TOKEN)
    kept = secrets.Kept.of(value)
    assert (len(kept.digest), kept.prefix, kept.last_four) == (32, "lmsbt_", value[-4:])
    assert secrets.same(kept.digest, secrets.digest(value))
    assert not secrets.same(kept.digest, secrets.digest(value + "0"))


def test_client_ids():
    ids = {secrets.generate_client_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(secrets.is_client_id(client_id) for client_id in ids)
