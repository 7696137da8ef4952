"""The form in which text is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.comparison import key, successor

texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("BJensen", "bjensen", True),
        ("e\N{COMBINING ACUTE ACCENT}", "\N{LATIN SMALL LETTER E WITH ACUTE}", True),
        ("\N{KELVIN SIGN}", "k", True),
        ("stra\N{LATIN SMALL LETTER SHARP S}e", "strasse", False),
        ("a ", "a", False),
    ],
)
def test_case_and_normalization_form_do_not_tell_texts_apart(one, other, equal):
    assert (key(one) == key(other)) is equal


def test_case_exact_text_keeps_its_case():
    assert key("Abc", case_exact=True) == "Abc"


@given(texts)
def test_it_is_idempotent(text):
    assert key(key(text)) == key(text)
    assert key(key(text, case_exact=True), case_exact=True) == key(text, case_exact=True)


@given(texts, texts)
def test_the_range_of_a_prefix_is_what_starts_with_it(prefix, text):
    above = successor(prefix)
    assert (prefix <= text and (above is None or text < above)) is text.startswith(prefix)


@given(texts, texts)
def test_what_starts_with_a_prefix_lies_in_its_range(prefix, rest):
    above = successor(prefix)
    assert prefix <= prefix + rest
    assert above is None or prefix + rest < above
