import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_oauth.errors import BodyTooLarge, MalformedJson
from lrs.parsing import read_one, read_one_or_more

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(JSON, max_size=4), st.sampled_from([None, 0, 1]), st.booleans(), st.sampled_from(["", " \n", "\ufeff"]))
def test_each_element_comes_with_its_own_text(values, indent, ascii_only, before):
    body = (before + json.dumps(values, indent=indent, ensure_ascii=ascii_only) + "\r\n").encode()
    received, in_batch = read_one_or_more(body)
    assert in_batch
    assert [one.value for one in received] == values
    assert [json.loads(one.text) for one in received] == values
    assert all(one.text == one.text.strip() for one in received)


def test_a_single_value_is_no_batch():
    received, in_batch = read_one_or_more(b' {"a": 1.50} ')
    assert (received[0].text, in_batch) == ('{"a": 1.50}', False)
    assert received[0] == read_one(b' {"a": 1.50} ')


MALFORMED = [
    "",
    " ",
    "{",
    "[",
    "[{}",
    "[{},",
    "[{},]",
    "[{} {}]",
    "[,]",
    "[]]",
    "[] []",
    "{}{}",
    "{} x",
    "nul",
    "NaN",
    "[NaN]",
    "[Infinity]",
    "[1e999]",
    '[{"a":1,"a":1}]',
    '{"a":{"b":1,"b":2}}',
    '["\\u0000"]',
    '["\\ud800"]',
    '{"\\udc00":1}',
    "[" * 102 + "]" * 102,
    '{"a":' * 101 + "1" + "}" * 101,
    "[" * 200_000,
    "1" * 5000,
    "['a']",
    '[{"a":1}}',
]


@pytest.mark.parametrize(
    "body", [*MALFORMED, b"\xff", b'["\x00"]', b"\xef\xbb\xbf", '["ä"]'.encode("latin-1"), "[]".encode("utf-16")]
)
def test_malformed(body):
    with pytest.raises(MalformedJson):
        read_one_or_more(body if isinstance(body, bytes) else body.encode())


@pytest.mark.parametrize(
    "text", ["[" * 99 + "]" * 99, '["\\\\u0000"]', '["\\ud83d\\ude00"]', '{"a":1e308}', "1" * 4000]
)
def test_well_formed_at_the_limit(text):
    assert read_one(text.encode()).text == text


def test_limit_of_a_statement_counts_bytes(settings):
    settings.LRS_MAX_STATEMENT_BYTES = 10
    assert read_one('"ääää"'.encode())
    with pytest.raises(BodyTooLarge, match="LRS_MAX_STATEMENT_BYTES"):
        read_one('"äääää"'.encode())
    settings.LRS_MAX_STATEMENT_BYTES = 0
    assert read_one('"äääää"'.encode())


def test_limit_of_a_batch(settings):
    settings.LRS_MAX_BATCH = 2
    assert len(read_one_or_more(b"[1,2]")[0]) == 2
    with pytest.raises(BodyTooLarge, match="LRS_MAX_BATCH"):
        read_one_or_more(b"[1,2,3]")
    settings.LRS_MAX_BATCH = 0
    assert len(read_one_or_more(b"[1,2,3]")[0]) == 3
