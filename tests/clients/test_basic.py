"""RFC 7617 and RFC 6749 §2.3.1, as clients in the wild send them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import basic
from clients.basic import IdAndSecret


def encoded(text, charset="utf-8"):
    return base64.b64encode(text.encode(charset)).decode()


def every_character_escaped(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("Basic abc", ("basic", "abc")),
        ("bAsIc   abc  ", ("basic", "abc")),
        ("BASIC", ("basic", "")),
        ("", ("", "")),
        ("   ", ("", "")),
        ("Bearer a b", ("bearer", "a b")),
    ],
)
def test_scheme_in_any_case(header, parts):
    assert basic.split_header(header) == parts


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("id:lmscs_x", IdAndSecret("id", "lmscs_x")),
        ("id:lmscs%5Fx", IdAndSecret("id", "lmscs_x")),
        (f"{every_character_escaped('id')}:{every_character_escaped('lmscs_x')}", IdAndSecret("id", "lmscs_x")),
        ("id:a:b", IdAndSecret("id", "a:b")),
        ("id%3Ax:a%3ab", IdAndSecret("id:x", "a:b")),
        ("id:a+b", IdAndSecret("id", "a+b")),
        ("id:a%b", IdAndSecret("id", "a%b")),
        ("ïd:ségret", IdAndSecret("ïd", "ségret")),
    ],
)
def test_both_encodings_work(text, pair):
    assert basic.read(encoded(text)) == pair


@pytest.mark.parametrize(
    "value",
    [
        "",
        "!",
        "a b",
        "YWI6Yw",  # no padding
        "YWI6Yw==\n",
        "ÿÿÿÿ",
        "\ud800",
        encoded("no colon"),
        encoded(":secret"),
        encoded("id:"),
        encoded("ïd:x", "latin-1"),
        encoded("id:%FF"),
    ],
)
def test_malformed_is_none(value):
    assert basic.read(value) is None


@given(st.text(st.characters(exclude_categories=[])))
def test_arbitrary_text_never_raises(value):
    basic.read(value)
    basic.split_header(value)


@given(st.binary())
def test_arbitrary_bytes_never_raise(value):
    pair = basic.read(base64.b64encode(value).decode())
    assert pair is None or (pair.client_id and pair.secret)


def test_the_secret_stays_out_of_its_text_form():
    assert "hidden" not in repr(IdAndSecret("id", "hidden"))
