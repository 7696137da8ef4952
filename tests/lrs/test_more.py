from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.more import LIFETIME_SECONDS, BadCursor, Cursor, read, written
from lrs.statement.parameters import FORMATS, ListQuery, Wanted

NOW = 1_800_000_000
MOMENTS = st.none() | st.integers(-(2**60), 2**60)
KEYS = st.binary(min_size=16, max_size=16).map(bytes.hex)
QUERIES = st.builds(
    ListQuery,
    wanted=st.lists(st.builds(Wanted, KEYS, st.booleans()), max_size=4).map(tuple),
    since=MOMENTS,
    until=MOMENTS,
    limit=st.integers(0, 999_999_999),
    ascending=st.booleans(),
    format=st.sampled_from(FORMATS),
)
CURSORS = st.builds(Cursor, client=st.integers(1, 2**40), seq=st.integers(0, 2**52), query=QUERIES)
CURSOR = Cursor(3, 17, ListQuery((Wanted("ab" * 16, True),), since=5))


@given(CURSORS)
def test_reads_back_and_stays_short(cursor):
    text = written(cursor, now=NOW, secret="s")
    assert read(text, now=NOW + LIFETIME_SECONDS, secrets=["s"]) == cursor
    assert len("/xapi/statements?more=" + text) < 250


@given(CURSORS, st.data())
def test_survives_no_changed_bit(cursor, data):
    signed = bytearray(urlsafe_b64decode(written(cursor, now=NOW, secret="s") + "=="))
    bit = data.draw(st.integers(0, len(signed) * 8 - 1))
    signed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadCursor):
        read(urlsafe_b64encode(signed).decode().rstrip("="), now=NOW, secrets=["s"])


@given(st.text() | st.binary().map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")))
def test_anything_else_is_refused(text):
    with pytest.raises(BadCursor):
        read(text, now=NOW, secrets=["s"])


@pytest.mark.parametrize("change", ["", "A", "=", "\n", " "])
def test_one_spelling_only(change):
    text = written(CURSOR, now=NOW, secret="s")
    assert read(text, now=NOW, secrets=["s"]) == CURSOR
    if change:
        with pytest.raises(BadCursor):
            read(text + change, now=NOW, secrets=["s"])


def test_older_than_seven_days():
    text = written(CURSOR, now=NOW, secret="s")
    with pytest.raises(BadCursor):
        read(text, now=NOW + LIFETIME_SECONDS + 1, secrets=["s"])


def test_a_replaced_secret_still_verifies_as_fallback():
    text = written(CURSOR, now=NOW, secret="old")
    assert read(text, now=NOW, secrets=["new", "old"]) == CURSOR
    with pytest.raises(BadCursor):
        read(text, now=NOW, secrets=["new"])


def test_says_nothing_in_words():
    assert written(CURSOR, now=NOW, secret="s") != written(replace(CURSOR, client=4), now=NOW, secret="s")
