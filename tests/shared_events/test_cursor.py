import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_events import cursor
from shared_events.cursor import Cursor, UnreadableCursor

KEY = b"k" * 32
CURSOR = Cursor(epoch="e1", seq=7, proof=9, nonce="n", scope="s", issued=3)

cursors = st.builds(
    Cursor,
    epoch=st.text("0123456789abcdef", max_size=12),
    seq=st.integers(0, 2**63),
    proof=st.integers(0, 2**63),
    nonce=st.text("0123456789abcdef", max_size=16),
    scope=st.text("0123456789abcdef", max_size=16),
    issued=st.integers(0, 2**63),
)


@given(cursors, st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=24, max_size=24))
def test_a_cursor_comes_back_to_its_own_reader(position, client_id):
    text = cursor.encode(position, key=KEY, client_id=client_id)
    assert cursor.decode(text, key=KEY, client_id=client_id) == position
    assert len(text) <= cursor.MAX_LENGTH


@pytest.mark.parametrize(("key", "client_id"), [(KEY, "b"), (b"x" * 32, "a")], ids=["another client", "another key"])
def test_it_is_useless_elsewhere(key, client_id):
    text = cursor.encode(CURSOR, key=KEY, client_id="a")
    with pytest.raises(UnreadableCursor):
        cursor.decode(text, key=key, client_id=client_id)


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_any_change_of_its_text_is_noticed(place, character):
    text = cursor.encode(CURSOR, key=KEY, client_id="a")
    at = place % len(text)
    changed = text[:at] + character + text[at + 1 :]
    if changed != text:
        with pytest.raises(UnreadableCursor):
            cursor.decode(changed, key=KEY, client_id="a")


@given(st.text())
def test_other_text_is_refused(text):
    with pytest.raises(UnreadableCursor):
        cursor.decode(text, key=KEY, client_id="a")


def test_a_later_version_is_refused():
    payload = b'[2,"e1",7,9,"n","s",3]'
    text = base64.urlsafe_b64encode(cursor._tag(payload, KEY, "a") + payload).decode().rstrip("=")
    with pytest.raises(UnreadableCursor, match="version"):
        cursor.decode(text, key=KEY, client_id="a")
