"""Whatever bytes come: a value or a declared refusal, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.effort import effort
from tests.fuzz.parsers import PARSERS

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_any_bytes_are_read_or_refused(name):
    words = st.sampled_from(PARSERS[name].words)

    @effort(30)
    @given(st.lists(words | st.binary(max_size=3), max_size=24).map(b"".join))
    def reads(data):
        PARSERS[name].read(data)

    reads()
