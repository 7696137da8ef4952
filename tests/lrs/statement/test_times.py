from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.statement.times import comparable_duration, in_utc, instant, is_duration, timestamp, written
from lrs.statement.types import Version

V1, V2 = Version.V1, Version.V2
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ACCEPTED = {
    "2021-11-29T23:09:00.867219+00:00": {V1, V2},
    "2021-11-29T23:09:00Z": {V1, V2},
    "2021-11-29T23:09:00.1234567890123Z": {V1, V2},
    "2021-11-29T23:09:00+02:00": {V1, V2},
    "2021-11-29T23:09:60Z": {V1, V2},
    "2024-02-29T00:00:00-11:30": {V1, V2},
    "9999-12-31T23:59:59Z": {V1, V2},
    "0001-01-01T00:00:00Z": {V1, V2},
    "2021-11-29T23:09:00": {V1},
    "2021-11-29T23:09Z": {V1},
    "2021-11-29T23:09": {V1},
    "20211129T230900Z": {V1},
    "20211129T2309": {V1},
    "20211129T230900.5+0200": {V1},
    "2021-11-29T23:09:00+02": {V1},
    "2021-11-29T23:09:00+0200": {V1},
    "2021-11-29T23:09:00,5Z": {V1},
    "2021-11-29t23:09:00z": {V2},
}
REFUSED = [
    "",
    "now",
    "2021",
    "2021-11-29",
    "2021-11-29T23",
    "2021-11-29 23:09:00Z",
    "2021-11-29T2309:00Z",
    "20211129T23:09:00Z",
    "2021-W48-1T23:09:00Z",
    "2021-333T23:09:00Z",
    "2021-02-29T00:00:00Z",
    "2021-13-01T00:00:00Z",
    "2021-00-01T00:00:00Z",
    "2021-11-29T24:00:00Z",
    "2021-11-29T23:60:00Z",
    "2021-11-29T23:09:61Z",
    "2021-11-29T23:09:00.Z",
    "2008-09-15T15:53:00.601-00",
    "2008-09-15T15:53:00.601-0000",
    "2008-09-15T15:53:00.601-00:00",
    "2021-11-29T23:09:00+24:00",
    "2021-11-29T23:09:00+02:60",
    "2021-11-29T23:09:00Z\n",
    " 2021-11-29T23:09:00Z",
    "\u0662021-11-29T23:09:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "2021-11-29T23:09:00ZZ",
    "2021-11-29T23:09:00 +02:00",
    "12021-11-29T23:09:00Z",
    "2021-11-29T23:09:00.5" + "Z" * 64_000,
]


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("text", [*ACCEPTED, *REFUSED])
def test_timestamp_data_4_5(text, version):
    assert (not timestamp(text, version)) == (version in ACCEPTED.get(text, ()))


@pytest.mark.parametrize("value", [None, 1, True, {}, []])
def test_timestamp_is_a_string(value):
    assert timestamp(value, V1)[0].reason.startswith("must be a string")


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.0000019Z", 1),
        ("1970-01-01T02:00+02:00", 0),
        ("1970-01-01T00:00:01", 1_000_000),
        ("1969-12-31T23:59:59.5Z", -500_000),
        ("1970-01-01T00:00:60Z", 60_000_000),
        ("19700101T000000,25-0001", 60_250_000),
    ],
)
def test_instant(text, microseconds):
    assert instant(text) == microseconds


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("2021-11-29T23:09:00.1234567890+02:00", "2021-11-29T21:09:00.1234567890Z"),
        ("2021-01-01T00:30:00-11:30", "2021-01-01T12:00:00Z"),
        ("2021-01-01T00:30:60+00:30", "2021-01-01T00:00:60Z"),
        ("20210101T0030+0030", "2021-01-01T00:00:00Z"),
        ("0999-01-01T00:30:00+00:30", "0999-01-01T00:00:00Z"),
        ("2021-01-01T00:30:00,5+01", "2020-12-31T23:30:00.5Z"),
        *[(same, same) for same in ("2021-01-01T00:30:00+00:00", "2021-01-01T00:30:00Z", "2021-01-01T00:30", "x")],
    ],
)
def test_in_utc_keeps_digits_and_moves_only_other_offsets(text, moved):
    assert in_utc(text, V1) == moved


MOMENTS = st.integers(-719_160 * 86_400_000_000, 2_932_894 * 86_400_000_000).map(
    lambda microseconds: (EPOCH + timedelta(microseconds=microseconds)).replace(tzinfo=None)
)
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, OFFSETS)
def test_instants_agree_with_the_standard_library(moment, offset):
    aware = moment.replace(tzinfo=offset)
    text = aware.isoformat()
    expected = (aware - EPOCH) // timedelta(microseconds=1)
    for version in Version:
        assert instant(text, version) == expected
        assert instant(in_utc(text, version), version) == expected
        assert in_utc(text, version)[-1] == "Z" or text.endswith("+00:00")


@given(MOMENTS)
def test_written_reads_back_and_always_has_six_decimals(moment):
    microseconds = (moment.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    text = written(microseconds)
    assert len(text) == len("2021-11-29T23:09:00.867219Z")
    assert instant(text, V2) == microseconds


@pytest.mark.parametrize(
    "text",
    [
        "P1Y",
        "P1M",
        "P1D",
        "PT1H",
        "PT1M",
        "PT1S",
        "P1Y2M3DT4H5M6.789S",
        "P2W",
        "P0.5W",
        "PT0S",
        "PT1.5M",
        "P1,5Y",
        "P1DT1S",
        "PT000001S",
        "PT1.123456789S",
    ],
)
def test_duration_data_4_6(text):
    assert is_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1Y",
        "P1",
        "P1H",
        "PT1D",
        "P1W2D",
        "P1YT1W",
        "P4WT5H",
        "-P1D",
        "P-1D",
        "P1.5YT1S",
        "PT1.5H2M",
        "PT1.S",
        "PT.5S",
        "P1S",
        "p1d",
        "P1D ",
        "P1D\n",
        "2010-01-14T12:13:14Z/P1D",
        "P0001-01-01T00:00:00",
        "PT\u0661S",
    ],
)
def test_not_a_duration_data_4_6(text):
    assert not is_duration(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("PT1.239S", "PT1.23S", True),
        ("PT1.50S", "PT1,5S", True),
        ("PT01S", "PT1S", True),
        ("PT1S", "P0DT1S", True),
        ("PT1.009S", "PT1S", True),
        ("PT1.24S", "PT1.23S", False),
        ("PT60S", "PT1M", False),
        ("P1M", "PT1M", False),
        ("P1W", "P7D", False),
        ("PT1.005M", "PT1M", False),
    ],
)
def test_durations_compare_to_a_hundredth_second_data_4_6(one, other, same):
    assert (comparable_duration(one) == comparable_duration(other)) is same
