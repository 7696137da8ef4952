import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_events.canonical import canonical, digest

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}', id="§3.2.3 names sorted"),
        pytest.param({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}', id="§3.2.3 UTF-16 code units"),
        pytest.param("\u20ac$\x0f\nA'\x42\"\\/", '"\u20ac$\\u000f\\nA\'B\\"\\\\/"', id="§3.2.2.2 strings"),
        pytest.param("\x7f\u2028", '"\x7f\u2028"', id="§3.2.2.2 only controls are escaped"),
    ],
)
def test_rfc_8785(value, text):
    assert canonical(value) == text


@given(json_values)
def test_one_text_for_one_value(value):
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


def test_numbers_with_a_fraction_are_refused():
    with pytest.raises(TypeError):
        canonical({"price": 1.5})


def test_digest():
    assert digest("{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
